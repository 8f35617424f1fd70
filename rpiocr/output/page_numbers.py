"""Writes the numbers of the pages of a receipt."""

from __future__ import annotations

from collections.abc import Sequence


def short_pages(pages: Sequence[int]) -> str:
    """Return numbers of pages in short, such as "1-3, 5"; empty if there are none."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][-1] + 1:
            spans[-1].append(page)
        else:
            spans.append([page])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


def numbered_pages(pages: Sequence[int]) -> str:
    """Return numbers of pages with a word: "page 2", "pages 1-3"."""
    return f"page{'s' if len(pages) > 1 else ''} {short_pages(pages)}"
