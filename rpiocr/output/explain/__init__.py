"""Shows a person how a receipt was read: what every pass saw, what the sums say, and why the verdict is what it is."""
