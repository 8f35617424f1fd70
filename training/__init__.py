"""Trains the network that detects documents, on drawn images only; not part of the installed package."""
