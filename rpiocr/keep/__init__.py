"""Keeps what was stored from being lost: backups, their way back, and a look at whether everything fits."""
