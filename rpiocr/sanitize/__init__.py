"""Makes text safe to show, send and store: no control characters, no secrets, no formulas."""
