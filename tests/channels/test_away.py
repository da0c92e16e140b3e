"""Out-of-office notes in the words people use: that they are away, and until which day."""

from __future__ import annotations

from datetime import date

import pytest

from deskwright.channels.email.away import away_until, said_until

WRITTEN = date(2026, 11, 23)
"""A Monday."""
NOTES = [
    ("I am out of the office until 1 December 2026. For urgent matters call Tom.", date(2026, 12, 1)),
    ("I'm currently out of office, back on Monday, November 30th.", date(2026, 11, 30)),
    ("I am on annual leave until Friday and have limited access to mail.", date(2026, 11, 27)),
    ("I will be out of the office from 23 November through 4 January.", date(2027, 1, 4)),
    ("Ich bin bis zum 04.12.2026 nicht im Büro. In dringenden Fällen: Tom.", date(2026, 12, 4)),
    ("Ich bin derzeit im Urlaub und ab dem 7. Dezember wieder erreichbar.", date(2026, 12, 7)),
    ("Je suis absente jusqu'au 2 décembre 2026. En cas d'urgence, appelez Tom.", date(2026, 12, 2)),
    ("Estoy fuera de la oficina hasta el 30 de noviembre.", date(2026, 11, 30)),
    ("Sono in ferie fino al 15/12/2026.", date(2026, 12, 15)),
    ("Estou de férias até 18 de dezembro de 2026.", date(2026, 12, 18)),
    ("Ik ben afwezig tot en met 2026-12-03.", date(2026, 12, 3)),
    ("12月1日まで休暇をいただいております。", date(2026, 12, 1)),
    ("我正在休假，12月5日止。", date(2026, 12, 5)),
]


@pytest.mark.parametrize(("note", "day"), NOTES)
def test_a_note_tells_its_day_whether_or_not_it_is_known_for_one(note: str, day: date) -> None:
    assert away_until(note, WRITTEN) == day
    assert said_until(note, WRITTEN) == day


@pytest.mark.parametrize(
    "words",
    [
        "The export stops until I restart it.",
        "I was out of the office last week, sorry for the late answer. It works now.",
        "We are back on 1 December. Until then nobody can sign in, which is urgent!",
        "I am out of the office.",
        "I am out of the office until Monday. " + "But here is the whole story. " * 80,
        "I am on holiday. Please keep the parcel until 3 December.",
        "Keep the parcel until 3 December. I am on holiday.",
        "I am on holiday, what do I need to do to get my money back?",
    ],
)
def test_days_that_people_name_beside_are_not_theirs(words: str) -> None:
    assert said_until(words, WRITTEN) is None


def test_of_several_days_that_people_name_the_first_is_theirs() -> None:
    words = "I am on leave until 3 March, please keep the parcel until 20 March."
    assert said_until(words, WRITTEN) == date(2027, 3, 3)


@pytest.mark.parametrize(
    "words", ["until 3/4/2026", "until 1 December 2025", "until the moon", "until 31 February", "until 1 May 2099", ""]
)
def test_a_day_that_is_not_sure_is_none(words: str) -> None:
    assert away_until(words, WRITTEN) is None
