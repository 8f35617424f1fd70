"""Language, country and currency of a receipt."""
