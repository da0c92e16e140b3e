"""Moods are read from words that carry one; calm reports stay calm, and silence stays silent."""

from __future__ import annotations

import pytest

from deskwright.text import read, sentiment


@pytest.mark.parametrize(
    "text",
    [
        "This is completely unacceptable, I am furious!!",
        "Das ist eine Frechheit, ich bin wirklich stinksauer und schalte meinen Anwalt ein.",
        "C'est inadmissible, votre service est lamentable et je suis furieux.",
        "Es una vergüenza, el servicio es pésimo y estoy harto.",
        "Your support is terrible and a waste of my time 😡",
    ],
)
def test_anger_is_strongly_negative(text):
    assert read(text).sentiment < -0.5


@pytest.mark.parametrize(
    "text",
    [
        "You were great, thank you, I love it!",
        "Vielen Dank, das war super, ich bin sehr zufrieden.",
        "Merci beaucoup, c'est parfait, je suis ravi de votre aide.",
        "Muchas gracias, es excelente, estoy muy contento con ustedes.",
    ],
)
def test_joy_is_strongly_positive(text):
    assert read(text).sentiment > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Where is the manual for model 4 of the printer?",
        "Wo finde ich die Anleitung für das Gerät?",
        "",
        "注文について",
    ],
)
def test_no_evidence_is_no_mood(text):
    assert read(text).sentiment is None


def test_a_calm_report_of_a_fault_is_not_anger():
    assert -0.5 < read("The login shows an error since the update. Could you have a look?").sentiment < 0


@pytest.mark.parametrize(
    ("plain", "turned"),
    [
        ("I am happy with it", "I am not happy with it"),
        ("Ich bin zufrieden damit", "Ich bin nicht zufrieden damit"),
        ("je suis satisfait", "je ne suis pas satisfait"),
        ("estoy contento con esto", "no estoy contento con esto"),
    ],
)
def test_a_negation_turns_the_mood(plain, turned):
    assert read(plain).sentiment > 0 > read(turned).sentiment


def test_negated_anger_is_not_joy():
    assert read("This is not terrible, it is fine for me.").sentiment < 0.6


def test_strong_words_and_loudness_weigh_more():
    assert sentiment("I am extremely disappointed", "en") < sentiment("I am disappointed", "en")
    assert sentiment("I am disappointed!!!", "en") < sentiment("I am disappointed", "en")
    assert sentiment("I AM VERY DISAPPOINTED", "en") < sentiment("I am very disappointed", "en")
    assert sentiment("I am slightly disappointed", "en") > sentiment("I am disappointed", "en")


def test_a_language_without_a_lexicon_is_judged_by_its_faces_only():
    assert sentiment("注文が届きません", "ja") is None
    assert sentiment("注文が届きません 😡", "ja") < 0


@pytest.mark.parametrize("text", ["see https://desk.example/fail", "at 10:30 (UTC)", "a:b;c:d"])
def test_links_and_times_are_no_faces(text):
    assert read(text).sentiment is None
