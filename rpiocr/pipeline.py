"""The pipeline of one receipt: load, crop, run OCR passes, interpret, ask the cloud if unsure. Start here."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeGuard

from rpiocr.cloud.engine import ENGINES, VISION
from rpiocr.decide.cloud_policy import Answer, cloud_options, is_accepted_locally, with_cloud, without_cloud
from rpiocr.decide.code_items import items_of_code
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Scene, Understanding, understand
from rpiocr.decide.items import ItemsRead, find_items
from rpiocr.decode.formats import Format, recognise
from rpiocr.errors import CloudError, EngineError, InputError, NoTextError, SettingsError
from rpiocr.extract import DateOrder, Hints, Languages, PhotoDate, photo_date
from rpiocr.extract.tables.categories import Categories, built_in_categories, read_categories
from rpiocr.load.budget import Limits
from rpiocr.load.pages import pages_of
from rpiocr.load.source import Source as SourceFile
from rpiocr.load.source import read_source
from rpiocr.model import (
    Code,
    EngineId,
    EngineKind,
    Fields,
    ItemList,
    Notice,
    Page,
    Pass,
    Reading,
    Receipt,
    Rung,
    Source,
    Stop,
    Verdict,
)
from rpiocr.preprocess.blank import Side
from rpiocr.preprocess.crops import Crop, detect_crops, whole_page
from rpiocr.reading.codes import codes_of
from rpiocr.reading.embedded_invoice import EmbeddedInvoices
from rpiocr.reading.joining import Joiner
from rpiocr.reading.ladder import Ladder, PageRead, no_text
from rpiocr.reading.merging import Bench
from rpiocr.reading.notices import (
    depends_on_judgement,
    language_warning,
    retake_warnings,
    rotation_warning,
    warnings_on,
)
from rpiocr.reading.outcome import BlankPage, Failure, Trace, View
from rpiocr.reading.page_coordinates import codes_on, moved_fields, moved_passes, moved_reading
from rpiocr.reading.plan import plan, was_retried
from rpiocr.reading.witnesses import Witnesses
from rpiocr.recognise.tesseract_models import languages_read, require_languages
from rpiocr.settings import Settings, load_settings
from rpiocr.system.home import country_of_zone, time_zone
from rpiocr.system.memory import trim_memory
from rpiocr.system.scratch import sweep

if TYPE_CHECKING:
    from rpiocr.model.einvoice import EInvoice
    from rpiocr.reading.einvoice import Draft

NO_TIME_FOR_CLOUD = Notice("cloud_not_asked", "the deadline left no time to ask the cloud")
NO_TEXT_IN_CLOUD = Notice("cloud_no_text", "the cloud found no text either")

AFTER_PASSES_S = 0.5
AFTER_PASSES_SHARE = 0.125
"""Part of a deadline that is reserved for the work after the last pass, in seconds and as a share; the smaller counts.
Interpreting the text and checking the photo for advice on retaking it take 0.1 to 0.3 seconds of processor time for a
photo of 1.5 megapixels."""

MIN_CLOUD_S = 1.0
"""Minimum time in seconds left before the deadline for the cloud to be asked."""


class Reader:
    """Reads receipts with one set of settings; tables are kept in memory between files.

    A reader can be shared by threads: an exception while one file is read does not affect the others. With
    ``keep_images``, the traces of receipts of several pages have the images of all of them.

    Raises MissingDependencyError when Tesseract or a language is not installed, and SettingsError.
    """

    def __init__(
        self, settings: Settings | None = None, today: dt.date | None = None, *, keep_images: bool = False
    ) -> None:
        self.settings = settings or load_settings()
        self._keep_images = keep_images
        sweep()
        require_languages(self.settings.lang)
        self._languages = Languages(_keyword_directory(self.settings.keywords), languages_read(self.settings.lang))
        order = self.settings.date_order
        self._hints = Hints(
            today,
            None if order == "auto" else DateOrder(order),
            self.settings.currency or None,
            self.settings.home or None,
            country_of_zone(time_zone()),
            categories=_categories(self.settings.categories),
        )
        self._judge = Judge(self.settings.accept_risk)
        planned = plan(self.settings, second_engine=len(ENGINES.installed(EngineKind.LOCAL)) > 1)
        self._ladder = Ladder(planned, self._languages, self._hints, self._judge)
        self._cloud_options = cloud_options(self.settings)

    def read(self, file: str) -> Iterator[Trace | Failure]:
        """Read every page of ``file`` (a path, or - for standard input); if one fails, the next one is read."""
        return self._read_source(file)

    def read_bytes(self, data: bytes, name: str) -> Iterator[Trace | Failure]:
        """Read a file's content as ``read`` does; results and messages refer to it as ``name``."""
        return self._read_source(name, BytesIO(data))

    def _read_source(self, file: str, data: BinaryIO | None = None) -> Iterator[Trace | Failure]:
        """Read a file by what it is: pictures of pages, an e-invoice, or a mail."""
        limits = Limits(self.settings.max_pixels, self.settings.max_pages)
        try:
            source = read_source(file, data)
            kind = recognise(source.data)
            if kind is Format.XML:
                yield self._read_invoice(source, file)
                return
            pages = self._mail(source, file, limits) if kind is Format.MAIL else None
        except InputError as error:
            yield Failure(file, None, error)
            return
        yield from pages or self.read_pages(file, pages_of(source, file, limits))

    def _mail(self, source: SourceFile, file: str, limits: Limits) -> Iterator[Trace | Failure]:
        """Return the outcomes of a mail; raises an InputError if it cannot be taken apart."""
        from rpiocr.load.mail import read_mail
        from rpiocr.reading.mail import MailReading

        return MailReading(source, file, read_mail(source.data, source.name), self, limits).outcomes()

    def read_pages(self, file: str, pages: Iterator[Page]) -> Iterator[Trace | Failure]:
        """Read the pages of one document, of which ``file`` is the name in results."""
        lexicon, bench = self._languages.tables().lexicon, Bench(self._judge, self._rejudged)
        joiner = Joiner(lexicon, bench, each=self.settings.pages == "each", keep_images=self._keep_images)
        embedded = EmbeddedInvoices()
        return embedded.combined(joiner.join(self._read_pages(file, embedded.noted(pages))), self.with_invoice)

    def _read_pages(self, file: str, pages: Iterator[Page]) -> Iterator[Trace | Failure | BlankPage]:
        before: Side | None = None
        while True:
            try:
                page = next(pages, None)
            except InputError as error:
                yield Failure(file, None, error)
                return
            if page is None:
                return
            side = Side.of(page.pixels)
            yield from self._read_side(page, side, before)
            page, before = None, side
            trim_memory()

    def _read_side(self, page: Page, side: Side, before: Side | None) -> Iterator[Trace | Failure | BlankPage]:
        """Read a page unless it is blank; ``before`` is the page before it, None for the first one.

        Otherwise every stage would be run: a minute for each blank back page of a stack scanned on both sides. The
        first page may be the only one, so that it has to be read unless nothing at all is on it.
        """
        empty = page.pixels.min() == page.pixels.max() if before is None else side.is_blank(before)
        if empty:
            yield BlankPage(Failure(page.file, page.number, no_text(page)))
            return
        for outcome in self._read_page(page):
            if _has_no_text(outcome) and side.is_blank(before, without_text=True):
                yield BlankPage(outcome)
            else:
                yield outcome

    def _read_page(self, page: Page) -> Iterator[Trace | Failure]:
        """Read every receipt on a page; crops without text are ignored if others have some.

        Detecting the receipts on a photo counts towards the time limit of the first one.
        """
        started = time.monotonic()
        whole = whole_page(page)
        if page.text:
            by_text = self._ladder.read_text(whole, self._time_to_read_s(started), self._witnesses(whole, whole, page))
            if by_text:
                yield self._trace(by_text, page, 1, started)
                return
        failures = []
        part = 0
        for crop in detect_crops(whole):
            try:
                witnesses = self._witnesses(crop, whole, page)
                read = self._ladder.read(crop, whole, self._time_to_read_s(started), witnesses)
                trace = self._trace(read, page, part + 1, started)
            except (InputError, EngineError) as error:
                failures.append(Failure(page.file, page.number, error))
                continue
            else:
                part += 1
                yield trace
            finally:
                started = time.monotonic()
        without_text = [failure for failure in failures if isinstance(failure.error, NoTextError)]
        if part == 0:
            yield failures[0]
        else:
            yield from (failure for failure in failures if failure not in without_text)

    def _witnesses(self, crop: Crop, whole: Crop, page: Page) -> Witnesses:
        return Witnesses(codes_of(crop, whole), self._photo_of(page))

    def _trace(self, read: PageRead, page: Page, part: int, started: float) -> Trace:
        """Return the receipt that was read, after the cloud was asked if it is in doubt."""
        understanding, codes = read.understanding, read.witnesses.codes
        source = Source.LOCAL_RETRY if was_retried(read.rungs) else Source.LOCAL
        answer = Answer(understanding.fields, understanding.judgement, source)
        answer, cloud_pass, cloud_warnings = self._ask_cloud(read, answer, started)
        passes = read.passes + cloud_pass
        back = read.crop.to_page
        items = self._items(answer.fields, read.of_items)
        printed = codes_on(read.crop, codes)
        listed = self._listed(items, printed, answer.fields)
        receipt = Receipt(
            file=page.file,
            page=page.number,
            part=part,
            sha256=page.sha256,
            source=answer.source,
            judgement=answer.judgement,
            fields=moved_fields(replace(answer.fields, items=listed), back),
            warnings=(
                *rotation_warning(read.crop.quarters),
                *language_warning(answer, read.missing_package),
                *(() if read.is_exact else retake_warnings(answer, page, read.crop.page)),
                *warnings_on(answer, passes),
                *cloud_warnings,
            ),
            passes=moved_passes(passes, back),
            rungs=read.rungs,
            stop=read.stop,
            elapsed_s=time.monotonic() - started,
            codes=codes,
        )
        layout = items.layout if items else None
        view = View(read.crop.page.pixels, understanding.reading, answer.fields, layout, printed)
        reading, rows = moved_reading(understanding.reading, back), understanding.merged.rows
        return Trace(page, read.preparer, reading, receipt, view, rows, understanding.facts)

    def _photo_of(self, page: Page) -> PhotoDate | None:
        """Return when a page was photographed; None if that is unknown, or not to be used."""
        if self.settings.photo_date == "off":
            return None
        return photo_date(page.taken, page.file, self.settings.file_name, self._hints.day)

    def _read_invoice(self, source: SourceFile, file: str) -> Trace:
        from rpiocr.reading.einvoice import read_invoice

        started = time.monotonic()
        invoice = read_invoice(source.data, source.name)
        return self.without_picture(self.draft_of_invoice(invoice, started), file, 1, source.sha256)

    def draft_of_invoice(self, invoice: EInvoice, started: float) -> Draft:
        """Return what an e-invoice states as a receipt; reading it began at ``started``."""
        from rpiocr.reading.einvoice import draft_of

        return draft_of(invoice, self._hints.day, started, items=self.settings.items != "off")

    def with_invoice(self, trace: Trace, invoice: EInvoice) -> Trace:
        """Return a receipt with what an e-invoice in the same file states."""
        from rpiocr.decide.einvoice_on_page import with_einvoice

        receipt = trace.receipt
        fields = with_einvoice(receipt.fields, invoice, self._hints.day)
        return replace(trace, receipt=self._rejudged(receipt, fields))

    def understand_text(self, one: Pass) -> Understanding:
        """Return what text without a picture states."""
        return understand((one,), 0.0, self._languages, self._hints, self._judge)

    def with_items(self, read: Understanding) -> Fields:
        """Return the fields of a text with its items, unless they are not to be looked for."""
        items = self._items(read.fields, read)
        return replace(read.fields, items=items.listed if items else None)

    def without_picture(self, draft: Draft, file: str, page: int, sha256: str) -> Trace:
        """Return a receipt without a picture, rated; the cloud is not asked, as there is nothing to look at."""
        fields, judgement = self._judge.rate(draft.fields)
        answer = without_cloud(Answer(fields, judgement, Source.LOCAL))
        stop = Stop.SETTLED if judgement.verdict is Verdict.ACCEPT else Stop.EXHAUSTED
        receipt = Receipt(
            file=file,
            page=page,
            part=1,
            sha256=sha256,
            source=answer.source,
            judgement=judgement,
            fields=fields,
            warnings=(*draft.notices, *warnings_on(answer, ())),
            passes=(draft.one,),
            rungs=(Rung(draft.rung, (draft.one.name,), judgement.quality, draft.one.elapsed_s),),
            stop=stop,
            elapsed_s=draft.one.elapsed_s,
        )
        return Trace(None, None, Reading(draft.one.lines, 1), receipt, None)

    def _items(self, fields: Fields, understanding: Understanding) -> ItemsRead | None:
        """Return the items, unless they are not to be looked for; ``fields`` has the total that was chosen."""
        return None if self.settings.items == "off" else find_items(understanding, fields)

    def _listed(self, read: ItemsRead | None, codes: Sequence[Code], fields: Fields) -> ItemList | None:
        """Return the items that were read if they are accepted, else those that a code lists, if it does."""
        if read and read.listed.verdict is Verdict.ACCEPT:
            return read.listed
        coded = None if self.settings.items == "off" else items_of_code(codes, fields)
        return coded or (read.listed if read else None)

    def _rejudged(self, receipt: Receipt, fields: Fields) -> Receipt:
        """Return a receipt with fields that other pages have changed: their vetoes, verdicts and warnings anew."""
        fields, judgement = self._judge.rate(fields)
        answer = Answer(fields, judgement, _local_source(receipt))
        answer = answer if receipt.source in ASKED_CLOUD else without_cloud(answer)
        kept = [one for one in receipt.warnings if not depends_on_judgement(one, answer)]
        warnings = (*kept, *warnings_on(answer, ()))
        return replace(receipt, fields=fields, judgement=judgement, source=answer.source, warnings=warnings)

    def _time_to_read_s(self, started: float) -> float:
        """Return the seconds left for the passes of a receipt that was begun at ``started``; at least 0."""
        deadline = self.settings.deadline
        if not deadline:
            return self.settings.receipt_timeout
        rest = min(AFTER_PASSES_S, AFTER_PASSES_SHARE * deadline)
        left = deadline - (time.monotonic() - started) - rest
        return max(0.0, min(self.settings.receipt_timeout, left))

    def _ask_cloud(
        self, read: PageRead, local: Answer, started: float
    ) -> tuple[Answer, tuple[Pass, ...], tuple[Notice, ...]]:
        """Ask the cloud if the answer is in doubt, unless only the meaning of exact text can be."""
        crop, preparer, always = read.crop, read.preparer, self.settings.cloud == "always"
        is_enough = is_accepted_locally(local) or read.is_exact
        if self._cloud_options is None or (is_enough and not always):
            return without_cloud(local), (), ()
        options = self._cloud_options
        if self.settings.deadline:
            left = self.settings.deadline - (time.monotonic() - started)
            if left < MIN_CLOUD_S:
                return without_cloud(local), (), (NO_TIME_FOR_CLOUD,)
            options = replace(options, timeout_s=min(options.timeout_s, left / (2 * options.attempts)))
        from rpiocr.cloud.reader import CloudReader

        try:
            reading = CloudReader(VISION, options).read(crop.page)
        except CloudError as error:
            return without_cloud(local), (), (Notice(error.code, str(error)),)
        one = Pass(EngineId(VISION.family), "page", reading.lines, reading.elapsed_s)
        if not reading.lines:
            return without_cloud(local), (one,), (NO_TEXT_IN_CLOUD,)
        hints, scene = replace(self._hints, photo=read.witnesses.photo), Scene(crop.mixed)
        cloud = understand((one,), preparer.skew_deg, self._languages, hints, self._judge, scene=scene)
        return with_cloud(local, cloud.fields, self._judge), (one,), ()


