"""From candidates to results: votes, calibrated probabilities, vetoes and the verdict."""
