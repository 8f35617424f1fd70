"""Memory used for an image is returned to the system."""

from __future__ import annotations

import subprocess
import sys

FREED = """
import psutil
from rpiocr.system.memory import trim_memory, limit_arenas

limit_arenas()
blocks = [bytes(100_000) for _ in range(800)]
for block in blocks:
    memoryview(block)[::4096].tolist()
last = blocks.pop()  # it lies above the others and holds them in the pool
del blocks
before = psutil.Process().memory_info().rss
trim_memory()
print(before - psutil.Process().memory_info().rss)
"""


def test_what_was_freed_is_given_back_though_later_memory_is_still_in_use() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 40_000_000
