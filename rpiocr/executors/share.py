"""Divides the cores of a machine among its workers."""

from __future__ import annotations

import dataclasses

from rpiocr.executors.job import Job


def passes_each(cores: int, workers: int) -> int:
    """Return how many passes each of several workers may run at once."""
    return max(1, cores // workers)


def with_share(job: Job, passes: int) -> Job:
    """Let a job run so many passes at once, unless its settings say how many."""
    if job.settings.workers:
        return job
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, workers=passes))


def without_store(job: Job) -> Job:
    """Return a job for another machine: who reads it keeps nothing, and has no use for the store's password."""
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, store=""))
