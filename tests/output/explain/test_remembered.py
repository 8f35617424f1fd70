"""The explanation of a name that people gave on other receipts."""

from __future__ import annotations

from rpiocr.decide.remembered import with_memory
from rpiocr.output.explain.story import FieldStory, story_of
from tests.decide.test_remembered import of_shop, said


def merchant_story(*names: str) -> FieldStory:
    """How the merchant of the receipt was found when people gave these names on others."""
    statements = [said(name, receipt_id=number) for number, name in enumerate(names, start=1)]
    return next(one for one in story_of(with_memory(of_shop(), statements)).fields if one.key == "merchant")


def test_it_says_that_a_person_named_the_shop_so() -> None:
    story = merchant_story("Noodle Corner", "Noodle Corner")
    reasons = " ".join(story.reasons)
    assert story.value == "Noodle Corner"
    assert "remembered: a person named the shop with tax number SG gst M141466526 so." in reasons
    assert "Remembered: on another receipt, a person named the shop with" in reasons
    assert "0 of 3 passes found this value" in reasons


def test_a_name_that_is_only_offered_is_an_alternative_with_its_reason() -> None:
    story = merchant_story("Noodle Corner")
    assert story.value == "Shop"
    assert "M141466526 “Noodle Corner”, but this receipt shows another name." in " ".join(story.reasons)
    (offered, *_) = story.alternatives
    assert (offered.value, offered.votes, offered.box) == ("Noodle Corner", 0, None)
    assert offered.rule.startswith("remembered: a person named the shop")
