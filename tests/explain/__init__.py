"""How receipts are explained to a person."""
