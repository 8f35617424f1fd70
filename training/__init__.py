"""Fits the network that finds sheets of paper, to drawn pictures only; nothing here is part of what is installed."""
