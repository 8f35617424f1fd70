"""The command line. Stages are imported where they are used: help and completion load none of them."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr import __version__
from rpiocr.commands.batch import batch
from rpiocr.commands.export import export
from rpiocr.commands.keep import backup, restore, verify
from rpiocr.commands.options import config_option, setting_option, setting_options, start, verbose_option
from rpiocr.commands.service import service
from rpiocr.commands.store import delete, fix, list_, prune, search, show, stats
from rpiocr.commands.watch import watch
from rpiocr.errors import ExitCode, MissingDependencyError, OutputError, RpiocrError, defect
from rpiocr.sanitize.text import json_safe
from rpiocr.settings import Settings
from rpiocr.system.output import print_block, print_line, warn
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.output.writers import Writer
    from rpiocr.reading.outcome import Failure, Trace

FORMATS = ("ndjson", "json", "csv", "table")
CHECK_FORMATS = ("ndjson", "json", "text")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="rpiocr")
def cli() -> None:
    """Read receipts: total, date, merchant, and how far that can be trusted.

    Works offline. Every setting of a command can also be given as an environment variable (RPIOCR_MODE for --mode)
    or in the settings file, see rpiocr doctor.

    Every command ends with status 8 where standard output is closed or takes no more, and with 141 where nobody reads
    it any more.
    """


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: table on a terminal, else ndjson]",
)
@click.option("--strict", is_flag=True, help="End with status 3 when a receipt needs a person's look.")
@click.option(
    "--debug",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the pictures of every step into this folder.",
)
@config_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no errors repeated on standard error.")
@verbose_option
@setting_option("file_mode")
@setting_options("reading")
def scan(
    files: Sequence[str],
    output: str | None,
    debug: Path | None,
    config: Path | None,
    *,
    strict: bool,
    quiet: bool,
    verbose: bool,
    **flags: object,
) -> int:
    """Read receipts from pictures or PDFs (- for standard input) and print one result each.

    Exit status: 0 everything was read; 1 a defect of rpiocr; 2 wrong usage; 3 with --strict, a receipt needs a
    person's look; 4 an input could not be read; 5 something is not installed; 130 interrupted.
    """
    settings = start(flags, config, verbose=verbose)
    from rpiocr.output.writers import WRITERS

    if debug:
        _make_folder(debug, "--debug", settings)
    require_output()
    writer = WRITERS[output or ("table" if sys.stdout.isatty() else "ndjson")](sys.stdout)
    run = _Scan(writer=writer, debug=debug, mode=settings.file_mode_bits, strict=strict, quiet=quiet)
    with _progress(len(files), shown=not quiet) as advance:
        run.read(files, settings, advance)
    writer.close()
    return run.status


def _make_folder(folder: Path, flag: str, settings: Settings) -> None:
    from rpiocr.system.files import folder_mode, make_folder

    try:
        make_folder(folder, folder_mode(settings.file_mode_bits))
    except OSError as error:
        message = f"{flag}: the folder {folder} cannot be made: {error.strerror}"
        raise click.UsageError(message) from error


@dataclasses.dataclass(kw_only=True)
class _Run:
    """One run over files: what it writes to, and the worst that has happened."""

    writer: Writer
    quiet: bool
    seen: set[ExitCode] = dataclasses.field(default_factory=set)

    @property
    def status(self) -> ExitCode:
        """The exit status: what hinders most comes first."""
        order = (
            ExitCode.DEFECT,
            ExitCode.MISSING_DEPENDENCY,
            ExitCode.UNREADABLE_INPUT,
            ExitCode.NEEDS_REVIEW,
        )
        return next((code for code in order if code in self.seen), ExitCode.OK)

    def each(self, files: Sequence[str], take: Callable[[str], None], advance: Callable[[], None]) -> None:
        """Take every file; whatever is wrong with one, the next is taken."""
        for file in files:
            try:
                take(file)
            except (BrokenPipeError, OutputError):
                # Nothing that is read from here on could be handed on.
                raise
            except RpiocrError as error:
                self.fail(file, error)
            except Exception as error:  # noqa: BLE001 - one receipt's defect must not cost the others
                self._defect(file, error)
            advance()

    def fail(self, file: str, error: RpiocrError, page: int | None = None) -> None:
        """Write that a file, or one page of it, could not be read."""
        from rpiocr.output.result import failure

        self.seen.add(error.exit_code)
        self.writer.write(failure(file, error, page))
        self.say(str(error))

    def _defect(self, file: str, error: Exception) -> None:
        from rpiocr.output.result import failure

        report = defect(file, error)
        self.seen.add(ExitCode.DEFECT)
        self.writer.write(failure(file, report))
        self.say(str(report))

    def say(self, text: str) -> None:
        """Repeat on standard error what went wrong, unless a person sees it anyway."""
        if not self.quiet and not (sys.stdout.isatty() and sys.stderr.isatty()):
            warn(text)


@dataclasses.dataclass(kw_only=True)
class _Scan(_Run):
    """One run of scan."""

    debug: Path | None
    mode: int
    strict: bool

    def read(self, files: Sequence[str], settings: Settings, advance: Callable[[], None]) -> None:
        """Read the receipts of every file."""
        from rpiocr.pipeline import Reader

        try:
            reader = Reader(settings)
        except MissingDependencyError as error:
            for file in files:
                self.fail(file, error)
            return

        def read_one(file: str) -> None:
            for outcome in reader.read(file):
                self._take(outcome)

        self.each(files, read_one, advance)

    def _take(self, outcome: Trace | Failure) -> None:
        from rpiocr.output.result import answer
        from rpiocr.reading.outcome import Failure

        if isinstance(outcome, Failure):
            self.fail(outcome.file, outcome.error, outcome.page)
            return
        self.writer.write(answer(outcome.receipt))
        if self.strict and outcome.receipt.judgement.verdict != "ACCEPT":
            self.seen.add(ExitCode.NEEDS_REVIEW)
        if self.debug:
            from rpiocr.output.debug_images import write_debug

            try:
                write_debug(outcome, self.debug, self.mode)
            except OSError as error:
                self.say(f"{outcome.receipt.file}: the pictures for {self.debug} could not be written: {error}")


@contextmanager
def _progress(count: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Show progress on standard error where that is a terminal and there is more than one file."""
    if count < 2 or not shown or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from rpiocr.system.console import console_on

    columns = ("reading", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console_on(), transient=True, refresh_per_second=2) as progress:
        task = progress.add_task("", total=count)
        yield lambda: progress.advance(task)


