"""How a Python package that is missing is installed where rpiocr lies."""

from __future__ import annotations

import shlex
import sys

CLUSTER = "distributed>=2024.1,<2027"
POSTGRESQL = "psycopg[binary]>=3.1,<4"
XLSX = "openpyxl>=3.1,<4"
"""What the optional extras bring, as pyproject.toml lists them."""


def install_command(*packages: str) -> str:
    """Return the command that installs packages beside this program; arguments of pip may be among them."""
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.join(packages)}"
