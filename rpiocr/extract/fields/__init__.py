"""One module per field: how its candidates are found."""
