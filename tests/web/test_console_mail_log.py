"""The mail log: every mail stands there with what became of it, and the way back is one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk.arriving import brakes, intake
from deskwright.desk.staff import people
from deskwright.store.models import Agent, AuditEntry, Delivery, RawInput, Ticket

SignIn = Callable[[Agent], Client]
MAIL = b"From: Mina <Mina@Harbor.example>\r\nSubject: Export\r\nMessage-ID: <e1@harbor.example>\r\n\r\nIt is empty.\r\n"
AWAY = (
    b"From: tom@harbor.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <a1@x>\r\n\r\nAway.\r\n"
)
NOBODY = b"Subject: <b>Who</b>\r\nMessage-ID: <n1@x>\r\n\r\n<script>alert(1)</script>\r\n"


@pytest.fixture
def client(admin: Agent, signed_in: SignIn) -> Client:
    return signed_in(admin)


@pytest.fixture
def inputs(admin: Agent, now: datetime) -> list[int]:
    numbers = [
        intake.journal("email", {"to": ["support@desk.example"]}, body, now - timedelta(minutes=9))
        for body in (MAIL, AWAY, NOBODY)
    ]
    intake.work_off(now)
    return numbers


def page(client: Client, query: str = "") -> str:
    return client.get(f"/console/mail-log/{query}").content.decode()


def test_every_mail_stands_there_with_what_became_of_it(client: Client, inputs: list[int]) -> None:
    ticket = RawInput.objects.get(pk=inputs[0]).ticket_id
    found = page(client)

    assert "mina@harbor.example" in found
    assert f'href="/tickets/{ticket}/"' in found
    assert "automatic mail that answers nothing here" in found
    assert "&lt;b&gt;Who&lt;/b&gt;" in found


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("?q=MINA@harbor.example", {"Export"}),
        ("?q=harbor", {"Export", "Away"}),
        ("?q=e1@harbor.example", {"Export"}),
        ("?q=%3Ca1@x%3E", {"Away"}),
        ("?q=expo", {"Export"}),
        ("?state=quarantined", {"Away", "Who"}),
        ("?q=nobody", set()),
    ],
)
def test_it_is_searched_by_address_message_id_and_subject(
    client: Client, inputs: list[int], query: str, subjects: set[str]
) -> None:
    found = page(client, query)

    assert {word for word in ("Export", "Away", "Who") if f"{word}<" in found or f"{word}&lt;" in found} == subjects


def test_what_was_set_aside_is_taken_in_by_a_click_and_never_acknowledged(client: Client, inputs: list[int]) -> None:
    sent = Delivery.objects.count()

    client.post(f"/console/mail-log/{inputs[1]}/take-in/")
    client.post(f"/console/mail-log/{inputs[2]}/take-in/", {"author": "kim@harbor.example"})

    assert [RawInput.objects.get(pk=number).disposition for number in inputs[1:]] == ["ticket", "ticket"]
    assert Ticket.objects.filter(customer__email="kim@harbor.example").exists()
    assert Delivery.objects.count() == sent
    assert AuditEntry.objects.filter(action="mail.taken_in").count() == 2


def test_a_storm_is_taken_in_by_a_click(client: Client, inputs: list[int], now: datetime) -> None:
    mails = [MAIL.replace(b"e1@", b"s%d@" % number) for number in range(brakes.ALIKE + 3)]
    numbers = intake.journal_many("email", [({}, mail) for mail in mails], now)
    intake.work_off(now)
    assert "of this storm" not in page(client, f"{inputs[1]}/")
    last = RawInput.objects.filter(state="quarantined").latest("id").pk
    storm = RawInput.objects.filter(pk__in=numbers, state="quarantined").count()

    assert f"Take in all {storm} mails of this storm" in page(client, f"{last}/")
    answer = client.post(f"/console/mail-log/{last}/take-in-storm/", follow=True).content.decode()

    assert f"{storm} mails are taken in" in answer
    assert not RawInput.objects.filter(pk__in=numbers).exclude(state="done").exists()
    (entry,) = AuditEntry.objects.filter(action="mail.taken_in")
    assert entry.subject == f"mail {last}"


def test_a_duplicate_is_taken_in_where_somebody_insists(client: Client, inputs: list[int], now: datetime) -> None:
    again = intake.journal("email", {}, b"X-Again: 1\r\n" + MAIL, now)
    intake.work_off(now)
    assert RawInput.objects.get(pk=again).disposition == "duplicate"

    client.post(f"/console/mail-log/{again}/take-in/")

    assert RawInput.objects.get(pk=again).disposition == "ticket"


def test_a_mail_that_was_taken_in_is_not_taken_in_twice(client: Client, inputs: list[int]) -> None:
    answer = client.post(f"/console/mail-log/{inputs[0]}/take-in/", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert Ticket.objects.count() == 1


def test_a_wrong_author_is_said_beside_its_field_and_nothing_is_taken_in(client: Client, inputs: list[int]) -> None:
    answer = client.post(f"/console/mail-log/{inputs[2]}/take-in/", {"author": "mina at harbor"})

    assert answer.status_code == 422
    assert 'value="mina at harbor"' in answer.content.decode()
    assert RawInput.objects.get(pk=inputs[2]).state == "quarantined"


def test_the_source_is_a_file_and_taking_it_is_noted(client: Client, inputs: list[int]) -> None:
    answer = client.get(f"/console/mail-log/{inputs[2]}/source/")

    assert answer.content == NOBODY
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{inputs[2]}.eml"'
    assert AuditEntry.objects.filter(action="mail.source").count() == 1


def test_one_mail_shows_what_was_read_and_runs_nothing(client: Client, inputs: list[int]) -> None:
    found = page(client, f"{inputs[2]}/")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found
    assert "<script>alert" not in found
    assert "the mail names no sender" in found
    assert 'name="author"' in found


def test_only_who_manages_mail_looks(desk: None, ada: Agent, signed_in: SignIn, inputs: list[int]) -> None:
    for url in ("", f"{inputs[0]}/", f"{inputs[0]}/source/"):
        assert signed_in(ada).get(f"/console/mail-log/{url}").status_code == 403
    assert page(signed_in(people.add_agent("Nils", "nils@desk.example", role="admin")), "999999/").count("404") >= 1


def test_the_number_of_statements_does_not_grow_with_the_list(
    client: Client, inputs: list[int], now: datetime, statements: Callable[[], object]
) -> None:
    def counted() -> int:
        with statements() as seen:  # type: ignore[attr-defined]
            page(client)
        return len(seen)

    few = counted()
    for number in range(30):
        intake.journal("email", {}, MAIL.replace(b"e1@", b"e%d@" % (number + 10)), now)
    intake.work_off(now)

    assert counted() == few
