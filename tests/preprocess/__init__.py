"""From a page to pictures that can be read."""
