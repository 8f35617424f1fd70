"""Makes the benchmarks importable: they lie beside the package and are never installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
