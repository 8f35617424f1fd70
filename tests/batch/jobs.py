"""Functions that a worker can run instead of reading: each returns what it found."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from rpiocr.executors.job import Job
from rpiocr.executors.worker import END, LEFT_TO_PARENT
from rpiocr.model.records import ReadFile
from rpiocr.settings import Settings


def job(file: object = "a.jpg", data: bytes = b"", **settings: int) -> Job:
    return Job(str(file), data, Settings(**settings))  # type: ignore[arg-type]


def said(job: Job, what: object) -> ReadFile:
    return ReadFile(job.file, str(what), (), ())


def tell_pid(job: Job) -> ReadFile:
    return said(job, os.getpid())


def tell_passes(job: Job) -> ReadFile:
    return said(job, job.settings.workers)


def tell_threads(job: Job) -> ReadFile:
    return said(job, os.environ["OPENBLAS_NUM_THREADS"])


def tell_niceness(job: Job) -> ReadFile:
    program = subprocess.run(["nice"], capture_output=True, text=True, check=True)
    return said(job, f"{os.nice(0)} {program.stdout.strip()}")


def tell_size(job: Job) -> ReadFile:
    return said(job, len(job.data))


def die(job: Job) -> ReadFile:
    os.kill(os.getpid(), signal.SIGKILL)
    return said(job, "not reached")


def leave(job: Job) -> ReadFile:  # noqa: ARG001 - as every job
    os._exit(7)


def fail(job: Job) -> ReadFile:
    message = f"nothing can be made of {job.file}"
    raise ValueError(message)


def wait_for_file(job: Job) -> ReadFile:
    """Record next to the job's file that it is waited for, and wait until it exists."""
    Path(f"{job.file}.{os.getpid()}").touch()
    while not Path(job.file).exists():
        time.sleep(0.02)
    return said(job, os.getpid())


def take_signals(job: Job) -> ReadFile:
    """Get all that a terminal or systemd may send, as does a program that is started from here."""
    for number in LEFT_TO_PARENT:
        os.kill(os.getpid(), number)
    script = "; ".join(f"kill -{number.name.removeprefix('SIG')} $$" for number in LEFT_TO_PARENT)
    return said(job, subprocess.run(["sh", "-c", f"{script}; echo lived"], capture_output=True, check=False).stdout)


def hang(job: Job) -> ReadFile:
    """Run a program that does not end; a file next to the job's names the process that waits for it."""
    Path(f"{job.file}.{os.getpid()}").touch()
    subprocess.run(["sleep", "100000"], check=True)
    return said(job, "not reached")


def hang_deaf(job: Job) -> ReadFile:
    """As ``hang``, but in a way that no wish to end gets through."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [END])
    return hang(job)
