"""HTML of mails as a reader sees it, in bounded time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.load.html import rows_of_html
from rpiocr.load.rows import Row
from tests.test_linear import steps

from .mails import ORDER


def drawn(row: Row) -> str:
    """A row with its fragments in their columns."""
    text = ""
    for fragment in row:
        text = text.ljust(fragment.left) + fragment.text
    return text


def seen(html: str) -> list[str]:
    return [drawn(row) for row in rows_of_html(html)]


def words(html: str) -> str:
    return " ".join(" ".join(seen(html)).split())


def test_cells_of_a_row_are_on_one_line_with_amounts_to_the_right() -> None:
    rows = seen(ORDER)
    assert [row for row in rows if "$" in row] == [
        "2 x Espresso          $7.00",
        "Croissant             $4.50",
        "Subtotal             $11.50",
        "Sales tax             $1.02",
        "Total                $12.52",
        "Visa ending in 4242  $12.52",
    ]
    assert rows[0] == "Blue Harbour Coffee"


@pytest.mark.parametrize(
    "html",
    [
        '<div style="display:none">99.00</div>',
        '<div style="DISPLAY : NONE !important">99.00</div>',
        "<div hidden>99.00</div>",
        '<span style="visibility:hidden">99.00</span>',
        '<span style="font-size:0">99.00</span>',
        '<span style="font-size:1px; line-height:1px">99.00</span>',
        '<span style="opacity:0">99.00</span>',
        '<div style="mso-hide:all">99.00</div>',
        '<div style="max-height:0;overflow:hidden">99.00</div>',
        '<div style="position:absolute;left:-9999px">99.00</div>',
        '<span style="color:#fff">99.00</span>',
        '<font color="white">99.00</font>',
        '<table bgcolor="#222222"><tr><td style="color:rgb(34, 34, 34)">99.00</td></tr></table>',
        "<script>99.00</script>",
        "<style>99.00</style>",
        "<title>99.00</title>",
        "<!-- 99.00 -->",
        "<del>99.00</del>",
        '<span style="text-decoration:line-through">99.00</span>',
        "<template>99.00</template>",
        "<svg><text>99.00</text></svg>",
        '<div style="display:none"><table><tr><td>1</td></tr></table><p>99.00',
    ],
)
def test_what_nobody_sees_is_not_read(html: str) -> None:
    assert words(f"<p>before</p>{html}") == "before"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<div style="font-size:0"><span style="font-size:14px">12.00</span></div>', "12.00"),
        ('<div style="visibility:hidden"><b style="visibility:visible">12.00</b></div>', "12.00"),
        ('<td bgcolor="#000"><span style="color:#fff">12.00</span></td>', "12.00"),
        ('<div style="background:url(x.png)"><span style="color:#fff">12.00</span></div>', "12.00"),
        ("12.<sup>50</sup>", "12.50"),
        ("<b>To</b>tal", "Total"),
        ("5 &euro; &#x20AC; &amp;amp; &nbsp;&lt;b&gt;", "5 € € &amp; <b>"),
        ("a < b and 3 <4", "a < b and 3 <4"),
        ("<pre>a   b\nc</pre>", "a b c"),
    ],
)
def test_what_is_seen_is_read(html: str, text: str) -> None:
    assert words(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>Total<td align=right>12.00</table>",
        "<table><tbody><tr><th>Total</th><td>12.00</td></tr></tbody></table>",
        '<div style="display:flex"><span>Total</span><span>12.00</span></div>',
        '<div><div style="float:left">Total</div><div style="float:right">12.00</div></div>',
        '<div style="display:inline-block">Total</div><div style="display:inline-block">12.00</div>',
        '<div style="display:table-cell">Total</div><div style="display:table-cell">12.00</div>',
    ],
)
def test_what_stands_side_by_side_is_on_one_line_and_apart(html: str) -> None:
    assert seen(html) == ["Total  12.00"]


def test_a_cell_of_several_lines_has_its_amount_on_the_first() -> None:
    html = "<table><tr><td>Tea<br>green</td><td>3.00</td></tr><tr><td colspan=2>Thanks</td></tr></table>"
    assert seen(html) == ["Tea    3.00", "green", "Thanks"]


def test_tables_within_tables_keep_their_columns() -> None:
    html = (
        "<table><tr><td><table><tr><td>Tea</td><td align=right>3.00</td></tr>"
        "<tr><td>A long name</td><td align=right>13.00</td></tr></table></td><td>side</td></tr></table>"
    )
    assert seen(html) == ["Tea           3.00  side", "A long name  13.00"]


BOMBS = {
    "comments": "<!--" * 250_000,
    "brackets": "<" * 1_000_000,
    "open tags": "<a " * 300_000,
    "open quotes": '<a b="' * 100_000,
    "mixed quotes": "<a b='\"" * 100_000,
    "references": "&" * 1_000_000,
    "a long number": "&#" + "9" * 1_000_000 + ";",
    "deep blocks": "<div>" * 200_000,
    "deep tables": "<table><tr><td>" * 60_000,
    "deep tables with rows": "<table><tr><td>a<br>b<td>c" * 60 + "x<br>" * 90_000,
    "deep blocks side by side": '<div style="display:inline-block">a<br>b' * 119 + "x<br>" * 50_000,
    "scripts": "<script>" * 100_000,
    "blanks in a tag": "<a" + " " * 1_000_000,
    "attributes": "<a " + "x " * 400_000,
    "end tags": "<b>" * 300 + "</i>" * 300_000,
    "hidden": "<div hidden>" + "<b>" * 100_000 + "</i>" * 100_000,
    "columns": "<table><tr>" + "<td>x" * 99_000,
    "spans": "<table><tr>" + "<td colspan=999>x" * 20_000,
}


MAX_STEPS = 8_000_000
"""Lines of the program that any HTML may take, whatever its size."""


@pytest.mark.parametrize("name", BOMBS)
def test_markup_that_never_ends_costs_bounded_work(name: str) -> None:
    """The search for ends of it is not counted, but would take hours if it began anew at every mark."""
    assert steps(lambda: rows_of_html(BOMBS[name])) < MAX_STEPS


def test_the_end_of_a_mail_is_not_lost_behind_a_large_picture_in_it() -> None:
    html = f'<img src="data:image/png;base64,{"A" * 3_000_000}"><p>Total 12.00</p>'
    assert seen(html) == ["Total 12.00"]


@given(st.text(alphabet="<>/!-&#;='\" abtdr0", max_size=200))
def test_any_markup_gives_rows(html: str) -> None:
    for row in rows_of_html(html):
        columns = [fragment.left for fragment in row]
        assert columns == sorted(columns)
        assert not any(re.search(r"[\n\r]", fragment.text) for fragment in row)
