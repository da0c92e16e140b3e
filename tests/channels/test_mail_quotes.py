"""What is new in an answer is found; what is quoted is not taken for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deskwright.channels.email.page import read_page
from deskwright.channels.email.parse import parse
from deskwright.channels.email.quotes import without_quotes, without_signature

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail" / "reply_extraction.jsonl"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, 24 Nov 2026 at 10:00, Support <support@desk.example> wrote:",
        "Am 24.11.2026 um 10:00 schrieb Support:",
        "Le mar. 24 nov. 2026 à 10:00, Support <support@desk.example> a écrit :",
        "El mar, 24 nov 2026 a las 10:00, Support (<support@desk.example>) escribió:",
        "Op di 24 nov. 2026 om 10:00 schreef Support <support@desk.example>:",
        "Il giorno mar 24 nov 2026 alle ore 10:00 Support <support@desk.example> ha scritto:",
        "Em ter., 24 de nov. de 2026 às 10:00, Support <support@desk.example> escreveu:",
        "Den tis 24 nov. 2026 kl 10:00 skrev Support <support@desk.example>:",
        "W dniu 24.11.2026 o 10:00, Support pisze:",
        "вт, 24 нояб. 2026 г. в 10:00, Support <support@desk.example>:",
        "On Tue, 24 Nov 2026 at 10:00, Support Team of the Desk\n<support@desk.example> wrote:",
        "24.11.2026 10:00, Support пишет:",
        "2026年11月24日(火) 10:00 Support <support@desk.example>:",
        "在 2026年11月24日，10:00，Support <support@desk.example> 写道：",
    ],
)
def test_introductions_in_many_languages_end_the_new_words(introduction):
    assert without_quotes(f"It works now.\n\n{introduction}\n\n> Did it help?\n> Support") == "It works now."


@pytest.mark.parametrize(
    "below",
    [
        "-----Original Message-----\nFrom: Support\n\nDid it help?",
        "-----Ursprüngliche Nachricht-----\nVon: Support\n\nHat es geholfen?",
        "________________________________\nFrom: S <s@d.example>\nSent: Tuesday\nTo: Ada\nSubject: x\n\nDid it?",
        "Von: S <s@desk.example>\nGesendet: Dienstag\nAn: Ada\nBetreff: AW: x\n\nHat es?",
        "##- Please type your reply above this line -##\n\nDid it help?",
    ],
)
def test_what_stands_below_a_separator_is_not_new(below):
    assert without_quotes(f"It works now.\n\n{below}") == "It works now."


def test_an_answer_below_the_quote_is_new():
    assert without_quotes("On Tue, 24 Nov 2026, Support wrote:\n> Did it help?\n\nYes, it did.") == "Yes, it did."


def test_an_answer_between_quoted_lines_keeps_them():
    text = "On Tue, 24 Nov 2026, Support wrote:\n> First?\n\nYes.\n\n> Second?\n\nNo."
    assert without_quotes(f"Hi\n\n{text}") == "Hi\n\n> First?\n\nYes.\n\n> Second?\n\nNo."


def test_nothing_new_shows_everything():
    text = "> only\n> quoted"
    assert without_quotes(text) == text


def test_what_is_passed_on_is_new():
    text = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: B <b@x.example>\nDate: Tue\nTo: Ada\nSubject: x\n\nWords"
    )
    assert without_quotes(text) == text


def test_words_like_an_introduction_stay():
    text = "On Monday I wrote:\nplease call me at 10:30 or mail ada@example.com\nFrom: here on it is broken"
    assert without_quotes(text) == text


def test_the_first_mail_of_a_thread_is_never_stripped():
    body = b"See:\r\n\r\n-----Original Message-----\r\nFrom: Bob\r\n\r\nIt is broken."
    first = parse(b"From: ada@example.com\r\nSubject: Fwd: broken\r\n\r\n" + body)
    answer = parse(b"From: ada@example.com\r\nSubject: Re: broken\r\nIn-Reply-To: <x@y>\r\n\r\n" + body)
    assert "It is broken." in first.new_text
    assert answer.new_text == "See:"


@pytest.mark.parametrize(
    "end", ["-- \nAda Example\nExample Ltd", "Sent from my iPhone", "Von meinem iPhone gesendet", "__\nAda"]
)
def test_a_signature_goes_from_the_bare_words(end):
    assert without_signature(f"It works now.\n\n{end}") == "It works now."


def test_a_signature_alone_stays():
    assert without_signature("-- \nAda") == "-- \nAda"


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div>On Tue, Support wrote:</div><blockquote>Did it help?</blockquote></div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Support</div><div>Did it help?</div>',
        '<div class="yahoo_quoted"><div>Did it help?</div></div>',
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>From: S</p></div></div><p>Did it help?</p>',
    ],
)
def test_quotes_marked_in_html_are_not_new(quote):
    page = read_page(f"<div>It works now.</div>{quote}")
    assert page.reply == "It works now."
    assert "Did it help?" in page.text


def test_words_below_a_marked_quote_are_new():
    assert read_page('<div class="gmail_quote">Old</div><p>New</p>').reply == "New"


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-02 10:11:12,345 <user@host> INFO took 12ms: ok:",
        "a@" * 190,
        "On 1 a@b <" * 38,
        "-" * 299,
        ">" * 5000,
        "On 1" * 70 + " wrote;:",
    ],
)
def test_hostile_and_long_texts_are_read_to_the_end(line):
    """A pattern that tries again and again would not come back from these."""
    text = "\n".join([line] * 20_000)
    assert without_quotes(text) is not None


def test_real_answers_are_cut_as_expected_nine_times_of_ten():
    if not SAMPLES.is_file():
        pytest.skip("the sample answers (../shared/data/mail/reply_extraction.jsonl) are not beside this checkout")
    samples = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    wrong = [sample["name"] for sample in samples if not as_expected(sample)]
    assert len(wrong) <= 0.06 * len(samples), wrong


def as_expected(sample: dict) -> bool:
    text = sample["input"].replace("\r\n", "\n")
    found = without_quotes(read_page(text).reply if sample["kind"] == "html" else text)
    if "signature kept" not in sample["convention"]:
        found = without_signature(found)
    return trimmed(found) == trimmed(sample["expected"])


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]
