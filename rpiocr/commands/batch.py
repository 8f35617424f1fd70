"""The command batch."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FILE
from rpiocr.commands.options import config_option, setting_option, setting_options, start, verbose_option
from rpiocr.commands.parallel import WorkerCount, cluster_option, require_one_place, worker_count
from rpiocr.errors import ExitCode, OutputError, RpiocrError
from rpiocr.settings import UNATTENDED_DEFAULTS, Settings
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.batch.keeping import Keeper
    from rpiocr.batch.paths import Entry
    from rpiocr.batch.report import Report
    from rpiocr.system.log import Log
    from rpiocr.system.stop import Stop

FORMATS = ("ndjson", "json", "csv", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """The options of batch that are not settings."""

    workers: int | None
    cluster: str
    output: str | None
    resume: bool
    keep: bool
    strict: bool
    stats: bool
    quiet: bool

    def check(self, paths: Sequence[str]) -> None:
        """Raise a usage error if options contradict each other."""
        require_one_place("--workers", self.workers, self.cluster)
        if self.resume and not self.keep:
            message = "--resume requires the store, which --no-store does not use; give only one of them"
            raise click.UsageError(message)
        if "-" in paths:
            message = "batch reads files; `rpiocr scan -` reads an image from standard input, `@-` is a list of files"
            raise click.UsageError(message)


@click.command(
    cls=Command,
    examples=examples(
        (
            "Read a directory, as many receipts in parallel as the machine can",
            "rpiocr batch --workers auto ~/receipts > results.ndjson",
        ),
        ("Continue after an interruption", "rpiocr batch --resume ~/receipts"),
        ("Read the files that another program lists", "find ~/receipts -name '*.jpg' -print0 | rpiocr batch @-"),
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=FILE)
@click.option(
    "--workers",
    type=WorkerCount(),
    help="Number of parallel processes; auto depends on cores and free memory.  [default: 1]",
)
@cluster_option
@click.option("--resume", is_flag=True, help="Skip files that are already in the store.")
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: table on a terminal, else ndjson]",
)
@setting_option("store")
@click.option("--no-store", "keep", is_flag=True, flag_value=False, default=True, help="Store nothing.")
@click.option("--strict", is_flag=True, help="Exit with status 3 if a receipt needs review.")
@click.option("--stats", is_flag=True, help="Print statistics and costs at the end.")
@config_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no log on standard error.")
@verbose_option
@setting_option("log_format")
@setting_options("reading", without=("workers",), defaults=UNATTENDED_DEFAULTS)
def batch(paths: Sequence[str], config: Path | None, *, verbose: bool, **flags: object) -> int:
    """Read many receipts, several in parallel: files, folders with all their contents, patterns, or @LIST.

    LIST is a file with one path per line, or with NUL-terminated paths, and @- is such a list on standard input.
    Results are printed as they arrive and kept in the store. Ctrl-C finishes the files being read; the same command
    with --resume continues from there, also after a power cut.

    Exit status: 0 everything was read; 1 a defect of rpiocr; 2 wrong usage; 3 with --strict, a receipt needs review; 4
    an input could not be read; 5 something is not installed, or the cluster cannot be used; 7 the store cannot be
    used; 130 interrupted.
    """
    options = BatchOptions(**{one.name: flags.pop(one.name) for one in fields(BatchOptions)})  # type: ignore[arg-type]
    options.check(paths)
    settings = start(flags, config, verbose=verbose, defaults=UNATTENDED_DEFAULTS)
    return _read_all(paths, options, settings)


def _read_all(paths: Sequence[str], options: BatchOptions, settings: Settings) -> int:
    from rpiocr.batch.display import open_display
    from rpiocr.batch.paths import find
    from rpiocr.batch.report import Report
    from rpiocr.output.writers import WRITERS
    from rpiocr.system.log import Log
    from rpiocr.system.stop import Stop

    require_output()
    log = Log(settings.log_format, quiet=options.quiet)
    entries = tuple(find(paths, lambda folder: _log_passed(log, folder)))
    seen_anyway = sys.stdout.isatty() and sys.stderr.isatty() and settings.log_format == "text"
    # An array that is not closed yet leaves the terminal's line unfinished, where a bar cannot be drawn.
    output = options.output or ("table" if sys.stdout.isatty() else "ndjson")
    bar = not options.quiet and not (output == "json" and sys.stdout.isatty())
    stop = Stop()
    with stop.listening(), _keeper(options, settings) as keeper:
        with open_display(len(entries), shown=bar) as display:
            log = Log(settings.log_format, display.err, quiet=options.quiet)
            writer = WRITERS[output](display.out)
            report = Report(writer=writer, log=log, display=display, each=not seen_anyway, strict=options.strict)
            left = _work(entries, keeper, report, options, settings, stop)
            writer.close()
        _close(report, left, options, settings)
    return ExitCode.INTERRUPTED if stop.asked else report.status


def _work(
    entries: Sequence[Entry], keeper: Keeper, report: Report, options: BatchOptions, settings: Settings, stop: Stop
) -> int:
    """Read all files; returns the number left unread. The output is valid even if an error ends it early."""
    from rpiocr.batch.run import Run
    from rpiocr.executors import open_executor

    try:
        with open_executor(worker_count(options.workers), options.cluster) as executor:
            run = Run(executor=executor, keeper=keeper, report=report, settings=settings, stop=stop)
            return run.over(entries)
    except RpiocrError as error:
        if not isinstance(error, OutputError):
            report.writer.close()
        message = "ended early; once the cause is fixed, the same command with --resume continues"
        report.log.error("ended", **report.stats.files, message=message)
        raise


def _close(report: Report, left: int, options: BatchOptions, settings: Settings) -> None:
    """Report what was done, and what was not."""
    counts = report.stats
    if left:
        message = f"{left} files were not read; the same command with --resume continues"
        report.log.warning("ended", **counts.files, left=left, message=message)
    else:
        report.log.event("ended", **counts.files)
    if options.stats:
        counts.report(settings.log_format)


@contextlib.contextmanager
def _keeper(options: BatchOptions, settings: Settings) -> Iterator[Keeper]:
    from rpiocr.batch.keeping import NullSink, StoreSink

    if not options.keep:
        yield NullSink()
        return
    from rpiocr.store.database import Database

    with contextlib.closing(Database(settings.store)) as database:
        yield StoreSink(database, resume=options.resume)


def _log_passed(log: Log, folder: str) -> None:
    log.event("passed over", folder=folder, message="a folder of a watch; name it to read it")
