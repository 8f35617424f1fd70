"""Sets up a systemd service or timer that watches a folder, tells how it is doing, and removes it."""
