"""Measurements: how right the answers are, and what they cost. See README.md in this folder."""
