"""The mark that names a thread within the HTML of our mails."""

from __future__ import annotations

import pytest

from deskwright.channels.email.marks import marked, marks_in, unmarked
from deskwright.channels.email.parse import parse
from deskwright.channels.email.threads import MARKED, read_reply_address, thread_token, verify_thread_token

TOKEN = thread_token("a secret", 12, MARKED)


@pytest.mark.parametrize(
    ("html", "begins", "ends"),
    [
        ("<p>Hi</p>", "<p>Hi</p><div", "</div>"),
        ("<html><BODY>Hi</BODY></html>", "<html><BODY>Hi<div", "</div></BODY></html>"),
    ],
)
def test_it_stands_at_the_end_of_the_page_and_is_read_back(html: str, begins: str, ends: str) -> None:
    page = marked(html, TOKEN)

    assert page.startswith(begins) and page.endswith(ends)
    assert [verify_thread_token("a secret", one, MARKED) for one in marks_in(page.upper())] == [12]
    assert TOKEN not in unmarked(page)


def test_a_mark_is_no_address_to_answer_to() -> None:
    """Whoever is forwarded one of our mails finds it in the page."""
    assert read_reply_address(f"support+{TOKEN}@desk.example", "a secret") is None


def test_of_many_marks_the_first_are_read() -> None:
    assert len(marks_in(f"{{#dw:{TOKEN}#}}" * 1000)) == 20


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_an_answer_tells_the_marks_it_quotes_and_shows_none(kind: str) -> None:
    mail = parse(f"From: a@x.example\nContent-Type: text/{kind}\n\nYes.\n> Well? {{#dw:{TOKEN}#}}\n".encode())

    assert mail.marks == (TOKEN,)
    assert "dw:" not in mail.text + (mail.html or "")
