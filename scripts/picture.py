"""Makes docs/explain.webp, the image at the head of README.md: how ``rpiocr explain`` shows the sample receipt.

``python scripts/picture.py`` reads the sample anew and has Chromium take a picture of the page. Run it again when what
``explain`` shows has changed, and look at the result. Needs Debian's package chromium.
"""

from __future__ import annotations

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

SIZE = (1160, 900)
"""Pixels: wide enough for the receipt next to the text, and cut off below its end."""

QUALITY = 85
"""Of WebP; the file stays below 100 kB, and the text sharp."""

TIMED = re.compile(r"<tr><th[^>]*>Time taken</th>.*?</tr>", re.DOTALL)
"""The row that differs from run to run; it is left out."""


def main() -> None:
    """Write the picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is not installed; run: sudo apt install chromium")
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder, "sample.html"), Path(folder, "sample.png")
        command = [sys.executable, "-m", "rpiocr", "explain", "--cloud", "never", "--html", str(page), str(SAMPLE)]
        subprocess.run(command, cwd=PROJECT, check=True)
        before, after = TIMED.split(page.read_text("utf-8"))
        page.write_text(before + after, "utf-8")
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += [f"--user-data-dir={folder}/own", "--window-size={},{}".format(*SIZE), f"--screenshot={shot}"]
        subprocess.run([chromium, *options, page.as_uri()], check=True, capture_output=True)
        with Image.open(shot) as picture:
            picture.convert("RGB").save(PICTURE, quality=QUALITY, method=6)
    print(f"{PICTURE.relative_to(PROJECT)}: {PICTURE.stat().st_size} bytes; look at it before you commit it")


if __name__ == "__main__":
    main()
