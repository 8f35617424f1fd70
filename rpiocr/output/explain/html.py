"""Renders how a file was read as one self-contained HTML page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from string import Template
from xml.etree.ElementTree import Element, tostring

from rpiocr import __version__
from rpiocr.model import Box, Page, Receipt, Verdict
from rpiocr.output.explain.images import Picture, picture_around, picture_of_page
from rpiocr.output.explain.items import ItemsStory
from rpiocr.output.explain.story import Alternative, FieldStory, PageStory, PassStory, StageStory, Vote, story_of
from rpiocr.output.explain.words import file_in_words
from rpiocr.reading.outcome import Failure
from rpiocr.sanitize.text import lines, one_line

Node = Element | str | None
"""A child of an element; None is left out."""

NOTHING = "nothing"

NUMBER = re.compile(r"[-+]?\d[\d.,:/-]{0,18}\d(?: ?%| [A-Z]{3}\b)?(?!\d)")
"""A number, date or time of 2 to 20 characters; longer ones may be wider than a phone's screen."""


def page_of(file: str, sections: Sequence[str]) -> str:
    """Return the whole HTML document about ``file``; each of ``sections`` is the HTML of one of its pages."""
    files = resources.files("rpiocr.output.explain")
    return Template((files / "page.html").read_text("utf-8")).substitute(
        file=html.escape(one_line(file_in_words(file))),
        style=(files / "style.css").read_text("utf-8"),
        pages="\n".join(sections),
        version=html.escape(__version__),
    )


def section_of_failure(failure: Failure) -> str:
    """Return the HTML of a page that could not be read."""
    where = f"Page {failure.page} was not read" if failure.page else "Not read"
    return _text(_el("section", _el("h2", where), _el("p", str(failure.error)), class_="failure"))


def section_of(page: Page | None, receipt: Receipt, more: Sequence[Page] = ()) -> str:
    """Return the HTML of one receipt.

    Its boxes are in pixels of ``page``, None if it has no picture, or of one of those that continue it.
    """
    story = story_of(receipt)
    pages = [one for one in (page, *more) if one]
    of_number: dict[int | None, Page] = {one.number: one for one in pages}
    figures = [_figure_of_page(story, one) for one in pages]
    head = f"page-{receipt.page}-{receipt.part}"
    return _text(
        _el(
            "section",
            _el("h2", story.title, " ", _badge(story.verdict, f"quality {story.quality}"), id=head),
            _el(
                "div",
                _el("div", _overview(story), _why(story), class_="summary"),
                _figures(figures),
                _el("div", *_found(story, of_number), class_="fields"),
                class_="sides",
            ),
            _how(story),
            aria_labelledby=head,
        )
    )


def _overview(story: PageStory) -> Element:
    rows = [
        _row(
            _el("th", field.title, scope="row"),
            _el("td", _el("strong", *_numbers(field.value)) if field.value is not None else "not found"),
            _el("td", _badge(field.verdict, field.probability or "") if field.verdict else None),
        )
        for field in story.fields
    ]
    facts = ((_el("th", name, scope="row"), _el("td", *_numbers(value), colspan="2")) for name, value in story.facts)
    rows += [_row(*cells) for cells in facts]
    return _el("table", _el("caption", "What was read"), _el("tbody", *rows), class_="overview")


def _why(story: PageStory) -> Element:
    warnings = [_el("h3", "Warnings"), _list(story.warnings, "warnings")] if story.warnings else []
    title = f"Why the verdict is {story.verdict.value}"
    return _el("div", _el("h3", title), _list(story.why), *warnings)


def _figures(figures: Sequence[Element]) -> Element | None:
    """Return the figures of all pages, None for a receipt without a picture."""
    return _el("div", *figures, class_="figures") if len(figures) > 1 else next(iter(figures), None)


def _found(story: PageStory, of_number: Mapping[int | None, Page]) -> Iterator[Element | None]:
    yield from (_field(field, of_number.get(field.page)) for field in story.fields)
    yield _items(story.items)
    yield _el("article", _el("h3", "Codes"), _list(story.codes), class_="field codes") if story.codes else None


def _field(field: FieldStory, page: Page | None) -> Element:
    value = field.value if field.value is not None else "not found"
    heading = _el("h3", f"{field.title}: ", *_numbers(value), " ")
    if field.verdict:
        heading.append(_badge(field.verdict, f"probability {field.probability}"))
    parts: list[Node] = [heading, _crop(field, page), _list(field.reasons)]
    if field.sums:
        parts += [_el("h4", "Sums that agree"), _list(field.sums, "sums")]
    elif field.key == "amount" and field.value is not None:
        parts.append(_el("p", "No sum on the receipt confirms it."))
    if field.votes:
        parts.append(_votes(field))
    if field.alternatives:
        parts.append(_alternatives(field))
    return _el("article", *parts, class_=f"field {field.key}")


