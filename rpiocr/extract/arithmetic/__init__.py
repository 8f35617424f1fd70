"""Arithmetic on the amounts of a receipt: sums, proofs and cash rounding."""
