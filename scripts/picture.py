"""Makes docs/explain.webp, the image at the head of README.md: how ``rpiocr explain`` shows the sample receipt.

``python scripts/picture.py`` reads the sample anew and has Chromium take a picture of the page. Run it again when what
``explain`` shows has changed, and look at the result. Needs Debian's package chromium.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
SAMPLE = Path("tests/fixtures/sample.jpg")
PICTURE = PROJECT / "docs" / "explain.webp"

SIZE = (1000, 790)
"""Pixels: as narrow as has the receipt next to the text; cut off below the sums."""

QUALITY = 85
"""Of WebP; the file stays below 100 kB, and the text sharp."""

TIMED = re.compile(r"<tr><th[^>]*>Time taken</th>.*?</tr>", re.DOTALL)
"""The row that differs from run to run; it is left out."""

PATIENT = ("--run-all-compositor-stages-before-draw", "--virtual-time-budget=10000")
"""Without these, Chromium leaves parts of the page white on a busy machine."""


def main() -> None:
    """Write the picture."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is not installed; run: sudo apt install chromium")
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder, "sample.html"), Path(folder, "sample.png")
        options = ["--cloud", "never", "--pass-timeout", "120", "--receipt-timeout", "600", "--html", str(page)]
        command = [sys.executable, "-m", "rpiocr", "explain", *options, str(SAMPLE)]
        subprocess.run(command, cwd=PROJECT, check=True)
        before, after = TIMED.split(page.read_text("utf-8"))
        page.write_text(before + after, "utf-8")
        chrome = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *PATIENT]
        chrome += [f"--user-data-dir={folder}/own", "--window-size={},{}".format(*SIZE), f"--screenshot={shot}"]
        subprocess.run([*chrome, page.as_uri()], check=True, capture_output=True)
        with Image.open(shot) as picture:
            picture.convert("RGB").save(PICTURE, quality=QUALITY, method=6)
    print(f"{PICTURE.relative_to(PROJECT)}: {PICTURE.stat().st_size} bytes; look at it before you commit it")


if __name__ == "__main__":
    main()
