"""From candidates to answers: votes, calibrated probabilities, vetoes and the verdict."""
