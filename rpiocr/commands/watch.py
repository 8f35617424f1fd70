"""The command ``rpiocr watch``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.options import config_option, setting_options, start, verbose_option
from rpiocr.commands.parallel import cluster_option, jobs_option, require_one_place, worker_count
from rpiocr.errors import ExitCode
from rpiocr.settings import UNATTENDED_DEFAULTS, Settings
from rpiocr.system.output import print_line
from rpiocr.system.streams import require_output


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """The options of watch that are not settings."""

    jobs: int | None
    cluster: str
    once: bool
    keep: bool
    stats: bool
    status: bool


@click.command(
    cls=Command,
    headings={"keep": "Files", "once": "Watching", "status": "Watching"},
    examples=examples(
        ("Watch a directory until Ctrl-C is pressed", "rpiocr watch ~/inbox"),
        ("Read the present files and exit, as from cron", "rpiocr watch --once ~/inbox"),
        ("Print the status of the watch over a directory", "rpiocr watch --status ~/inbox"),
    ),
)
@click.argument("inbox", type=click.Path(file_okay=False, path_type=Path))
@jobs_option
@cluster_option
@click.option("--once", is_flag=True, help="Read the present files and exit, as from cron.")
@click.option("--keep", is_flag=True, help="Leave files in place, as --moving no.")
@click.option("--stats", is_flag=True, help="Print statistics and costs at the end.")
@click.option("--status", is_flag=True, help="Print the status of the watch over this directory, and exit.")
@config_option
@verbose_option
@setting_options("keeping", defaults=UNATTENDED_DEFAULTS)
@setting_options("reading", defaults=UNATTENDED_DEFAULTS)
def watch(inbox: Path, config: Path | None, *, verbose: bool, **flags: object) -> int:
    """Read receipts as they arrive in the directory INBOX, each exactly once.

    Each result is printed as a line of JSON on standard output and kept in the store. A processed file is moved to a
    directory next to INBOX: done/YEAR/MONTH if it is accepted, review if it needs review, failed if it could not be
    read, with its results next to it as .json. While it is read it is in a hidden directory in INBOX, so that another
    file may take its name, and is read too. Hidden and incomplete files, links, pipes and folders are ignored. After a
    power failure, unfinished files are completed at the next start.

    Exit status: 0 ended, or with --status no problem; 2 wrong usage; 3 with --status, it needs attention; 4 the folder
    does not exist, or with --once a file could not be read; 5 something is not installed; 6 another rpiocr watches the
    folder; 7 the store cannot be used.
    """
    options = WatchOptions(**{one.name: flags.pop(one.name) for one in fields(WatchOptions)})  # type: ignore[arg-type]
    require_one_place("--jobs", options.jobs, options.cluster)
    changes = {"moving": "no"} if options.keep else {}
    settings = start(flags | changes, config, verbose=verbose, defaults=UNATTENDED_DEFAULTS)
    return _status(inbox, settings) if options.status else _watch(inbox, options, settings)


def _watch(inbox: Path, options: WatchOptions, settings: Settings) -> int:
    from rpiocr.executors import open_executor
    from rpiocr.recognise.tesseract_models import require_languages
    from rpiocr.service.sd_notify import Notifier
    from rpiocr.system.run_stats import RunStats
    from rpiocr.watch.errors import HeldByAnotherError
    from rpiocr.watch.run import watch as run

    require_output()
    require_languages(settings.lang)
    counts = RunStats()

    def publish(result: Mapping[str, Any]) -> None:
        _print(result)
        if "error" not in result:
            counts.add(result)

    try:
        executor = open_executor(worker_count(options.jobs), options.cluster)
        progress = run(inbox, settings, publish, once=options.once, executor=executor)
    except HeldByAnotherError:
        # systemd treats a service that ends before it was ready as failed, whatever its exit status.
        Notifier().ready()
        raise
    if options.stats:
        counts.files["taken"] = progress.files
        counts.report(settings.log_format)
    return ExitCode.UNREADABLE_INPUT if options.once and progress.errors else ExitCode.OK


def _print(result: Mapping[str, Any]) -> None:
    from rpiocr.system.json_text import dumps

    print_line(dumps(result))


def _status(inbox: Path, settings: Settings) -> int:
    from rpiocr.store.database import Database
    from rpiocr.system.json_text import dumps
    from rpiocr.watch.status import health_of

    health = health_of(Database(settings.store), inbox.resolve())
    if sys.stdout.isatty():
        for line in health.as_text():
            print_line(line)
    else:
        print_line(dumps(health.as_json()))
    return ExitCode.OK if health.well else ExitCode.NEEDS_REVIEW
