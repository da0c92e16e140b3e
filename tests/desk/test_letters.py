"""Mails the desk writes itself: honest promises, and nothing of a customer's words becomes markup."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from deskwright.desk.answering import letters, phrases, wording
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.house import House, Words

VALUES = {"greeting": "Hello Mina", "number": 7, "subject": "Export", "promise": "Soon.", "desk": "Deskwright"}
HOUSE = House("Deskwright")
OWN = House("Deskwright", words={("acknowledge", "nl"): Words("Ontvangen: $subject", "Dag, #$number.", "")})


def test_a_promise_is_made_in_the_desks_own_time_zone() -> None:
    due = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    said = phrases.promise(due, "Europe/Berlin")

    assert said == "You can expect a first answer by Tuesday 24 November, 11:00 (Europe/Berlin)."


def test_without_a_target_nothing_is_promised() -> None:
    assert "expect" not in phrases.promise(None, "UTC")


def test_a_subject_is_escaped_in_the_html_and_left_alone_in_the_text() -> None:
    _, text, html = wording.worded("acknowledge", None, {**VALUES, "subject": "<b>$number</b> & more"}, HOUSE)

    assert 'request "<b>$number</b> & more"' in text
    assert "&lt;b&gt;$number&lt;/b&gt; &amp; more" in html


def test_an_answer_keeps_one_re_before_the_subject() -> None:
    assert letters.answer_subject("Export") == "Re: Export"
    assert letters.answer_subject("RE: Export") == "Re: Export"


@pytest.mark.parametrize("kind", ["acknowledge", "survey"])
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_letter_to_a_customer_has_words_in_every_language_the_desk_speaks(kind: str, language: str) -> None:
    assert wording.programme(kind, language) is not None
    assert language in phrases.PHRASES


def test_a_greeting_is_put_together_as_the_language_does() -> None:
    assert phrases.greeting("Mina Holt", "de-at") == "Guten Tag Mina Holt"
    assert phrases.greeting("川口 美奈", "ja") == "川口 美奈 様"
    assert phrases.greeting(None, "fr") == "Bonjour"


@pytest.mark.parametrize("kind", wording.LETTERS)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_programmes_own_words_name_no_variable_that_is_not_there(kind: str, language: str) -> None:
    words = wording.words_for(kind, language, HOUSE)
    wording.check(kind, words)
    assert "$" not in "".join(wording.worded(kind, language, wording.LETTERS[kind].variables, HOUSE))


def test_a_letter_is_in_the_language_of_its_reader_and_else_in_english() -> None:
    assert "erhalten" in wording.worded("acknowledge", "de-AT", VALUES, HOUSE)[1]
    assert "received" in wording.worded("acknowledge", "xx", VALUES, HOUSE)[1]
    assert "received" in wording.worded("acknowledge", None, VALUES, HOUSE)[1]


def test_the_desks_own_words_come_before_the_programmes_and_html_is_made_where_none_is() -> None:
    subject, text, html = wording.worded("acknowledge", "nl", {**VALUES, "subject": "<b>"}, OWN)
    assert (subject, text, html) == ("Ontvangen: <b>", "Dag, #7.\n", "<p>Dag, #7.</p>")


@pytest.mark.parametrize("text", ["Hello $nobody", "It costs $5", "   "])
def test_words_that_would_not_come_out_right_are_refused_beside_their_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        wording.check("acknowledge", Words("", text, ""))
    assert "text" in refused.value.fields
