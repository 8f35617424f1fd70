"""Makes the pictures of the page in docs/images, from the receipts of the tests.

``python -m scripts.page_pictures`` starts the service, has it read some receipts, and takes pictures in Chromium. Run
it again when a page looks different, and look at the results. Needs Debian's package chromium.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.program import PROJECT, RECEIPTS
from tests.serve.pages.browsing import PHONE, browsers, visit
from tests.serve.serving import Serving, serving

FOLDER = PROJECT / "docs" / "images"

QUALITY = 80
"""Of WebP; each file stays below 60 kB, and the text sharp."""

SHOWN = ("ch_hotel", "de_supermarket", "gb_savings", "us_tip", "my_rounding", "at_restaurant", "us_tax_cash")

SETTLED_MS = 1500
READ_MS = 180_000

SMALL: dict[str, Any] = {"viewport": {"width": 1000, "height": 640}}


def main() -> None:
    """Write the pictures."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "home"
        served = stack.enter_context(serving(home))
        browser = stack.enter_context(browsers())
        with opened(browser, served, **SMALL) as page:
            files = [RECEIPTS / "img" / f"{name}.jpg" for name in SHOWN]
            page.locator("[data-files]").first.set_input_files(files)
            page.locator("[data-finished] > li").nth(2).wait_for(timeout=READ_MS)
            save(page, "page-add")
            page.locator("[data-running]").wait_for(state="hidden", timeout=READ_MS)
            for name in ("review", "receipts"):
                page.goto(f"{served.address}/{name}")
                save(page, f"page-{name}")
        with opened(browser, served, **PHONE, color_scheme="dark", device_scale_factor=2) as page:
            page.goto(f"{served.address}/review")
            save(page, "page-phone")


@contextmanager
def opened(browser: Browser, served: Serving, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - of a context
    """Open the first page in a window."""
    with visit(browser, served, **options) as visiting:
        yield visiting.open("/")


def save(page: Page, name: str) -> None:
    """Write what a page shows now."""
    page.wait_for_timeout(SETTLED_MS)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=QUALITY)


if __name__ == "__main__":
    main()
