"""The options of commands that read several receipts in parallel: how many here, or on which cluster."""

from __future__ import annotations

import click

MAX_WORKERS = 64


class WorkerCount(click.ParamType[int]):
    """A number of workers, or auto."""

    name = "workers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of workers; 0 for auto."""
        if value == "auto":
            return 0
        text = str(value)
        if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_WORKERS:
            return int(text)
        return self.fail(f"{value!r} is not a number of workers; it may be auto, or 1 to {MAX_WORKERS}", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the allowed values."""
        return "N|auto"


jobs_option = click.option(
    "-j",
    "--jobs",
    type=WorkerCount(),
    help="Number of receipts read in parallel, each in a process; auto depends on cores and free memory.  [default: 1]",
)
cluster_option = click.option(
    "--cluster", default="", metavar="URL", help="Read on a Dask cluster, such as tcp://192.168.1.10:8786."
)


def require_one_place(option: str, workers: int | None, cluster: str) -> None:
    """Raise a usage error if workers of this machine, given by ``option``, are asked for and a cluster as well."""
    if cluster and workers is not None:
        message = f"{option} is for this machine; with --cluster, each `dask worker` is a worker"
        raise click.UsageError(message)


def worker_count(workers: int | None) -> int:
    """Return the number of workers for the value of the option: one if it was not given."""
    from rpiocr.executors import auto_workers

    return 1 if workers is None else workers or auto_workers()
