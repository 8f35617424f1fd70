"""The text of a receipt: phrases in many languages, and amounts as they are printed."""
