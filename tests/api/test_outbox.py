"""Mails and suppressed addresses through the API: the same deeds as on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskwright.store.models import Delivery
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture


def a_mail(now: datetime, number: int, **known: Any) -> Delivery:
    content = {"from": "support@desk.example", "to": "mina@harbor.example", "subject": "Hello", "text": "It works."}
    mail_id = f"<{number}@desk.example>"
    return Delivery.objects.create(
        recipient="mina@harbor.example", mail_id=mail_id, content=content, created_at=now, **known
    )


def test_a_mail_is_listed_sent_again_to_another_address_and_given_up(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now, channel="email")
    mail = a_mail(now, 1, ticket_id=ticket.pk, state="failed", last_error="550 no such user")

    (listed,) = ask(desk, "GET", "/deliveries?state=failed").json["items"]
    assert (listed["id"], listed["ticket"], listed["message_id"]) == (mail.pk, ticket.pk, mail.mail_id)
    problem(ask(desk, "POST", f"/deliveries/{mail.pk}/resend", {"to": "nobody"}), 422, "invalid")
    again = ask(desk, "POST", f"/deliveries/{mail.pk}/resend", {"to": "kim@harbor.example"}).json
    assert (again["recipient"], again["state"], again["again_of"]) == ("kim@harbor.example", "due", mail.pk)
    assert ask(desk, "POST", f"/deliveries/{again['id']}/give-up").json["state"] == "cancelled"
    problem(ask(desk, "POST", f"/deliveries/{again['id']}/give-up"), 409, "conflict")
    problem(ask(desk, "POST", "/deliveries/999999/resend", {}), 404, "not_found")


def test_mails_come_in_pages(desk: Running, now: datetime) -> None:
    for number in range(3):
        a_mail(now, number, state="sent")
    first = ask(desk, "GET", "/deliveries?limit=2").json
    second = ask(desk, "GET", f"/deliveries?limit=2&cursor={first['next']}").json
    seen = [one["id"] for one in (*first["items"], *second["items"])]
    assert len(seen) == len(set(seen)) >= 3


def test_an_address_is_put_on_the_list_found_and_lifted(desk: Running) -> None:
    made = ask(desk, "POST", "/suppressions", {"address": "Press@Harbor.example", "detail": "They asked."})
    assert made.status == 201 and made.json["address"] == "press@harbor.example"
    problem(ask(desk, "POST", "/suppressions", {"address": "press@harbor.example"}), 422, "invalid")
    assert [one["id"] for one in ask(desk, "GET", "/suppressions?q=press").json["items"]] == [made.json["id"]]
    assert ask(desk, "GET", "/suppressions?because=bounce").json["items"] == []
    lifted = ask(desk, "DELETE", f"/suppressions/{made.json['id']}")
    assert lifted.json == {"address": "press@harbor.example"}
    problem(ask(desk, "DELETE", f"/suppressions/{made.json['id']}"), 404, "not_found")


def test_agents_without_the_right_see_none_of_it(desk: Running) -> None:
    problem(ask(desk, "GET", "/deliveries", None, "ada"), 403, "forbidden")
    problem(ask(desk, "POST", "/suppressions", {"address": "x@y.example"}, "ada"), 403, "forbidden")
