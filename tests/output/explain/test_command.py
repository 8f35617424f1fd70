"""``rpiocr explain`` as its user runs it, on real receipts."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from tests.output.explain.receipts import Checked
from tests.program import QUICK, SAMPLE, SMALL, Outcome, Run, run_in
from tests.test_load_lazily import HEAVY, run_and_list_imports

PASSES = ("tesseract-psm6/default", "tesseract-psm6/high_contrast")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The sample, explained as text."""
    return run_in(tmp_path_factory.mktemp("home"), "explain", *QUICK, SAMPLE)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """The sample, explained as HTML over a file that is there already."""
    folder = tmp_path_factory.mktemp("out")
    page = folder / "page.html"
    page.write_text("old", "utf-8")
    return run_in(tmp_path_factory.mktemp("home"), "explain", *QUICK, SAMPLE, "--html", page), page


@pytest.mark.slow
def test_the_text_names_total_date_verdict_and_what_was_rejected(told: Outcome) -> None:
    assert (told.status, told.stderr) == (ExitCode.OK, "")
    text = " ".join(told.stdout.split())
    assert f"{SAMPLE}: page 1 " in text
    assert any(f"page 1 {verdict}, quality" in text for verdict in ("ACCEPT", "RETRY", "ESCALATE"))
    assert "Total: 32.20 MYR" in text
    assert "Date: 2016-11-17" in text
    assert "The cash tendered minus the change is 32.20 MYR." in text
    rejected = text.partition("Rejected")[2].partition("Date: ")[0]
    assert "32.18 MYR" in rejected


@pytest.mark.slow
def test_every_pass_appears_for_every_field(told: Outcome, shown: tuple[Outcome, Path]) -> None:
    for text in (told.stdout, Checked(shown[1].read_text("utf-8")).text):
        for name in PASSES:
            assert text.count(name) >= 4


def test_the_page_takes_the_place_of_the_old_one_and_nothing_else_is_left(shown: tuple[Outcome, Path]) -> None:
    outcome, page = shown
    assert (outcome.status, outcome.stdout, outcome.stderr) == (ExitCode.OK, "", "")
    assert list(page.parent.iterdir()) == [page]
    parsed = Checked(page.read_text("utf-8"))
    assert "Total: 32.20 MYR" in parsed.text
    assert len(parsed.of("img")) == 5
    assert all((picture["src"] or "").startswith("data:") for picture in parsed.of("img"))


def test_a_receipt_on_standard_input_is_explained_on_standard_output(run: Run) -> None:
    outcome = run("explain", *QUICK, "-", "--html", "-", stdin=SMALL.read_bytes())
    assert outcome.status == ExitCode.OK
    assert "How standard input was read" in Checked(outcome.stdout).text
    assert "Total: 63.35" in Checked(outcome.stdout).text


@pytest.mark.slow
def test_a_file_named_like_markup_is_explained(run: Run, tmp_path: Path) -> None:
    odd = tmp_path / "<script>alert(1)<\\script>\x1b[31m.jpg"
    odd.write_bytes(SMALL.read_bytes())
    page = Checked(run("explain", *QUICK, odd, "--html", "-").stdout)
    assert page.of("script") == []
    assert "<script>alert(1)<\\script>\\x1b[31m.jpg" in page.text
    assert "\x1b" not in run("explain", *QUICK, odd).stdout


@pytest.fixture
def two_pages(tmp_path: Path) -> Path:
    """A receipt whose second page is covered with stripes."""
    file = tmp_path / "two.tiff"
    with Image.open(SMALL) as picture:
        front = picture.convert("L")
    back = Image.new("L", front.size, 255)
    for top in range(40, front.height - 40, 60):
        back.paste(0, (30, top, front.width - 30, top + 25))
    front.save(file, save_all=True, append_images=[back])
    return file


@pytest.mark.slow
def test_pages_that_can_be_read_are_explained_alongside_one_that_cannot(run: Run, two_pages: Path) -> None:
    outcome = run("explain", *QUICK, two_pages, "--html", "-")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "page 2 has no text" in outcome.stderr
    text = Checked(outcome.stdout).text
    assert "Total: 63.35" in text
    assert "Page 2 was not read" in text


