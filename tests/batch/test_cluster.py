"""A batch on a cluster: a real scheduler and real workers on this machine, one of which dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from concurrent.futures import CancelledError
from importlib.util import find_spec
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.executors import open_executor
from tests.batch.clusters import cluster, with_version
from tests.batch.conftest import Ask
from tests.batch.jobs import job, wait_for_file
from tests.batch.test_command import AMOUNTS, amounts
from tests.batch.waiting import beside, until
from tests.program import PROJECT, QUICK, Run, command, fake_tesseract, surroundings

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")

HOLD = 'echo "$PPID" >> "{log}"; while [ ! -e "{log}.go" ]; do sleep 0.05; done'


@needs_dask
@pytest.mark.slow
def test_what_a_worker_was_reading_when_it_was_killed_is_read_by_another(
    home: Path, inbox: Path, tmp_path: Path, ask: Ask
) -> None:
    log = tmp_path / "passes"
    path = fake_tesseract(tmp_path / "bin", HOLD.format(log=log))
    with cluster(tmp_path, PATH=path) as dask:
        workers = [dask.add_worker("--no-nanny"), dask.add_worker("--no-nanny")]
        batch = subprocess.Popen(
            command("batch", *QUICK, inbox, "--cluster", dask.url),
            env=surroundings(home, RPIOCR_WORKERS="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        until(lambda: log.exists() and len(set(log.read_text("utf-8").split())) == 2, "both workers to read")
        os.killpg(workers[0].pid, signal.SIGKILL)
        Path(f"{log}.go").touch()
        out, err = (stream.decode("utf-8") for stream in batch.communicate())
    assert (batch.returncode, err.count("receipt file=")) == (ExitCode.OK, 3)
    assert "Traceback" not in err
    amounts = [str(json.loads(line, parse_float=str)["amount"]) for line in out.splitlines()]
    assert sorted(amounts) == sorted(AMOUNTS.values())
    assert ask("SELECT state, attempts FROM files") == [("filed", 1)] * 3


@needs_dask
@pytest.mark.slow
def test_a_file_that_kills_every_worker_is_given_up_and_the_rest_is_read(run: Run, inbox: Path, tmp_path: Path) -> None:
    count = tmp_path / "count"
    killer = f'n=$(cat "{count}" 2>/dev/null || echo 0)\n'
    killer += f'if [ "$n" -lt 2 ]; then echo $((n + 1)) > "{count}"; kill -9 $PPID; sleep 60; fi'
    path = fake_tesseract(tmp_path / "bin", killer)
    with cluster(tmp_path, PATH=path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as dask:
        dask.add_worker("--nanny")
        outcome = run("batch", *QUICK, inbox, "--cluster", dask.url, RPIOCR_WORKERS="1")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.of(inbox / "a.jpg")["error"]["code"] == "killed_reader"
    assert [str(outcome.of(inbox / name)["amount"]) for name in ("b.jpg", "c.jpg")] == ["111.83", "63.35"]


@needs_dask
@pytest.mark.slow
def test_a_job_that_is_abandoned_is_not_waited_for_and_the_others_go_on(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    with cluster(tmp_path) as dask:
        for _ in range(2):
            dask.add_worker("--no-nanny")
        with open_executor(1, dask.url) as executor:
            gone, other = (executor.submit(job(file), wait_for_file) for file in (one, two))
            until(lambda: beside(one) and beside(two), "two jobs")
            executor.abandon(gone)
            with pytest.raises(CancelledError):
                gone.result()
            one.touch()
            two.touch()
            assert other.result().sha256 == str(*beside(two))
            executor.abandon(other)
            assert executor.submit(job(one), wait_for_file).result()
            last = executor.submit(job(three), wait_for_file)
            until(lambda: beside(three), "the last job")
        # Nobody waits for ever for what was not finished at the end.
        with pytest.raises(CancelledError):
            last.result()
        three.touch()


@needs_dask
@pytest.mark.slow
def test_a_worker_with_another_version_is_named(run: Run, inbox: Path, tmp_path: Path) -> None:
    with cluster(tmp_path) as dask:
        dask.add_worker("--no-nanny", PYTHONPATH=with_version(tmp_path, "0.0.7"))
        outcome = run("batch", inbox, "--cluster", dask.url, "--no-store")
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "has rpiocr 0.0.7, here it is" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@needs_dask
@pytest.mark.slow
def test_a_cluster_that_is_lost_ends_the_batch_and_resume_goes_on(
    home: Path, run: Run, inbox: Path, tmp_path: Path
) -> None:
    log = tmp_path / "passes"
    path = fake_tesseract(tmp_path / "bin", HOLD.format(log=log))
    with cluster(tmp_path, PATH=path) as dask:
        dask.add_worker("--no-nanny")
        batch = subprocess.Popen(
            command("batch", *QUICK, inbox, "--cluster", dask.url),
            env=surroundings(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        until(log.exists, "a worker to read")
        dask.end()
        out, err = (stream.decode("utf-8") for stream in batch.communicate())
    assert (batch.returncode, out) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "the cluster was lost" in err
    assert "Traceback" not in err
    assert amounts(run("batch", *QUICK, inbox, "--resume")) == AMOUNTS


@needs_dask
@pytest.mark.slow
def test_a_cluster_without_workers_is_reported(run: Run, inbox: Path, tmp_path: Path) -> None:
    with cluster(tmp_path) as dask:
        outcome = run("batch", inbox, "--cluster", dask.url, "--no-store")
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "has no workers: run `dask worker tcp://" in outcome.stderr


@needs_dask
@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "tcp://no-such-host.invalid:8786"])
@pytest.mark.slow
def test_a_scheduler_that_cannot_be_reached_is_reported(url: str, run: Run, inbox: Path) -> None:
    outcome = run("batch", inbox, "--cluster", url, "--no-store")
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert f"no scheduler answers at {url}" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@needs_dask
@pytest.mark.parametrize("url", ["nonsense", "192.168.1.10:8786", "tcp://pi", "http://pi:8786"])
@pytest.mark.slow
def test_what_is_not_an_address_is_reported_at_once(url: str, run: Run, inbox: Path) -> None:
    outcome = run("batch", inbox, "--cluster", url, "--no-store")
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert f"{url!r} is not the address of a scheduler" in outcome.stderr


def test_without_the_package_it_is_reported_how_to_install_it(run: Run, inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "dask.py").write_text("raise ModuleNotFoundError", "utf-8")
    outcome = run("batch", inbox, "--cluster", "tcp://127.0.0.1:1", PYTHONPATH=f"{tmp_path / 'without'}:{PROJECT}")
    assert (outcome.status, outcome.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "-m pip install 'distributed>=" in outcome.stderr
