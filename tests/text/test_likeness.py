"""What fits is suggested, and what merely shares a word is not."""

from __future__ import annotations

import pytest

from deskwright.text.likeness import Library

SHELF = {
    "password": (
        "Reset your password",
        "Forgot your password or cannot log in? Open the login page and choose *Forgot password*. The reset mail "
        "arrives within minutes; look in the spam folder as well.",
        "en",
    ),
    "invoice": (
        "Change the address on an invoice",
        "Open Billing, choose the invoice and correct the address or the VAT number. The invoice is issued again.",
        "en",
    ),
    "export": (
        "Export a report as a spreadsheet",
        "Open the report, choose Export, then CSV or Excel. Umlauts need the encoding UTF-8 in Excel.",
        "en",
    ),
    "rechnung": ("Anschrift auf der Rechnung ändern", "Unter Abrechnung die Rechnung öffnen und berichtigen.", "de"),
}


@pytest.fixture
def library() -> Library[str]:
    return Library(SHELF)


def keys(library: Library[str], subject: str, text: str, language: str | None = "en") -> list[str]:
    return [fit.key for fit in library.closest(subject, text, language, 3)]


@pytest.mark.parametrize(
    ("subject", "text", "best"),
    [
        ("Cannot log in", "The password reset mail never arrives, I looked in the spam folder.", "password"),
        ("Invoice with the wrong address", "Our invoice shows the old address and no VAT number.", "invoice"),
        ("Exporting reports", "How do I export our monthly report to Excel?", "export"),
    ],
)
def test_the_article_that_answers_comes_first(library: Library[str], subject: str, text: str, best: str) -> None:
    assert keys(library, subject, text)[0] == best


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Boards are slow", "Since this morning every board takes a minute to open for all of us."),
        ("Thank you", "Great service!"),
        ("", ""),
        ("Report", "Your driver was rude to me at the warehouse and I want to report him to his manager today."),
        ("🙂", "？！"),
    ],
)
def test_nothing_is_better_than_something_wrong(library: Library[str], subject: str, text: str) -> None:
    assert keys(library, subject, text) == []


def test_only_articles_in_the_language_of_the_text_fit(library: Library[str]) -> None:
    assert keys(library, "Rechnung mit falscher Anschrift", "Bitte die Anschrift der Rechnung ändern.", "de") == [
        "rechnung"
    ]
    assert keys(library, "Rechnung mit falscher Anschrift", "Bitte die Anschrift der Rechnung ändern.", "en") == []


def test_a_fit_names_the_words_that_met(library: Library[str]) -> None:
    (fit, *_) = library.closest("Reset my password", "Password reset fails", "en", 3)
    assert set(fit.words) >= {"passwo", "reset"}
    assert 0 < fit.share <= 1


def test_an_empty_library_suggests_nothing() -> None:
    assert Library[int]({}).closest("Reset my password", "", None, 3) == []
