"""The second opinion: Google Vision, off unless configured, within a budget kept on disk."""
