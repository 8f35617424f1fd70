"""Finds facts about the seller beside its name: legal name, branch, address, telephone and website."""
