"""``rpiocr export --zip``: the export with the original files, and images that show what was read where."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from decimal import Decimal
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from rpiocr.export.archive import name_in_zip
from rpiocr.export.record import Original
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal
from tests.store.program import run_command
from tests.store.readings import claimed, evidence, keep, keep_one, reading

BOX = [150, 250, 100, 30]
WIDTH, HEIGHT = 300, 400


def picture(shade: int = 255, kind: str = "JPEG", pages: int = 1) -> bytes:
    """A blank page or several; those of different shades have different bytes."""
    stream = io.BytesIO()
    made = [Image.new("L", (WIDTH, HEIGHT), shade - page) for page in range(pages)]
    made[0].save(stream, kind, **({"save_all": True, "append_images": made[1:]} if pages > 1 else {}))
    return stream.getvalue()


def pixels_of(data: bytes) -> npt.NDArray[np.int_]:
    """The pixels of a colour image."""
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int_)


def store(database: Database, path: Path, data: bytes, **changes: object) -> int:
    """Write an image and store a receipt of it."""
    path.write_bytes(data)
    return keep_one(database, file=str(path), data=data, evidence={"amount": evidence("12.50", box=BOX)}, **changes)


def unpacked(database: Database, out: Path, *arguments: object) -> tuple[dict[str, bytes], str]:
    """Make the archive; returns its members by name, and the text on standard error."""
    outcome = run_command(database.url, "export", "--zip", out, *arguments)
    assert (outcome.status, outcome.stdout) == (ExitCode.OK, ""), outcome.stderr
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        for name in names:
            assert not PurePosixPath(name).is_absolute()
            assert ".." not in PurePosixPath(name).parts
            assert "\\" not in name
        return {name: archive.read(name) for name in names}, outcome.stderr


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the archive goes."""
    return tmp_path / "out.zip"


