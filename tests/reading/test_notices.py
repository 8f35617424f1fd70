"""Warnings that follow from an answer are made anew when other pages, or an e-invoice, change that."""

from __future__ import annotations

import datetime as dt

from rpiocr.decide.cloud_policy import Answer, without_cloud
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.extract import Hints
from rpiocr.model import Source
from rpiocr.reading.notices import depends_on_judgement, warnings_on
from tests.written import PSM_6, languages, read_as


def test_no_warning_that_is_made_anew_is_kept_as_well() -> None:
    text = "CORNER SHOP\n04/05/2026\nTEA 4.20\nTOTAL 4.20"
    codes = set()
    for day in (dt.date(2026, 1, 1), dt.date(2026, 11, 30)):
        read = understand((read_as(text, PSM_6),), 0.0, languages(), Hints(day), Judge(0.005))
        answer = without_cloud(Answer(read.fields, read.judgement, Source.LOCAL))
        warnings = warnings_on(answer, ())
        codes |= {one.code for one in warnings}
        assert all(depends_on_judgement(one, answer) for one in warnings)
    assert codes == {"verify_by_hand", "date_ambiguous", "clock_behind"}
