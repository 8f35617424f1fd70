"""What the page costs and what it withstands: ``python -m bench.serve [start|answers|load] ...``.

``start`` compares the CPU time from the start of the service to its first page with that of starting Python, side by
side, and measures its memory while it is idle. ``answers`` measures lists of many receipts, and how soon it gives up
what is no use. ``load`` has clients upload while browsers follow, and kills the service
meanwhile as often as it is told: everything must be there at the end, and once.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
import httpx
import psutil

from bench.report import BENCHMARKS, PROJECT, circumstances, table, write_section
from bench.tool import environment
from rpiocr.store.database import Database
from tests.store.many import fill

QUICK = ("--mode=low", "--engine=tesseract", "--retries=0", "--items=off")
"""What a receipt says does not matter here, and small ones are read soon."""

MOST_PIXELS = (600, 700)
PATIENCE = {"RPIOCR_PASS_TIMEOUT": "300", "RPIOCR_RECEIPT_TIMEOUT": "900"}
PAGES = ("/", "/review", "/receipts", "/system", "/api/v1/receipts?limit=50")
MB = 1024 * 1024

HEADINGS = {
    "serve-start": "The page: its start",
    "serve-answers": "The page: how soon it answers",
    "serve-load": "The page while many upload",
    "serve-kill": "The page killed while many upload",
}
"""The headings of the sections of docs/BENCHMARKS.md."""


@dataclass(slots=True)
class Served:
    """A service with a home of its own, on a port that stays the same when it is started again."""

    home: Path
    port: int
    options: tuple[str, ...] = QUICK
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def url(self) -> str:
        """What a client opens."""
        return f"http://localhost:{self.port}"

    @property
    def database(self) -> Path:
        """The file of the store."""
        return self.home / "data" / "rpiocr" / "receipts.sqlite"

    def start(self) -> None:
        """Start it; returns at once."""
        places = {f"XDG_{name.upper()}_HOME": str(self.home / name) for name in ("data", "state", "cache", "config")}
        command = [sys.executable, "-m", "rpiocr", "serve", f"--port={self.port}", "--cloud=never", *self.options]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, env=environment(**places, **PATIENCE), cwd=PROJECT)
        self.starts += 1

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until it answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                httpx.get(f"{self.url}/", timeout=10).raise_for_status()
            except httpx.HTTPError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it as a power cut would, with all that it has started."""
        if self.process is None:
            return
        with suppress(psutil.NoSuchProcess):
            family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as systemd would; returns its status."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait()

    def resident(self) -> int:
        """Return the resident memory of the server without its readers, in bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss) if self.process else 0

    def cpu_s(self) -> float:
        """Return the CPU time of the service so far, with what it has started, in seconds."""
        if self.process is None:
            return 0.0
        process = psutil.Process(self.process.pid)
        times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
        return sum(one.user + one.system + one.children_user + one.children_system for one in times)


@dataclass(slots=True)
class Seen:
    """What clients and browsers saw."""

    uploads: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    page_s: list[float] = field(default_factory=list)
    server_s: list[float] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    resident: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def served(options: tuple[str, ...] = QUICK) -> Iterator[Served]:
    """Make a service that has not been started; it is ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="rpiocr-serve-", ignore_cleanup_errors=True) as folder:
        service = Served(Path(folder), _free_port(), options)
        try:
            yield service
        finally:
            service.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


# ------------------------------------------------------------------------------------------------------------- start


@dataclass(frozen=True, slots=True)
class Start:
    """One start: CPU seconds of Python alone, of the service to its first page, and its idle memory in bytes."""

    python_s: float
    service_s: float
    idle: int


def measure_start(*, is_new: bool) -> Start:
    """Start a service, with a new store or for the second time, and Python beside it."""
    with served(()) as service:
        if not is_new:
            service.start()
            service.wait()
            service.stop()
        python_s = _python_s(20)
        service.start()
        service.wait()
        service_s = service.cpu_s()
        time.sleep(3)
        return Start(python_s, service_s, service.resident())


def _python_s(times: int) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / times


# -------------------------------------------------------------------------------------------------------------- load


