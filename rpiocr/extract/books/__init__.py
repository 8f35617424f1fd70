"""Lists of items that add up: what is proposed for a page, what it agrees with, and how others repair it."""
