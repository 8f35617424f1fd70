"""Which blocks of a page are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, blocks

PAGE = """# A page

```sh
rpiocr doctor
```

<!-- not run: needs root -->
```sh
sudo reboot
```

<!-- a comment of another kind -->
```python
print(1)
```

```
a table
```
"""


def test_a_block_with_commands_is_run_unless_a_comment_directly_above_it_gives_the_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")

    found = [(block.line, block.language, block.runs, block.reason) for block in blocks(page)]

    assert found == [(4, "sh", True, ""), (9, "sh", False, "needs root"), (14, "python", True, ""), (18, "", False, "")]


def test_a_block_without_an_end_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nrpiocr doctor\n", "utf-8")

    with pytest.raises(AssertionError, match="has no end"):
        list(blocks(page))


def test_the_image_of_the_readme_is_small() -> None:
    assert (PROJECT / "docs" / "explain.webp").stat().st_size < 150_000
