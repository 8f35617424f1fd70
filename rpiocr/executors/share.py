"""Adapts jobs to their worker: its share of the cores, and no access to the store."""

from __future__ import annotations

import dataclasses

from rpiocr.executors.job import Job


def passes_each(cores: int, workers: int) -> int:
    """Return the number of passes that each worker may run in parallel."""
    return max(1, cores // workers)


def with_share(job: Job, passes: int) -> Job:
    """Set the number of parallel passes of a job, unless its settings do."""
    if job.settings.workers:
        return job
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, workers=passes))


def without_store(job: Job) -> Job:
    """Return a job for another machine, without the store: it keeps nothing, and must not get a password."""
    return dataclasses.replace(job, settings=dataclasses.replace(job.settings, store=""))
