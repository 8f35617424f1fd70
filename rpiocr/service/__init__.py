"""Installs, queries and removes a systemd service or timer that watches a folder."""