def test_the_archive_holds_the_export_the_originals_and_images_with_boxes(
    database: Database, tmp_path: Path, out: Path
) -> None:
    data = picture()
    receipt_id = store(database, tmp_path / "scan.jpg", data)
    held, said = unpacked(database, out)
    assert said == ""
    (row,) = csv.DictReader(io.StringIO(held["receipts.csv"].decode("utf-8-sig")))
    assert held[row["file"]] == data
    assert str(tmp_path) not in held["receipts.csv"].decode("utf-8-sig")
    assert set(held) == {"receipts.csv", row["file"], f"annotated/{receipt_id:06d}.jpg"}
    drawn = pixels_of(held[f"annotated/{receipt_id:06d}.jpg"])
    assert drawn.shape == (HEIGHT, WIDTH, 3)
    red, green, _ = drawn[BOX[1] + BOX[3] // 2, BOX[0] - 1]
    assert red > green + 60
    assert (drawn[BOX[1] + BOX[3] // 2, BOX[0] + BOX[2] // 2] > 235).all()


def test_every_page_of_a_file_has_its_image_and_the_file_is_there_once(
    database: Database, tmp_path: Path, out: Path
) -> None:
    path, data = tmp_path / "scan.tiff", picture(kind="TIFF", pages=3)
    path.write_bytes(data)
    pages = ({"page": page, "amount": Decimal(page), "date": f"202{page}-01-01"} for page in (1, 2, 3))
    ids = keep(database, *pages, file=str(path), data=data)
    held, _ = unpacked(database, out, "--format", "json", "--since", "2022")
    assert sorted(name for name in held if name.startswith("annotated/")) == [f"annotated/{ids[1]:06d}.jpg",
                                                                           f"annotated/{ids[2]:06d}.jpg"]  # fmt: skip
    assert sum(name.startswith("originals/") for name in held) == 1
    shades = [pixels_of(held[f"annotated/{one:06d}.jpg"])[5, 5, 0] for one in ids[1:]]
    assert shades == [254, 253]


def test_every_page_of_one_receipt_has_an_image_with_the_values_on_it(
    database: Database, tmp_path: Path, out: Path
) -> None:
    data, path = picture(250, "TIFF", pages=3), tmp_path / "invoice.tiff"
    path.write_bytes(data)
    boxes = {"amount": evidence("12.50", box=BOX, page=3), "date": evidence("2024-03-05", box=[20, 20, 80, 20])}
    receipt_id = keep_one(database, file=str(path), data=data, pages=[1, 3], evidence=boxes | {"merchant": None})
    members, _ = unpacked(database, out)
    first, last = (members[f"annotated/{receipt_id:06d}{page}.jpg"] for page in ("", "-p3"))
    assert f"annotated/{receipt_id:06d}-p2.jpg" not in members
    x, y, width, height = BOX
    is_marked = [(pixels_of(image)[y - 6 : y + height + 6, x : x + width].std() > 10) for image in (first, last)]
    assert is_marked == [False, True]


def test_a_file_that_was_moved_is_found_at_its_present_path(database: Database, tmp_path: Path, out: Path) -> None:
    data, inbox, done = picture(), tmp_path / "scan.jpg", tmp_path / "done.jpg"
    done.write_bytes(data)
    inbox.write_bytes(b"the next scan has the same name")
    journal, read = Journal(database), reading({}, file=str(inbox), data=data)
    claim = claimed(database, read)
    journal.answered(claim, read)
    journal.meant_for(claim, str(done))
    journal.filed(claim)
    held, said = unpacked(database, out)
    assert said == ""
    assert data in held.values()
    done.unlink()
    held, said = unpacked(database, out)
    assert "1 files could not be added to" in said
    assert b"the next scan" not in b"".join(held.values())
    assert b"originals/000001_done.jpg: the file is no longer where it was" in held["MISSING.txt"]


def test_what_cannot_be_read_any_more_is_named_and_the_rest_is_there(
    database: Database, tmp_path: Path, out: Path
) -> None:
    good = picture()
    store(database, tmp_path / "good.jpg", good)
    store(database, tmp_path / "cut.jpg", picture(200)[:300], date="2024-01-01")
    fifo = tmp_path / "fifo.jpg"
    store(database, fifo, b"was a file once", date="2024-01-02")
    fifo.unlink()
    os.mkfifo(fifo)
    folder = tmp_path / "folder.jpg"
    store(database, folder, b"so was this", date="2024-01-03")
    folder.unlink()
    folder.mkdir()
    keep_one(database, file="/nowhere/gone\n.jpg", date="2024-01-04")
    held, said = unpacked(database, out)
    assert good in held.values()
    missing = held["MISSING.txt"].decode("utf-8").splitlines()
    assert [line.partition(":")[0] for line in missing] == [
        "annotated/000002.jpg",
        "originals/000003_fifo.jpg",
        "originals/000004_folder.jpg",
        "originals/000005_gone.jpg",
    ]
    assert f"{len(missing)} files could not be added" in said


@pytest.mark.parametrize(
    ("asked", "folder"), [("originals", "originals"), ("annotated", "annotated"), ("all", "originals")]
)
def test_an_archive_has_the_pictures_asked_for_and_its_table_names_them(
    database: Database, tmp_path: Path, out: Path, asked: str, folder: str
) -> None:
    receipt_id = store(database, tmp_path / "scan.jpg", picture())
    held, _ = unpacked(database, out, "--pictures", asked)
    kinds = {name.partition("/")[0] for name in held}
    assert kinds == {"receipts.csv", *(("originals", "annotated") if asked == "all" else (asked,))}
    (row,) = csv.DictReader(io.StringIO(held["receipts.csv"].decode("utf-8-sig")))
    assert row["file"] in held
    assert row["file"].startswith(f"{folder}/")
    assert int(row["id"]) == receipt_id


def test_a_picture_that_cannot_be_drawn_is_missed_by_its_own_name(
    database: Database, tmp_path: Path, out: Path
) -> None:
    receipt_id = store(database, tmp_path / "scan.jpg", picture())
    (tmp_path / "scan.jpg").unlink()
    held, said = unpacked(database, out, "--pictures", "annotated")
    assert set(held) == {"receipts.csv", "MISSING.txt"}
    assert held["MISSING.txt"].decode() == f"annotated/{receipt_id:06d}.jpg: the file is no longer where it was\n"
    assert "1 files could not be added" in said


def test_an_output_file_that_ends_in_zip_is_an_archive(database: Database, tmp_path: Path) -> None:
    store(database, tmp_path / "scan.jpg", picture())
    out = tmp_path / "photos.ZIP"
    outcome = run_command(database.url, "export", "--pictures=originals", "--out", out)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (ExitCode.OK, "", "")
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["receipts.csv", "originals/000001_scan.jpg"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--pictures", "originals"), "--pictures is for a ZIP file"),
        (("--pictures", "originals", "--out", "receipts.csv"), "--pictures is for a ZIP file"),
        (("--out", "one.zip", "--zip", "two.zip"), "both name the ZIP file"),
    ],
)
def test_options_that_contradict_an_archive_are_refused(
    database: Database, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    outcome = run_command(database.url, "export", *(str(tmp_path / one) if "." in one else one for one in arguments))
    assert outcome.status == ExitCode.USAGE
    assert reason in outcome.stderr
    assert not list(tmp_path.glob("*.zip"))


NAMES = ("../../etc/passwd", "..", "a/../../b.jpg", "C:\\x\\y.jpg", "new\nline.jpg", "x" * 251 + ".jpg",
         "caf\udce9.jpg", ".hidden", "a.tar.gz", "été 100%.JPG", "=1+1.jpg", "CON.jpg", "x.j;g")  # fmt: skip


def test_names_of_files_are_safe_and_differ_whatever_they_were() -> None:
    made = [name_in_zip(Original(number, "/inbox/" + name, None, "")) for number, name in enumerate(NAMES)]
    made += [name_in_zip(Original(99, "/inbox/same.jpg", None, "")), name_in_zip(Original(98, "/b/same.jpg", None, ""))]
    assert len(set(made)) == len(made)
    for name in made:
        folder, base = name.split("/")
        assert folder == "originals"
        assert base.encode("utf-8")
        assert base[0].isdigit()
        assert len(base) < 80
        assert not set(base) & set('\\/:*?"<>|\n;%')


def test_export_and_archive_can_be_had_at_once_and_in_every_format(
    database: Database, tmp_path: Path, out: Path
) -> None:
    store(database, tmp_path / "scan.jpg", picture())
    for kind, ending in (("ledger", "journal"), ("beancount", "beancount"), ("ndjson", "ndjson"), ("xlsx", "xlsx")):
        if kind == "xlsx":
            pytest.importorskip("openpyxl", reason="openpyxl is not installed")
        held, _ = unpacked(database, out, "--format", kind, "--out", tmp_path / "beside")
        assert f"receipts.{ending}" in held
        assert (tmp_path / "beside").stat().st_size > 0
    assert str(tmp_path) in (tmp_path / "beside").read_bytes().decode("utf-8", "replace") or kind == "xlsx"


def test_an_archive_of_nothing_is_an_archive(database: Database, out: Path) -> None:
    held, said = unpacked(database, out)
    assert list(held) == ["receipts.csv"]
    assert said.startswith("rpiocr: the store is empty")


def test_an_archive_that_cannot_be_finished_leaves_the_old_one(database: Database, tmp_path: Path, out: Path) -> None:
    out.write_bytes(b"old")
    keep_one(database)
    outcome = run_command(database.url, "export", "--zip", out, "--format", "beancount", "--account-cash", "x")
    assert outcome.status == ExitCode.USAGE
    assert out.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
