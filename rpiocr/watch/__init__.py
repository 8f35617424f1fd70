"""Reads what arrives in a folder, each file exactly once, and puts it in its place."""
