"""Dates on a receipt: how they are printed, what each of them is the day of, and which order their numbers have."""
