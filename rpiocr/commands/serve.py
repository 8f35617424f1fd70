"""The command ``rpiocr serve``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.options import config_option, setting_options, start, verbose_option
from rpiocr.commands.parallel import cluster_option, jobs_option, require_one_place, worker_count
from rpiocr.errors import ExitCode
from rpiocr.settings import UNATTENDED_DEFAULTS

PORT = 8765

READERS_NICE = 10
"""How far readers step back, so that pages stay quick while they work."""


@click.command(
    cls=Command,
    headings={"inbox": "Watching", "port": "Service", "jobs": "Speed and limits", "cluster": "Speed and limits"},
    examples=examples(
        ("Open the page on this machine", "rpiocr serve"),
        ("Serve the page, and watch a directory in the same service", "rpiocr serve --watch ~/inbox"),
    ),
)
@click.option(
    "--watch",
    "inbox",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="INBOX",
    help="Directory in which receipts arrive  [default: receipts/inbox in your data directory]",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, help=f"Port on this machine, 0 for any  [default: {PORT}]"
)
@jobs_option
@cluster_option
@config_option
@verbose_option
@setting_options("keeping", defaults=UNATTENDED_DEFAULTS)
@setting_options("cleaning")
@setting_options("reading", defaults=UNATTENDED_DEFAULTS)
def serve(
    inbox: Path | None,
    port: int,
    jobs: int | None,
    cluster: str,
    config: Path | None,
    *,
    verbose: bool,
    **flags: object,
) -> int:
    """Serve a page and a REST API on this machine: send receipts, watch them being read, confirm, find, export.

    What is sent arrives in the directory INBOX and is read from there, as by rpiocr watch: see its help for where
    files go. Only this machine can open the page. Programs get JSON for a picture, see /api/docs there:
    curl -F file=@receipt.jpg 'localhost:8765/api/v1/receipts?wait=30'

    Exit status: 0 ended; 1 a defect of rpiocr; 2 wrong usage; 4 the directory does not exist; 5 something is not
    installed; 6 another program uses the port, or another rpiocr watches the directory; 7 the store cannot be used.
    """
    require_one_place("--jobs", jobs, cluster)
    settings = start(flags, config, verbose=verbose, defaults=UNATTENDED_DEFAULTS)
    from rpiocr.recognise.tesseract_models import require_languages

    require_languages(settings.lang)
    require_packages()
    from rpiocr.system.memory import loading_modules

    with loading_modules():
        from rpiocr.executors import open_executor
        from rpiocr.serve.running import serve as run
        from rpiocr.service.places import account

    def publish(result: Mapping[str, Any]) -> None:
        """Results are in the store and next to the files; a service prints nothing."""

    executor = open_executor(worker_count(jobs), cluster, niceness=READERS_NICE)
    run(inbox or account("").inbox, settings, port, publish, executor=executor)
    return ExitCode.OK


def require_packages() -> None:
    """Raise ServeMissingError if the packages of the page are not installed."""
    from rpiocr.serve.errors import ServeMissingError
    from rpiocr.system.packages import install_extra, missing_for_page

    if missing_for_page():
        message = f"the page needs packages that are not installed: {install_extra('serve')}"
        raise ServeMissingError(message)