def make_receipts(folder: Path, count: int, seed: int) -> list[Path]:
    """Write small receipts, all different."""
    from PIL import Image

    command = [sys.executable, "-m", "generator", f"--seed={seed}", "--count=20", "--level=clean", f"--out={folder}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
    drawn = sorted((folder / "img").iterdir())
    made = []
    for number in range(count):
        with Image.open(drawn[number % len(drawn)]) as picture:
            small = picture.convert("L").crop((0, 0, *MOST_PIXELS))
        small.putpixel((0, 0), number % 256)
        small.putpixel((1, 0), number // 256)
        place = folder / f"receipt {number:03}.png"
        small.save(place)
        made.append(place)
    return made


def upload(service: Served, files: Sequence[Path], seen: Seen) -> None:
    """Upload files one after the other, each until the service has taken it, as a phone would."""
    with httpx.Client(base_url=service.url, timeout=60) as client:
        for file in files:
            key = {"Idempotency-Key": hashlib.sha256(file.name.encode()).hexdigest()}
            while not _sent(client, file, key, seen):
                time.sleep(0.2)


def _sent(client: httpx.Client, file: Path, key: dict[str, str], seen: Seen) -> bool:
    try:
        answer = client.post("/api/v1/receipts", files={"file": (file.name, file.read_bytes())}, headers=key)
    except httpx.HTTPError:
        return False
    with seen.lock:
        if answer.status_code < 300:
            seen.uploads += 1
        else:
            seen.refused[answer.status_code] += 1
    return answer.status_code < 300


def browse(service: Served, seen: Seen, ended: threading.Event) -> None:
    """Open one page after the other, as somebody who looks around."""
    number = 0
    with httpx.Client(base_url=service.url, timeout=60) as client:
        while not ended.wait(0.3):
            number += 1
            began = time.monotonic()
            try:
                answer = client.get(PAGES[number % len(PAGES)])
            except httpx.HTTPError:
                continue
            if answer.status_code == 200:
                with seen.lock:
                    seen.page_s.append(time.monotonic() - began)
                    if found := re.search(r"dur=([0-9.]+)", answer.headers.get("server-timing", "")):
                        seen.server_s.append(float(found[1]) / 1000)


def follow(service: Served, seen: Seen, ended: threading.Event) -> None:
    """Follow what happens, and connect again where that ends."""
    while not ended.is_set():
        with suppress(httpx.HTTPError), httpx.stream("GET", f"{service.url}/api/v1/events", timeout=20) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    with seen.lock:
                        seen.events[line.removeprefix("event: ")] += 1
                if ended.is_set():
                    return
        ended.wait(0.2)


def watch_memory(service: Served, seen: Seen, ended: threading.Event) -> None:
    """Note the memory of the server."""
    while not ended.wait(0.5):
        with suppress(psutil.Error):
            seen.resident.append(service.resident())


def run_clients(service: Served, files: Sequence[Path], clients: int, during: Callable[[], None]) -> Seen:
    """Let clients upload and two browsers follow, do ``during`` meanwhile, and wait until everything is read."""
    seen, ended = Seen(), threading.Event()
    uploads = [threading.Thread(target=upload, args=(service, files[one::clients], seen)) for one in range(clients)]
    others = [threading.Thread(target=work, args=(service, seen, ended)) for work in (browse, follow) for _ in range(2)]
    others.append(threading.Thread(target=watch_memory, args=(service, seen, ended)))
    for thread in (*others, *uploads):
        thread.start()
    during()
    for thread in uploads:
        thread.join()
    while left(service, files):
        time.sleep(0.5)
    time.sleep(2)
    ended.set()
    for thread in others:
        thread.join()
    return seen


def left(service: Served, files: Sequence[Path]) -> int:
    """Return how many files are not finished in the journal."""
    with suppress(sqlite3.Error), sqlite3.connect(f"file:{service.database}?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM files WHERE state IN ('filed', 'failed')").fetchone()
        return len(files) - int(count)
    return len(files)


@dataclass(frozen=True, slots=True)
class Count:
    """What is there at the end: nothing may be missing, doubled or left over."""

    stored: int
    missing: int
    doubled: int
    misfiled: int
    left_over: int
    failed: int

    @property
    def is_right(self) -> bool:
        """Whether everything is there once."""
        return not (self.missing or self.doubled or self.misfiled or self.left_over)


def count(service: Served, files: Sequence[Path]) -> Count:
    """Compare the store and the folders with what was uploaded."""
    wanted = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    with sqlite3.connect(service.database) as connection:
        query = "SELECT sha256, count(DISTINCT files.id) FROM files GROUP BY sha256"
        known = dict(connection.execute(query).fetchall())
        (failed,) = connection.execute("SELECT count(*) FROM files WHERE error_code IS NOT NULL").fetchone()
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        message = f"the store is damaged: {sound}"
        raise click.ClickException(message)
    top = service.home / "data" / "rpiocr" / "receipts"
    places = [one for name in ("done", "review", "failed") for one in (top / name).rglob("*") if one.suffix == ".png"]
    filed = Counter(hashlib.sha256(one.read_bytes()).hexdigest() for one in places)
    rest = [one for one in (top / "inbox").rglob("*") if one.name != ".rpiocr.lock"]
    for one in rest:
        click.echo(f"left over: {one.relative_to(top)}", err=True)
    return Count(
        stored=len(known),
        missing=len(wanted - set(known)),
        doubled=sum(number > 1 for number in known.values()),
        misfiled=sum(filed[sha256] != 1 for sha256 in wanted),
        left_over=len(rest),
        failed=failed,
    )


def kill_often(service: Served, kills: int, random_: random.Random, files: Sequence[Path], longest_s: float) -> None:
    """Kill the service at random moments, and start it again, as long as there is something to do."""
    for _ in range(kills):
        time.sleep(random_.uniform(0.2, longest_s))
        service.kill()
        service.start()
        if not left(service, files):
            return


# ----------------------------------------------------------------------------------------------------------- answers


def timed(work: Callable[[], object], times: int = 1) -> list[float]:
    """Return how long something takes each time, in seconds."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return taken


def fetch(address: str) -> None:
    """Open a page."""
    httpx.get(address, timeout=60).raise_for_status()


def never_ending_head(service: Served) -> None:
    """Send the beginning of a request, and wait until the service gives it up."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=120) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while connection.recv(4096):
            pass


def never_ending_upload(service: Served) -> None:
    """Send an upload without an end, and wait until the service refuses it."""

    def pieces() -> Iterator[bytes]:
        yield b"\xff\xd8\xff"
        while True:
            yield bytes(MB)

    answer = httpx.post(f"{service.url}/api/v1/receipts", content=pieces(), timeout=120)
    if answer.status_code != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise click.ClickException(answer.text)


def change_while_held(service: Served) -> None:
    """Ask for a change while another program holds the store."""
    with sqlite3.connect(service.database, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = httpx.patch(f"{service.url}/api/v1/receipts/1", json={"archived": True}, timeout=120)
        other.execute("ROLLBACK")
    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
        raise click.ClickException(answer.text)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


@click.group()
def main() -> None:
    """Measure the page."""


@main.command()
@click.option("--times", default=7, show_default=True)
@click.option("--write", is_flag=True, help="Write the section of docs/BENCHMARKS.md.")
def start(times: int, *, write: bool) -> None:
    """Measure the start, with a new store and with one that is there."""
    rows = []
    for name, is_new in (("new store", True), ("known store", False)):
        found = [measure_start(is_new=is_new) for _ in range(times)]
        ratios = [one.service_s / one.python_s for one in found]
        idle = [one.idle / MB for one in found]
        rows.append(
            (
                name,
                f"{statistics.mean(ratios):.0f}",
                f"{statistics.median(ratios):.0f}",
                f"{statistics.median(idle):.0f}",
            )
        )
    text = table(("Start to the first page", "starts of Python (mean)", "(median)", "idle, MB"), rows)
    _told(text, "serve-start", f"python -m bench.serve start --times {times}", write=write)


@main.command()
@click.option("--receipts", default=10_000, show_default=True)
@click.option("--write", is_flag=True, help="Write the section of docs/BENCHMARKS.md.")
def answers(receipts: int, *, write: bool) -> None:
    """Measure how soon lists of many receipts are answered, and how soon what is no use is given up."""
    rows = []
    with served() as service:
        service.start()
        service.wait()
        with closing(Database(f"sqlite:///{service.database}")) as database:
            fill(database, receipts)
        for path in (*PAGES, "/api/v1/receipts?q=shop"):
            taken = timed(partial(fetch, service.url + path), 7)
            figures = f"{_ms(statistics.median(taken))}, {_ms(max(taken))}"
            rows.append((f"{path}, {receipts} receipts: median, highest", figures))
        for what, work in (
            ("a request whose head never ends is given up", never_ending_head),
            ("an upload that never ends is refused", never_ending_upload),
            ("a change while another program holds the store is refused", change_while_held),
        ):
            rows.append((what, _ms(timed(partial(work, service))[0])))
        rows.append(("the service ends when it is told to", _ms(timed(service.stop)[0])))
    command = f"python -m bench.serve answers --receipts {receipts}"
    _told(table(("Answers", "ms"), rows), "serve-answers", command, write=write)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


@main.command()
@click.option("--receipts", default=200, show_default=True)
@click.option("--clients", default=20, show_default=True)
@click.option("--kills", default=0, show_default=True)
@click.option("--longest", default=12.0, show_default=True, help="Longest time between two kills, in seconds.")
@click.option("--jobs", default=2, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--write", is_flag=True, help="Write the section of docs/BENCHMARKS.md.")
def load(receipts: int, clients: int, kills: int, longest: float, jobs: int, seed: int, *, write: bool) -> None:
    """Upload from many clients while browsers follow, and kill the service meanwhile."""
    with served((*QUICK, f"--jobs={jobs}")) as service, tempfile.TemporaryDirectory() as folder:
        files = make_receipts(Path(folder), receipts, seed)
        service.start()
        service.wait()
        random_ = random.Random(seed)  # noqa: S311 - the same moments again
        seen = run_clients(service, files, clients, lambda: kill_often(service, kills, random_, files, longest))
        service.stop()
        found = count(service, files)
    rows = [
        ("receipts, stored, failed", f"{receipts}, {found.stored}, {found.failed}"),
        (
            "missing, doubled, misfiled, left over",
            f"{found.missing}, {found.doubled}, {found.misfiled}, {found.left_over}",
        ),
        ("kills", f"{service.starts - 1}"),
        ("pages, server time: median, p95, max (ms)", _times(seen.server_s)),
        ("pages, as a browser sees it: median, p95, max (ms)", _times(seen.page_s)),
        ("memory of the server after each tenth of the time (MB)", _memory(seen.resident)),
        ("events that two browsers saw", json.dumps(seen.events)),
        ("uploads refused for the moment", json.dumps(seen.refused)),
    ]
    command = f"python -m bench.serve load --receipts {receipts} --clients {clients} --kills {kills} --seed {seed}"
    _told(table(("Load", ""), rows), "serve-kill" if kills else "serve-load", command, write=write)
    if not found.is_right:
        sys.exit(1)


def _times(seconds: Sequence[float]) -> str:
    shown = (statistics.median(seconds), percentile(seconds, 0.95), max(seconds)) if seconds else ()
    return ", ".join(f"{1000 * one:.0f}" for one in shown) + f" of {len(seconds)}"


def _memory(resident: Sequence[int]) -> str:
    """Return the median of each tenth, and the peak: memory is flat if the last ones are alike."""
    if not resident:
        return "–"
    tenth = max(1, len(resident) // 10)
    tenths = [statistics.median(resident[at : at + tenth]) / MB for at in range(0, len(resident) - tenth + 1, tenth)]
    return f"{', '.join(f'{one:.0f}' for one in tenths)}; peak {max(resident) / MB:.0f}"


def _told(text: str, section: str, command: str, *, write: bool) -> None:
    click.echo(text)
    if write:
        write_section(BENCHMARKS, section, f"## {HEADINGS[section]}\n\n{circumstances(command)}\n\n{text}")


if __name__ == "__main__":
    main()
