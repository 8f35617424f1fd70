"""Finds the merchant's name: lines at the head, and what else on a receipt names the shop, ranked by a fitted model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rpiocr.extract.brands import BrandHit
from rpiocr.extract.fields.merchant.evidence import Evidence, Mention, evidence_of, is_alike
from rpiocr.extract.fields.merchant.features import Head, LineFacts, evident_features, features_of
from rpiocr.extract.fields.merchant.names import letters_in, name_of
from rpiocr.extract.fields.merchant.ranker import Named, ranked
from rpiocr.extract.fields.merchant.spans import spans_of
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Box, Candidate, Kind, Provenance

MOST_BRANDS = 4
"""Maximum number of brands that are candidates."""

SHORTEST = 3
"""Minimum number of letters or characters of a name."""


def find_merchants(
    rows: Sequence[ReceiptLine], tables: Tables, country: str | None = None
) -> tuple[Candidate[str], ...]:
    """Return what could be the merchant's name, best first; a name over several lines is joined.

    ``country`` is that of the shop, as in ISO 3166, None if it is unknown. The score of a candidate is the probability,
    0 to 1, that it is the name, if one of the candidates is.
    """
    return ranked(candidates(rows, tables, country))


def candidates(rows: Sequence[ReceiptLine], tables: Tables, country: str | None = None) -> tuple[Named, ...]:
    """Return all candidates with their features, in no order."""
    head = Head.of(rows)
    if not head.rows:
        return ()
    evidence = evidence_of(rows, head.rows, tables, country)
    found = [one for one in _in_head(head, evidence, tables) if max(letters_in(one.name), len(one.name)) >= SHORTEST]
    brands = [_mention_of(hit, evidence) for hit in evidence.brands[:MOST_BRANDS]]
    for kind, mentions in ((Kind.SENTENCE, evidence.named), (Kind.BRAND, brands), (Kind.DOMAIN, evidence.domains)):
        for mention in mentions:
            if not any(is_alike(mention.name, other.name) for other in found):
                found.append(_mentioned(mention, kind, head, evidence))
    return tuple(found)


def _in_head(head: Head, evidence: Evidence, tables: Tables) -> Iterator[Named]:
    for span, goes_on in spans_of(head.rows, tables):
        rows = head.rows[span.start : span.stop]
        if any(LineFacts(row, tables).is_web_alone for row in rows):
            continue
        name = name_of(rows)
        features = features_of(name, rows, head, evidence, tables)
        yield _named(name, rows, Kind.HEAD, {**features, "goes_on": float(goes_on)})


def _mention_of(hit: BrandHit, evidence: Evidence) -> Mention:
    """Return a brand as it is printed, or as its owner writes it if it was misread."""
    return Mention(hit.matched if hit.similarity == 1.0 and not hit.in_domain else hit.name, evidence.rows[hit.line])


def _mentioned(mention: Mention, kind: Kind, head: Head, evidence: Evidence) -> Named:
    """Return a name that is a part of a line, whose place and size count for it."""
    rows = (mention.row,)
    features = evident_features(mention.name, rows, evidence)
    is_high = mention.row in head.rows and not mention.row.amounts
    tall = head.tall(rows) if is_high else 0.0
    return _named(mention.name, rows, kind, {**features, "inside_high": float(is_high), "inside_tall": tall})


def _named(name: str, rows: Sequence[ReceiptLine], kind: Kind, features: Mapping[str, float]) -> Named:
    confidence = min(word.confidence for row in rows for word in row.line.words)
    box, raw = Box.around([row.box for row in rows]), " ".join(row.text.text for row in rows)
    candidate = Candidate(name, raw, box, confidence, Provenance(kind), 0.0)
    known = {feature: value for feature, value in features.items() if value}
    return Named(candidate, {**known, str(kind): 1.0})
