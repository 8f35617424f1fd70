"""Shared services of the machine: safe file writing, terminal output, logging, locks and child processes."""