def _items(items: ItemsStory | None) -> Element | None:
    if items is None:
        return None
    heading = _el("h3", "Items ", _badge(items.verdict, f"probability {items.probability}"))
    rows = (_row(*(_el("td", *_numbers(cell)) for cell in row)) for row in items.rows)
    table = _table("What was bought", items.heads, rows) if items.rows else None
    return _el("article", heading, _list(items.reasons), table, class_="field items")


def _crop(field: FieldStory, page: Page | None) -> Element | None:
    picture = picture_around(page.pixels, field.box) if field.box and page else None
    if field.box is None or picture is None:
        return None
    alt = f"The part of the image around the {field.title.lower()}, read as {field.raw}"
    caption = _el("figcaption", "Read as ", _el("code", field.raw or ""), f" at {_place(field.box)}")
    return _el("figure", _sheet(picture, alt, [_frame(field.box, field.key)]), caption, class_="crop")


def _figure_of_page(story: PageStory, page: Page) -> Element:
    picture = picture_of_page(page.pixels)
    fields = [field for field in story.fields if field.page == page.number]
    shapes: list[Element] = []
    for field in fields:
        shapes += [_frame(one.box, f"{field.key} rival") for one in field.alternatives if one.box]
    framed: list[Box] = []
    for field in fields:
        # The currency is mostly named beside the total, and one frame shows both.
        if field.box and not any(field.box.meets(box) for box in framed):
            framed.append(field.box)
            shapes += [_frame(field.box, field.key), _label(field.box, field, picture.region)]
    found = ", ".join(f"{field.title.lower()} {field.value}" for field in fields if field.value is not None)
    title = story.title if len(story.pages) == 1 else f"page {page.number}"
    alt = f"The image of {title.lower()}" + (f" with frames around {found}" if found else "")
    caption = _el("figcaption", "Solid frames: what was chosen. Dashed frames: what was rejected.")
    return _el("figure", _sheet(picture, alt, shapes), caption, class_="page")


def _sheet(picture: Picture, alt: str, shapes: Sequence[Element]) -> Element:
    """Overlay shapes, in pixels of the page, on the part of the page that the image shows."""
    region = picture.region
    view = f"{region.left:g} {region.top:g} {region.width:g} {region.height:g}"
    size = {"width": str(picture.width), "height": str(picture.height)}
    return _el(
        "div",
        _el("img", src=picture.uri, alt=alt, **size),
        _el("svg", *shapes, viewBox=view, preserveAspectRatio="none", aria_hidden="true"),
        class_="sheet",
        style=f"max-width:{picture.width}px",
    )


def _frame(box: Box, kind: str) -> Element:
    room = 0.15 * box.height
    return _el(
        "rect",
        x=f"{box.left - room:.1f}",
        y=f"{box.top - room:.1f}",
        width=f"{box.width + 2 * room:.1f}",
        height=f"{box.height + 2 * room:.1f}",
        class_=kind,
    )


def _label(box: Box, field: FieldStory, region: Box) -> Element:
    """Label a frame: to its left if it is on the right, as amounts are, else above it, or below it at the top edge."""
    size = region.width / 34
    if box.left > region.left + 0.4 * region.width:
        x, y, anchor = box.left - 0.5 * size, box.middle[1] + 0.35 * size, "end"
    elif box.top - size > 0:
        x, y, anchor = box.left, box.top - 0.4 * size, "start"
    else:
        x, y, anchor = box.left, box.bottom + 1.2 * size, "start"
    shape = {"font_size": f"{size:.1f}", "stroke_width": f"{size / 5:.1f}", "text_anchor": anchor}
    return _el("text", field.title, x=f"{x:.1f}", y=f"{y:.1f}", **shape, class_=field.key)


def _place(box: Box) -> str:
    return f"x {box.left:.0f}, y {box.top:.0f}, {box.width:.0f} × {box.height:.0f} pixels of the page"


def _votes(field: FieldStory) -> Element:
    heads = ("Pass", "Read here", f"Vote for the {field.title.lower()}", "Same value")
    return _table(f"What each pass read for the {field.title.lower()}", heads, map(_vote, field.votes))


def _vote(vote: Vote) -> Element:
    name = _el("th", _el("code", vote.source), scope="row")
    if vote.error:
        return _row(name, _el("td", f"failed: {vote.error}", colspan="3"), class_="lost")
    return _row(
        name,
        _el("td", _el("code", *_numbers(vote.here)) if vote.here else NOTHING),
        _el("td", *_value(vote.value, vote.raw)),
        _el("td", vote.same or "–"),
        class_="agrees" if vote.agrees else "differs",
    )


