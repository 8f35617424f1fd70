"""One reader for several threads: what happens to one receipt is nothing to the others, and nothing is left behind."""

from __future__ import annotations

import ctypes
import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr import Failure, Reader, Settings
from rpiocr.output.result import answer
from tests.program import fake_tesseract, timeless

PATIENT = Settings(pass_timeout=300, receipt_timeout=900)

TOTALS = ("7.50", "12.80", "23.45", "131.20")

FIRST_HANGS = 'if mkdir "{folder}/first" 2> /dev/null; then echo $$ > "{folder}/pid"; exec sleep 1000; fi'


class ReadingEndedError(Exception):
    """What a thread gets that shall not go on."""


def drawn(total: str) -> Image.Image:
    """A small receipt, which is quickly read."""
    image = Image.new("L", (330, 400), 235)
    lines = ("CORNER BAKERY", "21/03/2024 10:15", "BREAD", f"TOTAL   {total}", "CASH    200.00", "THANK YOU")
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((20, 20 + 50 * number), line, fill=20, font=ImageFont.load_default(24))
    return image


def encoded(image: Image.Image, kind: str = "png", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for five minutes at most."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to hold within five minutes")


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def end(thread: threading.Thread) -> None:
    """Raise an exception in a thread, wherever it is."""
    reached = ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(ReadingEndedError)
    )
    assert reached == 1


class Victim(threading.Thread):
    """Reads one receipt, and keeps what that raised."""

    def __init__(self, reader: Reader, data: bytes) -> None:
        super().__init__()
        self.raised: BaseException | None = None
        self._reader, self._data = reader, data

    def run(self) -> None:
        """Read it."""
        try:
            list(self._reader.read_bytes(self._data, "victim"))
        except ReadingEndedError as error:
            self.raised = error


@pytest.mark.slow
def test_eight_threads_read_forty_receipts_as_one_does_though_one_of_them_is_ended_in_the_midst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is ended reads with a pass that hangs, which ends with it; another leaves its file after a page."""
    receipts = {f"{total}.png": encoded(drawn(total)) for total in TOTALS}
    two_pages = encoded(drawn(TOTALS[0]), "tiff", save_all=True, append_images=[drawn(TOTALS[1])])
    reader = Reader(PATIENT)

    def read(name: str) -> dict[str, Any]:
        (outcome,) = reader.read_bytes(receipts[name], name)
        assert not isinstance(outcome, Failure)
        return timeless(dict(answer(outcome.receipt)))

    def read_first_page() -> int:
        pages = reader.read_bytes(two_pages, "two.tiff")
        outcome = next(pages)
        pages.close()  # type: ignore[attr-defined]
        assert not isinstance(outcome, Failure)
        return outcome.receipt.page

    alone = {name: read(name) for name in receipts}
    assert [str(one["amount"]) for one in alone.values()] == list(TOTALS)
    monkeypatch.setenv("PATH", fake_tesseract(tmp_path / "bin", FIRST_HANGS.format(folder=tmp_path)))
    victim = Victim(reader, receipts["7.50.png"])
    victim.start()
    pid = tmp_path / "pid"
    until(lambda: pid.exists() and pid.read_text("utf-8").endswith("\n"))
    with ThreadPoolExecutor(7) as pool:
        first_page = pool.submit(read_first_page)
        others = [(name, pool.submit(read, name)) for _ in range(10) for name in receipts][:38]
        until(lambda: sum(one.done() for _, one in others) >= 10)
        assert victim.is_alive()
        end(victim)
        victim.join()
        assert isinstance(victim.raised, ReadingEndedError)
        assert has_ended(int(pid.read_text("utf-8")))
        assert [one.result() for _, one in others] == [alone[name] for name, _ in others]
        assert first_page.result() == 1


def test_a_hundred_readings_leave_no_descriptor_and_no_thread_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a blank page, so that they are quick; every third ends by a pass that fails."""
    fails = f'n=$(cat "{tmp_path}/n" 2> /dev/null || echo 0); echo $((n + 1)) > "{tmp_path}/n"\n'
    fails += 'if [ $((n % 3)) -eq 0 ]; then exit 1; fi; : > "$2.tsv"; exit 0'
    monkeypatch.setenv("PATH", fake_tesseract(tmp_path / "bin", fails))
    settings = Settings(engine="tesseract", mode="low", retries=0, pass_timeout=300, receipt_timeout=900, workers=1)
    reader, blank = Reader(settings), encoded(Image.new("L", (64, 64), 235))

    def left_open() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    list(reader.read_bytes(blank, "blank.png"))
    before = left_open()
    for _ in range(100):
        (outcome,) = reader.read_bytes(blank, "blank.png")
        assert isinstance(outcome, Failure)
    assert left_open() == before
