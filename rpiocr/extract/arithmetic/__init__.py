"""What the amounts of a receipt prove about each other."""
