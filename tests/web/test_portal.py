"""The customers' form: a question becomes a ticket, and nothing that was typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from deskwright.desk import clock, workflows
from deskwright.store import blobs
from deskwright.store.models import Attachment, Message, Ticket
from deskwright.web.portal import visitors

GOOD = {
    "name": "Mina Holt",
    "email": "mina@harbor.example",
    "subject": "The export stops",
    "category": "technical",
    "text": "It stops at 50 %.\r\nSince Monday.",
}


@pytest.fixture(autouse=True)
def quiet_visitors(db: str) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client()


def send(visitor: Client, **changes: Any) -> HttpResponse:
    return visitor.post("/help/new", GOOD | changes)


def page(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_anybody_may_see_the_form(visitor: Client) -> None:
    answer = visitor.get("/help/new")

    assert answer.status_code == 200
    assert "How can we help?" in page(answer)
    assert 'name="csrfmiddlewaretoken"' in page(answer)


def test_a_question_becomes_a_ticket_and_its_number_is_told(visitor: Client) -> None:
    answer = send(visitor)

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel) == ("The export stops", "portal")
    assert (ticket.customer.email, ticket.customer.name) == ("mina@harbor.example", "Mina Holt")
    assert Message.objects.get(kind="customer").text == "It stops at 50 %.\nSince Monday."
    assert answer.status_code == 302
    thanks = page(visitor.get(answer["Location"]))
    assert f"#{ticket.pk}" in thanks
    assert "mina@harbor.example" in thanks


@pytest.mark.parametrize(
    ("language", "written"), [("fr", r"d’ici \d\d/\d\d/\d{4}, \d\d:\d\d"), ("en", r"by \w+day \d+ \w+, ")]
)
def test_the_promised_moment_is_written_as_the_page_s_language_does(
    visitor: Client, now: datetime, language: str, written: str
) -> None:
    workflows.publish("workflow: P\nqueues: {a: {}}\nsla_matrix: {'any, any': {first_response: 4h}}\n", now=now)

    thanks = page(visitor.get(send(visitor)["Location"], headers={"accept-language": language}))

    assert re.search(written, thanks)


def test_files_are_kept_with_the_message(visitor: Client) -> None:
    files = [SimpleUploadedFile("log.txt", b"line", "text/plain"), SimpleUploadedFile("shot.png", b"\x89PNG")]

    send(visitor, attachments=files)

    kept = {one.name: blobs.get(one.sha256) for one in Attachment.objects.all()}
    assert kept == {"log.txt": b"line", "shot.png": b"\x89PNG"}


def test_too_many_files_are_refused_and_the_text_stays(visitor: Client) -> None:
    answer = send(visitor, attachments=[SimpleUploadedFile(f"{number}.txt", b"x") for number in range(6)])

    assert answer.status_code == 422
    assert "at most 5 files" in page(answer)
    assert "It stops at 50 %." in page(answer)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": ""}, "We need an address to answer to."),
        ({"email": "mina"}, "This is not a complete email address."),
        ({"subject": " "}, "A few words are enough."),
        ({"text": ""}, "Please tell us what happened."),
        ({"category": "nonsense"}, "not one of the available choices"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(visitor: Client, change: dict[str, str], sentence: str) -> None:
    answer = send(visitor, **change)

    assert answer.status_code == 422
    assert sentence in page(answer)
    (name,) = change
    assert re.search(rf'id="id_{name}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="id_{name}"', page(answer))
    assert re.search(rf'aria-describedby="[^"]*id_{name}-problem', page(answer))
    assert not Ticket.objects.exists()


def test_a_program_that_fills_in_everything_is_asked_again_in_the_open(visitor: Client) -> None:
    answer = send(visitor, website="https://spam.example")

    assert answer.status_code == 422
    assert "Please leave this field empty" in page(answer)
    assert 'class="trap"' not in page(answer)
    assert not Ticket.objects.exists()


def test_a_form_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert send(strict).status_code == 403
    assert not Ticket.objects.exists()


def test_many_questions_from_one_address_have_to_wait(
    visitor: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    answers = [send(visitor) for _ in range(visitors.QUESTIONS + 1)]

    assert [answer.status_code for answer in answers] == [302] * visitors.QUESTIONS + [429]
    assert answers[-1]["Retry-After"] == "600"
    assert "It stops at 50 %." in page(answers[-1])
    assert visitor.post("/help/new", GOOD, REMOTE_ADDR="192.0.2.7").status_code == 302
    monkeypatch.setattr(clock, "now", lambda: now + visitors.WINDOW + timedelta(seconds=1))
    assert send(visitor).status_code == 302


def test_a_made_up_receipt_shows_nothing(visitor: Client) -> None:
    assert visitor.get("/help/thanks/eyJuIjo3fQ:made:up").status_code == 404


def test_markup_in_a_question_is_shown_as_text(visitor: Client) -> None:
    answer = send(visitor, text='</textarea><script>alert("x")</script>', email="")

    assert "<script>alert" not in page(answer)


def test_the_same_sheet_sent_twice_is_one_question(visitor: Client) -> None:
    sheet = re.search(r'name="sheet" value="([^"]+)"', page(visitor.get("/help/new")))
    assert sheet

    first, again = send(visitor, sheet=sheet[1]), send(visitor, sheet=sheet[1])

    assert (first.status_code, again.status_code) == (302, 302)
    assert Ticket.objects.count() == 1
    told = [re.findall(r"#\d+", page(visitor.get(answer["Location"]))) for answer in (first, again)]
    assert told[0] == told[1]


def test_a_sheet_sent_again_with_other_words_is_another_question(visitor: Client) -> None:
    send(visitor, sheet="s" * 22)

    assert send(visitor, sheet="s" * 22, text="Another matter.").status_code == 302
    assert Ticket.objects.count() == 2
