"""The pages, rendered here: what a browser shows before any script has run."""
