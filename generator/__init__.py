"""Renders receipts as thermal printers make them, ages them, and writes the truth beside each picture.

From one seed and one index follows one receipt: a sale whose sums agree (`buying`), the lines a shop would
print for it (`layout`), the dots of a printer's head (`render`) and what a pocket, a lamp and a camera do
to the paper (`age`). Countries and languages are TOML files in `countries` and `languages`.
"""