@dataclasses.dataclass(kw_only=True)
class _Check(_Run):
    """One run of check."""

    max_pixels: int
    max_pages: int

    def look(self, file: str) -> None:
        """Say of every page of a file whether another picture would be better."""
        from rpiocr.load import load_pages
        from rpiocr.output.writers import checked
        from rpiocr.preprocess.capture_advice import advise
        from rpiocr.system.memory import give_back

        for page in load_pages(file, max_pixels=self.max_pixels, max_pages=self.max_pages):
            advice = advise(page)
            self.writer.write(checked(page, advice))
            if advice:
                self.seen.add(ExitCode.NEEDS_REVIEW)
            give_back()


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "output",
    type=click.Choice(CHECK_FORMATS),
    help="Output format  [default: text on a terminal, else ndjson]",
)
@setting_option("max_pixels")
@setting_option("max_pages")
@config_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no errors repeated on standard error.")
@verbose_option
def check(
    files: Sequence[str],
    output: str | None,
    max_pixels: int | None,
    max_pages: int | None,
    config: Path | None,
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    """Say of pictures or PDFs (- for standard input) whether another photo would be better, and why.

    Reads nothing and needs no Tesseract: a fraction of a second for each picture. One line for each page: what is
    wrong (retake_blurred, retake_glare, retake_dark, retake_cut_off, retake_small_letters, retake_no_receipt) and what
    to do. Exit status: 0 all pictures are good; 1 a defect of rpiocr; 2 wrong usage; 3 another photo is advised; 4 an
    input could not be read; 130 interrupted.
    """
    settings = start({"max_pixels": max_pixels, "max_pages": max_pages}, config, verbose=verbose)
    from rpiocr.output.writers import CHECK_WRITERS

    require_output()
    writer = CHECK_WRITERS[output or ("text" if sys.stdout.isatty() else "ndjson")](sys.stdout)
    run = _Check(writer=writer, quiet=quiet, max_pixels=settings.max_pixels, max_pages=settings.max_pages)
    with _progress(len(files), shown=not quiet) as advance:
        run.each(files, run.look, advance)
    writer.close()
    return run.status


@cli.command()
@click.argument("file")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="OUT",
    help="Write one HTML file with pictures instead of text (- for standard output).",
)
@config_option
@verbose_option
@setting_option("file_mode")
@setting_options("reading")
def explain(file: str, html: Path | None, config: Path | None, *, verbose: bool, **flags: object) -> int:
    """Show how the receipts in FILE were read (- for standard input), for a person to check.

    For each field: where it stands, what every pass read there, which sums agree and what was rejected; and why the
    verdict is what it is. Exit status: 0 every page was read; 1 a defect of rpiocr; 2 wrong usage; 4 the file, or a
    page of it, could not be read; 5 something is not installed; 130 interrupted.
    """
    settings = start(flags, config, verbose=verbose)
    if html and _same_file(html, Path(file)):
        message = f"--html: {html} is the receipt itself, which is not overwritten"
        raise click.UsageError(message)
    require_output()
    try:
        return _explain_as_html(file, html, settings) if html else _explain_as_text(file, settings)
    except (RpiocrError, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        raise defect(file, error) from error


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _explain_as_text(file: str, settings: Settings) -> int:
    from rpiocr.output.explain.story import tell
    from rpiocr.output.explain.text import write_text
    from rpiocr.pipeline import Reader
    from rpiocr.reading.outcome import Failure

    status, pages = ExitCode.OK, 0
    for outcome in Reader(settings).read(file):
        if isinstance(outcome, Failure):
            status = _say_failure(outcome)
            continue
        if pages:
            print_line()
        write_text(tell(outcome.receipt), sys.stdout)
        pages += 1
    return status


def _explain_as_html(file: str, out: Path, settings: Settings) -> int:
    from rpiocr.commands.output_file import named_output
    from rpiocr.output.explain.html import page_of

    stdout = nullcontext(sys.stdout.buffer)
    with stdout if str(out) == "-" else named_output(out, settings.file_mode_bits) as stream:
        try:
            sections, status = _sections(file, settings)
        except OSError as error:
            # It is none of the page's file.
            raise defect(file, error) from error
        stream.write(page_of(file, sections).encode("utf-8", "backslashreplace"))
        stream.flush()
    return status


def _sections(file: str, settings: Settings) -> tuple[list[str], int]:
    """Read a file; returns a section for each page, and the exit status. Raises Exit where no page was read."""
    from rpiocr.output.explain.html import section_of, section_of_failure
    from rpiocr.pipeline import Reader
    from rpiocr.reading.outcome import Failure

    status, sections, read = ExitCode.OK, [], False
    for outcome in Reader(settings).read(file):
        if isinstance(outcome, Failure):
            status = _say_failure(outcome)
            sections.append(section_of_failure(outcome))
        else:
            read = True
            sections.append(section_of(outcome.page, outcome.receipt))
    if not read:
        raise click.exceptions.Exit(status)
    return sections, status


def _say_failure(failure: Failure) -> ExitCode:
    warn(str(failure.error))
    return failure.error.exit_code


@cli.command()
def schema() -> None:
    """Print the JSON Schema of a result."""
    from importlib import resources

    print_block((resources.files("rpiocr.output") / "schema.json").read_text("utf-8"))


@cli.command()
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="Output format  [default: text]"
)
def doctor(output: str) -> int:
    """Say what is installed and set, what is not, and how to mend it.

    Sends nothing, and shows no key. Exit status: 0 all is well; 5 something needs mending.
    """
    from rpiocr.commands.doctor import examine

    findings = examine()
    if output == "json":
        document = json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
        print_block(f"{json_safe(document)}\n")
    else:
        for finding in findings:
            mark, colour = ("tip ", "cyan") if finding.tip else ("ok  ", "green") if finding.good else ("fix ", "red")
            print_line(finding.what, mark=mark, colour=colour)
            if finding.remedy:
                print_line(f"      {finding.remedy}")
    return ExitCode.OK if all(finding.good for finding in findings) else ExitCode.MISSING_DEPENDENCY


for _command in (
    watch, batch, list_, show, search, fix, delete, stats, prune, export, verify, backup, restore, service
):  # fmt: skip
    cli.add_command(_command)
