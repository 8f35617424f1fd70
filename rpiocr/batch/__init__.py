"""Reads many files in parallel, and resumes after an interruption."""
