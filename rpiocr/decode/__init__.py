"""The decoders and the process that they run in. Nothing here imports NumPy or any other part of rpiocr."""
