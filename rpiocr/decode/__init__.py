"""The decoders, and the process that they run in. Nothing here loads NumPy, or any other part of the program."""
