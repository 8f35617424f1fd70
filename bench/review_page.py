"""What it takes to go through receipts in doubt on the page: keys for each, and seconds until the next picture.

    python -m bench.review_page [--receipts 30] [--pixels 12]

A service is started, its book filled with receipts of which the total, the date or both are in doubt, with a photo of
so many megapixels each. Then a script plays a person in Chromium who takes the first or the second reading of each
value. It takes the time from a key that completes a receipt to the moment at which the next picture is shown.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.serve.pages.browsing import browsers, visit
from tests.serve.pages.doubtful import Truth, keep_doubtful
from tests.serve.serving import serving

PIXELS_AT_SCALE_1 = 300 * 400

SHOWN = """number => document.querySelector('[data-sheet] img')?.alt.endsWith(`no. ${number}`)"""
NOTHING_LEFT = """() => !document.querySelector('[data-none]').hidden"""


@dataclass(frozen=True, slots=True)
class Played:
    """The keys that were pressed, and the seconds to each next picture."""

    keys: int
    seconds: tuple[float, ...]


def play(page: Page, truths: Sequence[Truth], *, thinking_s: float = 0.0) -> Played:
    """Go through receipts, which are numbered from 1 and whose page is open; a key each ``thinking_s`` seconds."""
    keys, seconds = 0, []
    page.wait_for_function(SHOWN, arg=1)
    for number, truth in enumerate(truths, start=1):
        for key in truth.keys:
            time.sleep(thinking_s)
            began = time.perf_counter()
            page.keyboard.press(key)
            keys += 1
        if number < len(truths):
            page.wait_for_function(SHOWN, arg=number + 1)
            seconds.append(time.perf_counter() - began)
    page.wait_for_function(NOTHING_LEFT)
    return Played(keys, tuple(seconds))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--receipts", type=int, default=30, help="receipts in doubt  [default: 30]")
    parser.add_argument("--pixels", type=float, default=12, help="megapixels of each photo  [default: 12]")
    parser.add_argument("--thinking", type=float, default=0.5, help="seconds before each key  [default: 0.5]")
    wishes = parser.parse_args()
    scale = max(1, round(math.sqrt(wishes.pixels * 1e6 / PIXELS_AT_SCALE_1)))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home") as served:
        with served.database() as database:
            truths = keep_doubtful(database, served.inbox, wishes.receipts, scale=scale)
        with browsers() as browser, visit(browser, served) as visiting:
            began = time.perf_counter()
            played = play(visiting.open("/review"), truths, thinking_s=wishes.thinking)
            whole_s = time.perf_counter() - began
    shown = sorted(played.seconds)
    print(f"{len(truths)} receipts, {played.keys} keys: {played.keys / len(truths):.1f} for each; {whole_s:.0f} s")
    print(
        f"until the next picture: mean {statistics.mean(shown):.2f} s, median {statistics.median(shown):.2f} s,"
        f" highest {shown[-1]:.2f} s; {sum(one > 1 for one in shown)} above 1 s"
    )


if __name__ == "__main__":
    main()
