"""``rpiocr watch --jobs``: several receipts at a time, with the same guarantees as one."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.batch.clusters import cluster
from tests.program import SAMPLE, fake_tesseract
from tests.watch.places import Place, hash_of, lines, soon

KILLED_TIMES = 6
QUICK_FILES = 28


@pytest.fixture
def held(place: Place) -> Place:
    """A watched folder whose files are held by Tesseract until ``root/go`` exists; ``root/readers`` names who waits."""
    body = f'echo "$PPID" >> "{place.root}/readers"; while [ ! -e "{place.root}/go" ]; do sleep 0.05; done'
    return replace(place, path=fake_tesseract(place.root / "bin", body))


def readers(place: Place) -> set[str]:
    """The processes that are reading."""
    log = place.root / "readers"
    return set(log.read_text("utf-8").split()) if log.exists() else set()


def add(place: Place, *names: str) -> None:
    """Add receipts with bytes of their own."""
    for name in names:
        place.add(name, SAMPLE.read_bytes() + name.encode())


@pytest.mark.slow
def test_two_receipts_are_read_at_once_and_each_is_stored_printed_and_moved_once(held: Place) -> None:
    add(held, "a.jpg", "b.jpg", "c.jpg")
    watching = held.start("--jobs", "2", "--once", "--workers", "1")
    assert soon(lambda: len(readers(held)) == 2)
    assert len(list(held.inbox.glob("[!.]*"))) == 1
    (held.root / "go").touch()
    out, err = watching.communicate()
    assert watching.returncode == ExitCode.OK, err
    assert len({one["sha256"] for one in lines(out)}) == len(lines(out)) == len(held.placed()) == 3
    assert held.rows("SELECT count(*), count(DISTINCT file_id) FROM receipts") == [(3, 3)]


@pytest.mark.slow
def test_a_signal_ends_it_while_it_reads_and_all_files_get_their_names_back(held: Place) -> None:
    add(held, "a.jpg", "b.jpg", "c.jpg")
    watching = held.start("--jobs", "2")
    assert soon(lambda: len(readers(held)) == 2)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()
    assert (watching.returncode, out) == (ExitCode.OK, ""), err
    assert sorted(one.name for one in held.inbox.iterdir()) == [".rpiocr.lock", "a.jpg", "b.jpg", "c.jpg"]
    assert set(held.rows("SELECT state, owner, attempts FROM files")) == {("started", None, 0)}
    assert not any(Path(f"/proc/{pid}").exists() for pid in readers(held))


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_or_stored_twice(place: Place) -> None:
    add(place, "a.jpg", "b.jpg")
    for number in range(QUICK_FILES):
        os.utime(place.add(f"{number}.jpg", b"no picture %d" % number), (0, 0))
    arrived = {hash_of(path) for path in place.inbox.glob("[!.]*")}
    chance = random.Random(8)  # noqa: S311 - moments to kill, no secrets
    filed = "SELECT count(*) FROM files WHERE state = 'filed'"
    for number in range(KILLED_TIMES):
        watching = place.start("--jobs", "2", "--once")
        # Each watch gets somewhat further, so that it dies while it reads, stores and moves.
        assert soon(lambda least=4 * number: place.rows_or_none(filed)[:1] >= [(least,)])  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.1))
        watching.kill()
        watching.communicate()
    last = place.run("--jobs", "2", "--once")
    assert sorted(hash_of(place.root / name) for name in place.placed()) == sorted(arrived), last.stderr
    assert place.rows("SELECT count(*), count(DISTINCT file_id) FROM receipts") == [(2, 2)]
    assert place.rows("SELECT count(*), count(DISTINCT sha256), min(state), max(state) FROM files") == [
        (QUICK_FILES + 2, QUICK_FILES + 2, "filed", "filed")
    ]
    assert [one.name for one in place.inbox.iterdir()] == [".rpiocr.lock"]


def test_workers_here_and_a_cluster_exclude_each_other(place: Place) -> None:
    ended = place.run("--jobs", "2", "--cluster", "tcp://127.0.0.1:1")
    assert ended.status == ExitCode.USAGE
    assert "--jobs is for this machine" in ended.stderr


@pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")
@pytest.mark.slow
def test_receipts_are_read_by_the_workers_of_a_cluster(held: Place, tmp_path: Path) -> None:
    add(held, "a.jpg", "b.jpg", "c.jpg")
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask", PATH=held.path) as dask:
        for _ in range(2):
            dask.add_worker("--no-nanny")
        first = held.start("--cluster", dask.url)
        assert soon(lambda: len(readers(held)) == 2)
        first.send_signal(signal.SIGTERM)
        out, err = first.communicate()
        assert (first.returncode, out) == (ExitCode.OK, ""), err
        assert sorted(one.name for one in held.inbox.glob("[!.]*")) == ["a.jpg", "b.jpg", "c.jpg"]
        (held.root / "go").touch()
        ended = held.run("--cluster", dask.url, "--once")
    assert ended.status == ExitCode.OK, ended.stderr
    assert len(lines(ended.stdout)) == len(held.placed()) == 3
