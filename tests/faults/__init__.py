"""The fault matrix: every class of input under every fault of its surroundings."""
