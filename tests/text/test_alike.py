"""How alike two texts are: the same, nearly the same, about the same, and something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.text import alike
from deskwright.text.alike import common, shingled

SUBJECT, TEXT = "Nightly exports fail", "Since Monday our nightly exports fail with error 502 and nothing arrives."


def likeness(subject: str, text: str) -> float:
    return alike.likeness(shingled(SUBJECT, TEXT), shingled(subject, text))


@pytest.mark.parametrize(
    ("subject", "text", "least", "most"),
    [
        (SUBJECT, TEXT, 1.0, 1.0),
        (f"Re: FW: {SUBJECT}", TEXT.upper(), 1.0, 1.0),
        (SUBJECT, "Since yesterday our nightly exports fail with error 502 again.", 0.65, 0.9),
        ("Export broken", "The nightly export fails since Monday: error 502.", 0.2, 0.6),
        ("Invoice 4711", "The total of my last invoice is wrong, please correct it.", 0.0, 0.1),
        ("", TEXT, 1.0, 1.0),
        ("", "", 0.0, 0.0),
    ],
)
def test_likeness(subject: str, text: str, least: float, most: float) -> None:
    assert least <= likeness(subject, text) <= most


def test_it_says_which_words_both_have() -> None:
    both = common(shingled(SUBJECT, TEXT), shingled("Exports", "Our nightly exports fail."))
    assert both == ("nightly", "exports", "fail")


@given(st.text(), st.text(), st.text(), st.text())
def test_it_is_a_share_the_same_both_ways_and_whole_for_the_same(one: str, two: str, three: str, four: str) -> None:
    first, second = shingled(one, two), shingled(three, four)
    share = alike.likeness(first, second)
    assert 0.0 <= share <= 1.0
    assert share == alike.likeness(second, first)
    assert alike.likeness(first, first) == (1.0 if first.subject or first.text else 0.0)
