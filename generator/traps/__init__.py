"""Receipts whose content misleads: each class has a function that prints one, and says what the paper decides.

The classes are in `amounts`, `dates`, `currencies` and `signs`, their words in ``words``, a file for each language.
"""
