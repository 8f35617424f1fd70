"""The engines and their answers."""
