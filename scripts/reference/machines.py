"""The table of machines in docs/BENCHMARKS.md, which ``rpiocr bench`` prints as well."""

from __future__ import annotations

from rpiocr.speed.report import machine_table, measured_machines


def measured() -> str:
    """Return the machines that were measured with the pictures in the package."""
    return machine_table(measured_machines())
