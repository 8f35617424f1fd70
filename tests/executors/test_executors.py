"""Jobs in processes of their own: nothing gets lost with one that dies, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest
from PIL import Image

from rpiocr.executors import WorkerLostError, auto_workers, open_executor
from rpiocr.executors.base import Function
from rpiocr.executors.job import Job, read
from rpiocr.executors.pool import Pool
from rpiocr.executors.share import without_store
from rpiocr.model.records import ReadFile
from rpiocr.settings import Settings
from tests.batch.jobs import (
    die,
    fail,
    hang,
    hang_deaf,
    job,
    leave,
    take_signals,
    tell_niceness,
    tell_passes,
    tell_pid,
    tell_size,
    tell_threads,
    wait_for_file,
)
from tests.batch.waiting import beside, family, runs, until
from tests.program import PROJECT, SMALL, surroundings

CORES = len(os.sched_getaffinity(0))

PARENT = """
import sys
from rpiocr.executors import open_executor
from tests.batch.jobs import hang, job
if __name__ == "__main__":
    with open_executor(2) as executor:
        for name in sys.argv[1:]:
            executor.submit(job(name), hang)
        sys.stdin.read()
"""


def test_a_receipt_is_read_in_another_process_as_it_is_in_this_one() -> None:
    one = job(SMALL, SMALL.read_bytes(), retries=0)
    with open_executor(1) as executor:
        (receipt,) = executor.submit(one).result().receipts
    (here,) = read(one).receipts
    assert (receipt.answer["amount"], receipt.text, receipt.picture_hash, receipt.words) == (
        here.answer["amount"],
        here.text,
        here.picture_hash,
        here.words,
    )


def test_the_words_of_a_receipt_are_those_of_its_text_with_places_on_the_page() -> None:
    (receipt,) = read(job(SMALL, SMALL.read_bytes(), retries=0)).receipts
    assert " ".join(word.text for word in receipt.words).split() == receipt.text.split()
    with Image.open(SMALL) as picture:
        width, height = picture.size
    assert all(
        0 <= x < x + w <= width and 0 <= y < y + h <= height for x, y, w, h in (word.box for word in receipt.words)
    )


@pytest.mark.slow
def test_a_receipt_that_was_read_tells_what_that_cost() -> None:
    with open_executor(1) as executor:
        read_first, read_then = (executor.submit(job(SMALL, SMALL.read_bytes(), retries=0)).result() for _ in range(2))
    assert 0.05 < read_then.cpu_s < read_first.cpu_s + read_then.cpu_s
    assert 2**24 < read_first.peak_bytes <= read_then.peak_bytes < 2**32


def test_workers_and_their_programs_are_as_nice_as_was_asked_for() -> None:
    with open_executor(1, niceness=7) as executor:
        assert executor.submit(job(), tell_niceness).result().sha256 == "7 7"
    with open_executor(1) as executor:
        assert executor.submit(job(), tell_niceness).result().sha256 == f"{os.nice(0)} {os.nice(0)}"


@pytest.mark.parametrize("hanging", [hang, hang_deaf])
def test_a_job_that_is_abandoned_ends_with_its_program_and_no_other_one(hanging: Function, tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    with open_executor(2) as executor:
        ended, other = executor.submit(job(one), hanging), executor.submit(job(two), wait_for_file)
        waiting = executor.submit(job(three), wait_for_file)
        until(lambda: beside(one) and beside(two), "two jobs")
        until(lambda: family(*beside(one)), "the program of a job")
        processes = [*beside(one), *family(*beside(one))]
        executor.abandon(waiting)
        executor.abandon(ended)
        # A program that was killed may still be there until the machine has time for its end.
        until(lambda: not any(map(runs, processes)), "the end of a job and its program")
        for future in (waiting, ended):
            with pytest.raises(CancelledError):
                future.result()
        executor.abandon(ended)
        after = executor.submit(job(), tell_pid)
        assert int(after.result().sha256) not in (*processes, *beside(two))
        two.touch()
        assert other.result().sha256 == str(*beside(two))
        executor.abandon(other)
        assert other.result()
    assert beside(three) == []


def test_jobs_abandoned_at_any_moment_cost_no_other_one() -> None:
    with open_executor(2) as executor:
        for _ in range(40):
            abandoned, others = executor.submit(job(), tell_pid), [executor.submit(job(), tell_pid) for _ in range(2)]
            executor.abandon(abandoned)
            assert all(other.result().sha256 for other in others)


def test_what_goes_wrong_in_a_job_arrives_with_the_place_where_it_arose() -> None:
    with open_executor(1) as executor:
        lost = executor.submit(job("b.jpg"), fail)
        with pytest.raises(ValueError, match=r"nothing can be made of b\.jpg") as found:
            lost.result()
    assert "in fail" in "".join(found.value.__notes__)


@pytest.mark.parametrize(("killer", "how"), [(die, "SIGKILL"), (leave, "status 7")])
def test_only_the_job_that_killed_its_worker_is_blamed(killer: Function, how: str, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_executor(2) as executor:
        bystander = executor.submit(job(go), wait_for_file)
        until(lambda: beside(go), "a job that runs beside")
        with pytest.raises(WorkerLostError, match=rf"^bad\.jpg: .*{how}") as found:
            executor.submit(job("bad.jpg"), killer).result()
        assert found.value.code == "worker_lost"
        after = [executor.submit(job(), tell_pid) for _ in range(3)]
        go.touch()
        assert bystander.result().sha256 == str(*beside(go))
        assert all(int(one.result().sha256) for one in after)


def test_a_worker_that_was_killed_while_idle_costs_no_job() -> None:
    with open_executor(1) as executor:
        pid = int(executor.submit(job(), tell_pid).result().sha256)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not runs(pid), "the end of an idle worker")
        assert executor.submit(job(), tell_pid).result().sha256 != str(pid)


def test_jobs_are_shared_by_as_many_processes_as_were_asked_for(tmp_path: Path) -> None:
    go = tmp_path / "go"
    with open_executor(2) as executor:
        assert executor.capacity == 2
        jobs = [executor.submit(job(go), wait_for_file) for _ in range(5)]
        until(lambda: len(beside(go)) == 2, "two jobs at once")
        go.touch()
        assert {int(one.result().sha256) for one in jobs} == set(beside(go))
        assert len(beside(go)) == 2


def test_a_worker_makes_room_for_a_new_one_after_so_many_jobs() -> None:
    pool = Pool(1, jobs_per_worker=3)
    pids = [pool.submit(job(), tell_pid).result().sha256 for _ in range(7)]
    pool.close()
    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6]
    assert not any(runs(int(pid)) for pid in pids)


@pytest.mark.parametrize(("workers", "wished", "passes"), [(1, 0, CORES), (64, 0, 1), (1, 5, 5), (64, 5, 5)])
def test_workers_share_the_cores_unless_the_settings_say_how_many_passes_run(
    workers: int, wished: int, passes: int
) -> None:
    with open_executor(workers) as executor:
        assert executor.submit(job(workers=wished), tell_passes).result().sha256 == str(passes)


def test_auto_takes_at_least_one_worker_and_no_more_than_there_are_cores() -> None:
    assert 1 <= auto_workers() <= CORES


def test_a_worker_and_its_programs_leave_signals_to_the_parent() -> None:
    with open_executor(1) as executor:
        assert executor.submit(job(), take_signals).result().sha256 == "b'lived\\n'"
        assert executor.submit(job(), tell_pid).result()


def test_numpy_is_set_to_start_no_threads_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with open_executor(1) as executor:
        assert executor.submit(job(), tell_threads).result().sha256 == "1"


def test_large_files_arrive_whole() -> None:
    with open_executor(1) as executor:
        assert executor.submit(job(data=bytes(50_000_000)), tell_size).result().sha256 == "50000000"


@pytest.mark.parametrize("hanging", [hang, hang_deaf])
def test_leaving_by_an_exception_ends_what_runs_and_begins_nothing(hanging: Function, tmp_path: Path) -> None:
    def begin_and_leave() -> None:
        with open_executor(1) as executor:
            jobs.append(executor.submit(job(tmp_path / "one"), hanging))
            jobs.append(executor.submit(job(tmp_path / "two"), hanging))
            until(lambda: beside(tmp_path / "one"), "a job that hangs")
            pids.extend([*beside(tmp_path / "one"), *family(*beside(tmp_path / "one"))])
            raise KeyboardInterrupt

    jobs: list[Future[ReadFile]] = []
    pids: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        begin_and_leave()
    assert len(pids) >= 1
    until(lambda: not any(map(runs, pids)), "the end of a worker and its program")
    assert beside(tmp_path / "two") == []
    assert all(one.done() for one in jobs)


def test_no_worker_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    home, files = tmp_path / "home", [tmp_path / "one", tmp_path / "two"]
    home.mkdir()
    command = [sys.executable, "-c", PARENT, *map(str, files)]
    with subprocess.Popen(command, cwd=PROJECT, env=surroundings(home), stdin=subprocess.PIPE) as parent:
        until(lambda: all(map(beside, files)), "two jobs that hang")
        until(lambda: len(family(parent.pid)) >= 4, "two programs of theirs")
        pids = family(parent.pid)
        parent.kill()
    until(lambda: not any(map(runs, pids)), "the end of all that it started")


def test_the_password_of_the_store_stays_on_this_machine() -> None:
    job = Job("a.jpg", b"", Settings(store="postgresql://pi:password@host/receipts", mode="low"))
    assert without_store(job) == Job("a.jpg", b"", Settings(mode="low"))