def test_a_file_that_cannot_be_read_ends_with_4_and_leaves_the_old_page(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("old", "utf-8")
    outcome = run("explain", "missing.jpg", "--html", page)
    assert (outcome.status, outcome.stdout) == (ExitCode.UNREADABLE_INPUT, "")
    assert "missing.jpg" in outcome.stderr
    assert page.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["page.html"]
    assert run("explain", "missing.jpg").status == ExitCode.UNREADABLE_INPUT


def test_without_tesseract_it_ends_with_5(run: Run, tmp_path: Path) -> None:
    outcome = run("explain", SMALL, "--html", tmp_path / "page.html", PATH=str(tmp_path))
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("out", ["/dev/null/page.html", "no/such/folder/page.html"])
def test_a_page_that_cannot_be_written_is_wrong_usage_before_anything_is_read(out: str, run: Run) -> None:
    outcome = run("explain", "missing.jpg", "--html", out)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert f"{out} cannot be written" in outcome.stderr
    assert "missing.jpg" not in outcome.stderr


def test_the_receipt_itself_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.jpg"
    receipt.write_bytes(SMALL.read_bytes())
    (tmp_path / "link.html").symlink_to(receipt)
    outcome = run("explain", receipt, "--html", tmp_path / "link.html")
    assert outcome.status == ExitCode.USAGE
    assert "is the receipt itself" in outcome.stderr
    assert receipt.read_bytes() == SMALL.read_bytes()


def test_a_device_is_written_to_and_stays_a_device(run: Run) -> None:
    assert run("explain", *QUICK, SMALL, "--html", "/dev/null").status == ExitCode.OK
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_is_said_in_one_line(run: Run) -> None:
    outcome = run("explain", *QUICK, SMALL, "--html", "/dev/full")
    assert outcome.status == ExitCode.USAGE
    assert outcome.stderr.splitlines() == [
        "rpiocr: /dev/full cannot be written: No space left on device; name a file in an existing folder of your own"
    ]


def test_a_pipe_that_is_given_as_a_file_is_written_to(run: Run) -> None:
    outcome = run("explain", *QUICK, SMALL, "--html", "/dev/stdout")
    assert outcome.status == ExitCode.OK
    assert "Total: 63.35" in Checked(outcome.stdout).text


def test_a_link_is_replaced_by_a_page_for_its_owner_and_what_it_led_to_stays_as_it_was(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    page = tmp_path / "page.html"
    page.symlink_to("victim")
    assert run("explain", *QUICK, SMALL, "--html", page).status == ExitCode.OK
    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert not page.is_symlink()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_help_loads_nothing_heavy(home: Path) -> None:
    printed, loaded = run_and_list_imports(home, "explain", "--help")
    assert "--html OUT" in printed
    assert loaded & HEAVY == set()


@pytest.mark.slow
def test_the_number_of_a_stored_receipt_explains_that_receipt_until_its_file_changes(tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.jpg"
    shutil.copy(SMALL, receipt)
    assert run_in(tmp_path, "batch", *QUICK, receipt).status == ExitCode.OK

    explained = run_in(tmp_path, "explain", *QUICK, "1")

    assert (explained.status, explained.stderr) == (ExitCode.OK, "")
    assert f"{receipt}: page 1 " in " ".join(explained.stdout.split())
    receipt.write_bytes(SAMPLE.read_bytes())
    changed = run_in(tmp_path, "explain", *QUICK, "1")
    assert (changed.status, changed.stdout) == (ExitCode.UNREADABLE_INPUT, "")
    assert f"{receipt} has changed since it was read" in changed.stderr


def test_a_number_that_no_receipt_has_is_reported(tmp_path: Path) -> None:
    outcome = run_in(tmp_path, "explain", *QUICK, "41")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "there is no receipt 41" in outcome.stderr


def test_a_file_whose_name_is_a_number_is_explained_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("41").write_text("no image", "utf-8")
    outcome = run_in(tmp_path, "explain", *QUICK, "41")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "no receipt 41" not in outcome.stderr
