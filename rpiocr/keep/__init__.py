"""Backup, restore and verification of the store and its files."""
