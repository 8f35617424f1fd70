"""Generates receipts as thermal printers print them, with wear, and writes the ground truth for each image.

A seed and an index determine a receipt: a sale whose sums agree (`buying`), the lines that a shop would print for it
(`layout`), the dots of the print head (`render`), and the effects of a pocket, a lamp and a camera (`age`). Countries
and languages are TOML files in `countries` and `languages`.
"""
