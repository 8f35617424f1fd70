"""A code in several symbols is one code: its claim is on the first, whatever else is printed beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rpiocr.codes.claims import claim_of, claims_of
from rpiocr.codes.joining import join
from rpiocr.model import Box
from rpiocr.model.codes import CodeStatus, FoundCode
from tests.codes.vectors_world import slovene_digits, taiwan_left

HEAD = "**********:2:2:1:"


def code(
    payload: bytes | str, left: float = 0, top: float = 0, symbology: str = "QRCode", *, back: bool = False
) -> FoundCode:
    content = payload.encode() if isinstance(payload, str) else payload
    return FoundCode(symbology, content, Box(left, top, left + 100, top + 100), mirrored=back)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("鮮乳:1:35:", "**麵包:2:20"),
        ("鮮乳:1:35", "**:麵包:2:20"),
        ("鮮乳:1:35", "**麵包:2:20  "),
        ("鮮乳:1:35:   ", "**麵包:2:20"),
        ("鮮乳:1:35:", "**:麵包:2:20"),
        ("鮮乳:1:35:麵", "**包:2:20"),
        ("鮮乳:1:", "**35:麵包:2:20"),
        ("", "**鮮乳:1:35:麵包:2:20"),
    ],
)
def test_the_right_code_of_taiwan_continues_the_left_one(left: str, right: str) -> None:
    found = [code(right, 120), code(taiwan_left(75, rest=HEAD + left))]
    second, first = claims_of(found)
    assert first.claim is not None
    assert [(item.description, item.amount) for item in first.claim.items] == [
        ("鮮乳", Decimal(35)),
        ("麵包", Decimal(40)),
    ]
    assert (second.claim, second.found) == (None, found[0])


def test_a_name_in_big5_that_is_cut_within_a_character_is_whole_again() -> None:
    text = f"{HEAD}鮮乳:1:35:麵包:2:20".encode("cp950")
    cut = text.index("麵包".encode("cp950")) + 1
    left = taiwan_left(75) + b":" + text[:cut]
    claim = claims_of([code(left), code(b"**" + text[cut:], 120)])[0].claim
    assert claim is not None
    assert [item.description for item in claim.items] == ["鮮乳", "麵包"]


def test_two_invoices_on_a_page_get_the_right_code_that_is_beside_them() -> None:
    found = [
        code(taiwan_left(35, rest=HEAD, number="AA00000001"), 0, 0),
        code("**second:1:40", 120, 900),
        code("**first:1:35", 120, 0),
        code(taiwan_left(40, rest=HEAD, number="AA00000002"), 0, 900),
    ]
    claims = [one.claim for one in claims_of(found)]
    assert [[item.description for item in claim.items] if claim else None for claim in claims] == [
        ["first"],
        None,
        None,
        ["second"],
    ]


def test_a_code_that_is_printed_twice_has_the_same_claim_twice() -> None:
    left = code(taiwan_left(35, rest=HEAD))
    claims = [one.claim for one in claims_of([left, code("**first:1:35", 120), code(left.payload, 0, 900)])]
    assert claims[0] is not None
    assert claims[0].items
    assert (claims[0], claims[1]) == (claims[2], None)


def test_a_right_code_without_a_left_one_is_unknown() -> None:
    (found,) = claims_of([code("**麵包:2:20")])
    assert (found.claim, found.status) == (None, CodeStatus.UNKNOWN)


def test_codes_from_the_back_are_neither_joined_nor_read() -> None:
    left, right = taiwan_left(35, rest=HEAD), "**first:1:35"
    front, back = claims_of([code(left), code(right, 120, back=True)])
    assert front.claim is not None
    assert (front.claim.items, back.claim) == ((), None)
    assert [one.claim for one in claims_of([code(left, back=True), code(right, 120)])] == [None, None]


@pytest.mark.parametrize("length", [30, 20, 15, 12, 10])
@pytest.mark.parametrize("mark", ["", "4", "44"])
def test_the_lines_of_a_slovene_code_128_are_one_code_in_any_order(length: int, mark: str) -> None:
    digits = slovene_digits()
    lines = [f"{mark}{at // length + 1}{digits[at : at + length]}" for at in range(0, 60, length)]
    found = [code(line, symbology="Code128") for line in reversed(lines)]
    assert join(found) == (*[None] * (len(lines) - 1), digits.encode())
    assert join([*found, found[0], code("4006381333931", symbology="EAN13")]).count(None) == len(lines)


def test_lines_of_a_slovene_code_that_are_not_all_there_or_misread_stay_as_they_are() -> None:
    digits = slovene_digits()
    lines = [f"{at // 20 + 1}{digits[at : at + 20]}".encode() for at in range(0, 60, 20)]
    misread = [*lines[:2], lines[2][:-1] + b"%d" % ((int(lines[2][-1:]) + 1) % 10)]
    for some in (lines[:2], lines[1:], misread):
        assert join([code(line, symbology="Code128") for line in some]) == tuple(some)


def test_adverts_and_links_on_a_receipt_are_unknown() -> None:
    adverts = (
        b"https://www.example.com/loyalty?id=4711&total=12.50",
        b"WIFI:S:Cafe;T:WPA;P:password;;",
        b"https://g.page/r/abc/review",
        b"4006381333931",
        b"MECARD:N:Muster;TEL:123;;",
        b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD",
        b"https://www.afip.gob.ar.example.com/fe/qr/?p=e30=",
        b"",
    )
    assert [one.status for one in claims_of([code(payload) for payload in adverts])] == [CodeStatus.UNKNOWN] * len(
        adverts
    )


def test_a_code_that_is_longer_than_any_symbol_is_not_read() -> None:
    assert claim_of(taiwan_left(35, rest=HEAD)) is not None
    assert claim_of(taiwan_left(35, rest=HEAD) + b" " * 9000) is None
