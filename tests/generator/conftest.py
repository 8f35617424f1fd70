"""Makes the generator importable: it is located next to the package and is never installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