ASKED_CLOUD = frozenset({Source.HYBRID, Source.CLOUD})


def _local_source(receipt: Receipt) -> Source:
    if receipt.source is not Source.LOCAL_LOW_CONFIDENCE:
        return receipt.source
    return Source.LOCAL_RETRY if was_retried(receipt.rungs) else Source.LOCAL


def _has_no_text(outcome: Trace | Failure) -> TypeGuard[Failure]:
    return isinstance(outcome, Failure) and isinstance(outcome.error, NoTextError)


def _keyword_directory(name: str) -> Path | None:
    if name and not Path(name).is_dir():
        message = f"keywords is {name!r}; it must be an existing folder"
        raise SettingsError(message)
    return Path(name) if name else None


def _categories(name: str) -> Categories:
    return read_categories(Path(name)) if name else built_in_categories()


def read_receipts(file: str | Path, settings: Settings | None = None) -> Iterator[Receipt]:
    """Read every page of a file; raises an RpiocrError for the first page that cannot be read."""
    for outcome in Reader(settings).read(str(file)):
        if isinstance(outcome, Failure):
            raise outcome.error
        yield outcome.receipt


def read_receipt(file: str | Path, settings: Settings | None = None) -> Receipt:
    """Read the first receipt of a file; raises an RpiocrError when it cannot be read."""
    return next(read_receipts(file, settings))
