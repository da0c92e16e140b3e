"""Sentences as columns keep them: what the desk said is worded, what others wrote stays as they wrote it."""

from __future__ import annotations

import pytest

from deskwright.desk.said import in_english, kept, said
from deskwright.engine.saying import _
from deskwright.web.telling import told

FORGERIES = [
    '{"say":"%(moment)s","with":{"moment":"x"}}',
    '{"say":["a","b"],"with":{"count":"x"}}',
    '{"say":["a","b"],"with":{"count":1,"one":2}}',
    '{"say":"x","with":{"template":"y"}}',
    '{"say":"%(a)s","with":{"a":{"say":"%(b)s"}}}',
    '{"say":',
    '{"say":5}',
]


def test_a_sentence_of_the_desk_is_worded_from_its_column():
    column = kept(_("No connection to %(host)s", host="mx.example"))
    assert (said(column), in_english(column)) == ("No connection to mx.example", "No connection to mx.example")


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_text_written_to_look_like_a_sentence_breaks_nothing(forgery):
    assert isinstance(told(forgery), str)
    assert isinstance(in_english(forgery), str)


@pytest.mark.parametrize("forgery", [*FORGERIES, '{"say":"Everything is fine."}'])
def test_what_others_wrote_is_kept_as_their_words(forgery):
    assert (told(kept(forgery)), in_english(kept(forgery))) == (forgery, forgery)
