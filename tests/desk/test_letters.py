"""Mails the desk writes itself: honest promises, and nothing of a customer's words becomes markup."""

from __future__ import annotations

from datetime import UTC, datetime

from deskwright.desk import letters

VALUES = {"greeting": "Hello Mina", "number": 7, "subject": "Export", "promise": "Soon.", "desk": "Deskwright"}


def test_a_promise_is_made_in_the_desks_own_time_zone() -> None:
    due = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    said = letters.promise(due, "Europe/Berlin")

    assert said == "You can expect a first answer by Tuesday 24 November, 11:00 (Europe/Berlin)."


def test_without_a_target_nothing_is_promised() -> None:
    assert "expect" not in letters.promise(None, "UTC")


def test_a_subject_is_escaped_in_the_html_and_left_alone_in_the_text() -> None:
    text, html = letters.render("acknowledge", {**VALUES, "subject": "<b>$number</b> & more"})

    assert 'request "<b>$number</b> & more"' in text
    assert "&lt;b&gt;$number&lt;/b&gt; &amp; more" in html


def test_an_answer_keeps_one_re_before_the_subject() -> None:
    assert letters.answer_subject("Export") == "Re: Export"
    assert letters.answer_subject("RE: Export") == "RE: Export"
