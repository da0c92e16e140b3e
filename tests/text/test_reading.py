"""Any text is read, quickly, and its first words make an excerpt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.text import excerpt, read
from deskwright.text.small_words import LANGUAGES_OF_WORD

WORDS = st.lists(st.sampled_from([*LANGUAGES_OF_WORD, "not", "angry", "😡", ":-(", "!!", "@", "://"])).map(" ".join)


@given(st.text() | WORDS)
def test_any_text_is_read(text):
    reading = read(text)
    assert reading == read(text)
    assert reading.language is None or len(reading.language) == 2
    assert reading.sentiment is None or -1 <= reading.sentiment <= 1


@given(st.text() | WORDS, st.integers(1, 300))
def test_an_excerpt_is_one_line_within_its_length(text, length):
    line = excerpt(text, length)
    assert len(line) <= length
    assert "\n" not in line
    assert bool(line) == bool(text.strip())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello team,\n\nThe printer on floor 4 jams. It did so yesterday, too.", "The printer on floor 4 jams."),
        ("Sehr geehrte Damen und Herren,\n\nunser Drucker klemmt seit gestern.", "unser Drucker klemmt seit gestern."),
        ("Hi", "Hi"),
        ("Dear all,", "Dear all,"),
        ("No. It still does not work, sorry. More below.", "No. It still does not work, sorry."),
        ("注文した商品がまだ届いていません。いつ届きますか。", "注文した商品がまだ届いていません。いつ届きますか。"),
    ],
)
def test_an_excerpt_is_the_first_sentence_that_says_something(text, line):
    assert excerpt(text) == line


def test_a_long_sentence_is_cut_at_a_word():
    assert excerpt("The printer on the fourth floor jams every morning", 30) == "The printer on the fourth…"


@pytest.mark.parametrize(
    "text",
    ["A@" * 500_000, "AAAA " * 200_000, "A" * 1_000_000 + "@", "!" * 1_000_000, "a'" * 500_000, "not " * 250_000],
)
def test_hostile_texts_are_read_to_the_end(text):
    """A pattern that tries again and again would not come back from these."""
    mood = read(text).sentiment
    assert mood is None or -1 <= mood <= 1
    assert len(excerpt(text)) <= len(text)
