"""Machine-readable codes on a receipt: how they are found, and what the formats of each country state."""
