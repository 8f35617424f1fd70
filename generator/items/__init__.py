"""Prints the items in the layouts of different tills: `printing` chooses one, `truth` says what is on the paper."""
