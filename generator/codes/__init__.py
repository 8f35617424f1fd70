"""Machine-readable codes on generated receipts: what tills print into them, and how they look on thermal paper.

Payloads are encoded here by the published formats, with keys of the generator's own, and know nothing of the modules
that read them: they are the truth by which those are tested.
"""