def _alternatives(field: FieldStory) -> Element:
    heads = ("Value", "Where it was found", "Passes for it", "Sums that agree")
    shown = len(heads) if field.key == "amount" else 3
    table = _table("Rejected", heads[:shown], (_row(*_alternative(one)[:shown]) for one in field.alternatives))
    return _el("div", table, _el("p", f"And {field.more_alternatives} more.") if field.more_alternatives else None)


def _alternative(one: Alternative) -> tuple[Element, ...]:
    return (
        _el("th", *_value(one.value, one.raw), scope="row"),
        _el("td", one.rule),
        _el("td", str(one.votes)),
        _el("td", *_numbers(" ".join(one.sums) or "none")),
    )


def _value(value: str | None, raw: str | None) -> tuple[Node, ...]:
    if value is None:
        return (NOTHING,)
    shown = tuple(_numbers(value))
    return (*shown, _el("span", " read as ", _el("code", *_numbers(raw)), class_="raw")) if raw else shown


def _how(story: PageStory) -> Element:
    stages = _table("Stages", ("Stage", "Passes", "Quality after it", "Seconds"), map(_stage, story.stages))
    heads = ("Pass", "How it reads", "Lines", "Mean confidence", "Seconds")
    passes = _table("Passes", heads, map(_pass, story.passes))
    texts = [_text_of_pass(one) for one in story.passes if one.lines]
    all_texts = _el("div", _el("h3", "What every pass read"), *texts, class_="texts")
    return _el("div", _el("h3", "How it was read"), stages, passes, all_texts)


def _stage(stage: StageStory) -> Element:
    names: list[Node] = [part for name in stage.passes for part in (", ", _el("code", name))]
    return _row(
        _el("th", stage.name, scope="row"),
        _el("td", *names[1:]) if names else _el("td", "none"),
        _el("td", str(stage.quality)),
        _el("td", f"{stage.elapsed_s:.2f}"),
    )


def _pass(one: PassStory) -> Element:
    name = _el("th", _el("code", one.name), scope="row")
    if one.error:
        return _row(name, _el("td", one.how), _el("td", f"failed: {one.error}", colspan="3"), class_="lost")
    return _row(
        name,
        _el("td", one.how),
        _el("td", str(len(one.lines))),
        _el("td", "–" if one.confidence is None else f"{100 * one.confidence:.0f} %"),
        _el("td", f"{one.elapsed_s:.2f}"),
    )


def _text_of_pass(one: PassStory) -> Element:
    return _el("details", _el("summary", _el("code", one.name)), _el("pre", "\n".join(one.lines)))


def _badge(verdict: Verdict, detail: str) -> Element:
    return _el("span", f"{verdict.value}, {detail}", class_=f"badge {verdict.value.lower()}")


def _list(sentences: Sequence[str], kind: str = "reasons") -> Element:
    return _el("ul", *(_el("li", *_numbers(sentence)) for sentence in sentences), class_=kind)


def _table(caption: str, heads: Sequence[str], rows: Iterator[Element]) -> Element:
    head = _el("thead", _row(*(_el("th", text, scope="col") for text in heads)))
    table = _el("table", _el("caption", caption), head, _el("tbody", *rows))
    return _el("div", table, class_="wide", role="region", aria_label=caption, tabindex="0")


def _row(*cells: Element, class_: str = "") -> Element:
    return _el("tr", *cells, class_=class_) if class_ else _el("tr", *cells)


def _numbers(text: str) -> Iterator[Node]:
    """Split text so that no number, with its currency or unit, is broken across lines."""
    end = 0
    for found in NUMBER.finditer(text):
        yield text[end : found.start()] or None
        yield _el("span", found[0], class_="number")
        end = found.end()
    yield text[end:] or None


def _el(tag: str, *children: Node, **attributes: str) -> Element:
    """Make an element; text among ``children`` is never interpreted as markup.

    In attribute names, _ becomes - and a trailing _, which avoids Python's keywords, is dropped.
    """
    element = Element(tag, {name.rstrip("_").replace("_", "-"): one_line(value) for name, value in attributes.items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            element.append(child)
            last = child
        elif child is not None and last is not None:
            last.tail = (last.tail or "") + lines(child)
        elif child is not None:
            element.text = (element.text or "") + lines(child)
    return element


def _text(element: Element) -> str:
    """Serialise an element and its children; text and attributes are escaped here, and nowhere else."""
    return tostring(element, encoding="unicode", method="html")
