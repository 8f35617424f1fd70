"""The decoder process: whatever happens to it affects only one file, and it never outlives its parent."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from rpiocr.decode.formats import Format
from rpiocr.decode.wire import ANSWER, Answer, Code, Layout
from rpiocr.errors import (
    DamagedFileError,
    DecoderKilledError,
    ExitCode,
    InputError,
    PictureTooLargeError,
    TimedOutError,
    TooManyPagesError,
)
from rpiocr.load import load_pages
from rpiocr.load.budget import Limits
from rpiocr.load.child import Child
from rpiocr.load.decoding import Decoding
from tests.program import PROJECT, SMALL, Run, command, surroundings

from .bombs import BOMBS, deflated, grey_tags, tiff
from .samples import GREYS, close_to, encoded, greys_of, only_page, quarters

ENDLESS = BOMBS["pdf pattern of tiny steps"]()
PATIENT = Limits(page_cpu_s=600, file_cpu_s=600, page_wait_s=600, file_wait_s=600)
HASTY = Limits(page_cpu_s=0.3, file_cpu_s=0.5)

SOUND = encoded(quarters(), "PNG")


def load(data: bytes, limits: Limits | None = None) -> int:
    """Return the number of pages of a file."""
    return sum(1 for _ in load_pages("receipt", stream=io.BytesIO(data), limits=limits))


def decoders(process: int | None = None) -> list[psutil.Process]:
    """Return the processes that decode for one that is running."""
    found = []
    for child in psutil.Process(process).children():
        try:
            if any("rpiocr.decode.serve" in argument for argument in child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def end_idle() -> None:
    """Kill the processes that wait for a file."""
    for idle in decoders():
        idle.kill()
        idle.wait(10)


def busy_decoder(process: int | None = None, seconds: float = 0.3) -> psutil.Process:
    """Wait until a process decodes, and has for so long."""
    for _ in range(3000):
        for child in decoders(process):
            if sum(child.cpu_times()[:2]) > seconds:
                return child
        time.sleep(0.02)
    pytest.fail("nothing was decoded within a minute")


def is_gone(process: psutil.Process) -> bool:
    """Wait for the end of a process."""
    for _ in range(500):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGKILL, DecoderKilledError), (signal.SIGSEGV, DamagedFileError), (signal.SIGABRT, DamagedFileError)],
)
def test_a_decoder_that_dies_costs_one_file_and_the_next_is_read(
    number: signal.Signals, error: type[InputError]
) -> None:
    caught: list[InputError] = []

    def read() -> None:
        try:
            load(ENDLESS, PATIENT)
        except InputError as raised:
            caught.append(raised)

    end_idle()  # the processor time of a new one is that of this file
    reader = threading.Thread(target=read)
    reader.start()
    busy_decoder().send_signal(number)
    reader.join(60)
    assert [type(one) for one in caught] == [error]
    assert "receipt" in str(caught[0])
    assert close_to(greys_of(only_page(SOUND).pixels))


def test_a_decoder_that_was_killed_while_idle_costs_no_file() -> None:
    only_page(SOUND)
    end_idle()
    assert close_to(greys_of(only_page(SOUND).pixels))


def test_a_file_that_takes_too_much_memory_is_too_large_and_the_next_one_is_read() -> None:
    with pytest.raises(PictureTooLargeError, match="MiB of memory to decode"):
        load(BOMBS["pdf form in itself"]())
    assert load(SOUND) == 1


def test_a_file_that_takes_too_long_times_out_and_the_next_one_is_read() -> None:
    with pytest.raises(TimedOutError, match="takes too long to decode"):
        load(ENDLESS, HASTY)
    assert load(SOUND, HASTY) == 1


def test_the_time_of_all_pages_together_is_limited() -> None:
    pixels = deflated(16)
    document = tiff([grey_tags((4000, 4000), 8, len(pixels), 8)] * 40, pixels)
    with pytest.raises(TimedOutError):
        load(document, Limits(page_cpu_s=60, file_cpu_s=0.2))


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_a_file_with_more_pages_than_allowed_is_refused_with_advice(kind: str) -> None:
    sheets = [quarters() for _ in range(3)]
    data = encoded(sheets[0], kind, save_all=True, append_images=sheets[1:])
    assert load(data, Limits(pages=3)) == 3
    with pytest.raises(TooManyPagesError, match=r"the limit is 2.*--max-pages"):
        next(load_pages("receipt", stream=io.BytesIO(data), max_pages=2))


@pytest.mark.slow
def test_the_limit_on_pages_is_a_setting(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "long.pdf"
    document.write_bytes(encoded(quarters(), "PDF", save_all=True, append_images=[quarters()] * 2))
    outcome = run("check", "--max-pages", "2", "--format", "ndjson", document, SMALL)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.lines[0]["error"]["code"] == "too_many_pages"
    assert outcome.lines[1]["file"] == str(SMALL)
    assert [line["page"] for line in run("check", "--format", "ndjson", document).lines] == [1, 2, 3]


def test_files_one_after_the_other_are_decoded_by_one_process_that_loads_no_numpy() -> None:
    only_page(SOUND)
    (first,) = decoders()
    only_page(encoded(quarters(), "JPEG"))
    with pytest.raises(DamagedFileError):
        only_page(SOUND[:60])
    next(
        load_pages("receipt", stream=io.BytesIO(encoded(quarters(), "PDF", save_all=True, append_images=[quarters()])))
    )
    assert decoders() == [first]
    maps = Path(f"/proc/{first.pid}/maps").read_text("utf-8")
    assert "_imaging" in maps
    assert "numpy" not in maps


def test_keys_and_passwords_in_the_environment_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPIOCR_VISION_API_KEY", "secret")
    end_idle()
    only_page(SOUND)
    (child,) = decoders()
    assert "secret" not in Path(f"/proc/{child.pid}/environ").read_text("utf-8")


def page_header(width: int, height: int, layout: int = Layout.GREY_8) -> bytes:
    return ANSWER.pack(Answer.PAGE, layout, width, height, 0)


LIES = {
    "noise": b"\xff" * 1000,
    "an answer that there is not": ANSWER.pack(9, 0, 64, 64, 0),
    "a layout that there is not": page_header(64, 64, 99) + bytes(4096),
    "more pixels than allowed": page_header(2**40, 2**20),
    "a page of nothing": page_header(0, 0),
    "a page without its note": ANSWER.pack(Answer.PAGE, Layout.GREY_8, 64, 64, 40) + bytes(4096),
    "a note that is none": ANSWER.pack(Answer.PAGE, Layout.GREY_8, 64, 64, 40) + bytes(4096) + b"\xff" * 40,
    "a note without end": ANSWER.pack(Answer.PAGE, Layout.GREY_8, 64, 64, 2**32 - 1) + bytes(4096),
    "a page that ends too early": page_header(64, 64) + bytes(4000),
    "a text without end": ANSWER.pack(Answer.REFUSED, Code.DAMAGED, 0, 0, 2**32 - 1),
    "a reason that there is not": ANSWER.pack(Answer.REFUSED, 99, 2**64 - 1, 2**64 - 1, 0),
    "a text that is none": ANSWER.pack(Answer.REFUSED, Code.DAMAGED, 0, 0, 9) + b"\xff\x1b]52;c;a",
    "half a header": b"\x01\x01",
    "nothing": b"",
}


@pytest.mark.parametrize("lie", LIES)
def test_invalid_output_of_a_decoder_only_affects_its_file(lie: str) -> None:
    program = f"import os; os.read(0, 1 << 16); os.write(1, {LIES[lie]!r})  # {{}}"
    child = Child(program)
    decoding = Decoding(child, SOUND, Format.PNG, "receipt", Limits())
    with pytest.raises(DamagedFileError, match="receipt is truncated, damaged") as caught:
        decoding.next_page()
    decoding.close()
    child.end()
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("program", ["import time; time.sleep(600)  # {}", "import os\nwhile True: pass  # {}"])
def test_a_decoder_that_does_not_respond_is_ended(program: str) -> None:
    child = Child(program)
    decoding = Decoding(child, bytes(1 << 20), Format.PNG, "receipt", Limits(page_cpu_s=0.5, page_wait_s=1.0))
    with pytest.raises(TimedOutError):
        decoding.next_page()
    decoding.close()
    assert not child.is_alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.slow
def test_a_program_that_is_ended_while_it_decodes_ends_at_once_and_leaves_no_process(
    number: signal.Signals, home: Path, tmp_path: Path
) -> None:
    """However it ends: after SIGKILL it cannot tidy up."""
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(ENDLESS)
    with subprocess.Popen(
        command("check", bomb), env=surroundings(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        child = busy_decoder(process.pid)
        process.send_signal(number)
        out, noise = process.communicate(timeout=60)
    if number is not signal.SIGKILL:
        assert (process.returncode, out, noise.strip()) == (ExitCode.INTERRUPTED, b"", b"rpiocr: interrupted")
    assert is_gone(child)


FORKED = """
import io, os, sys
from rpiocr.load import load_pages

def load():
    return sum(1 for _ in load_pages("receipt", stream=io.BytesIO(bytes.fromhex(sys.argv[1]))))

load()
pid = os.fork()
if not pid:
    os._exit(load())
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), load())
"""


def test_a_forked_process_has_decoders_of_its_own() -> None:
    small = encoded(quarters((64, 48)), "PNG")
    done = subprocess.run(
        [sys.executable, "-c", FORKED, small.hex()], capture_output=True, text=True, check=True, cwd=PROJECT, timeout=60
    )
    assert (done.stdout, done.stderr) == ("1 1\n", "")


def test_a_decoder_does_not_end_with_the_thread_that_started_it() -> None:
    starter = threading.Thread(target=only_page, args=(SOUND,))
    starter.start()
    starter.join()
    before = decoders()
    assert close_to(greys_of(only_page(SOUND).pixels), GREYS)
    assert decoders() == before


@pytest.mark.slow
def test_no_descriptor_is_left_open() -> None:
    only_page(SOUND)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(3):
        end_idle()
        only_page(SOUND)
        with pytest.raises(TimedOutError):
            load(ENDLESS, HASTY)
    only_page(SOUND)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
