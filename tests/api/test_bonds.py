"""Links, splitting, one answer to all incidents, putting aside and following, through the API."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskwright.desk import clock
from deskwright.engine.values import STATUSES
from deskwright.store.models import Agent, Follower, HeldReply, Message, Ticket
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask, three
from tests.api.test_tickets import desk as desk  # the fixture


def test_a_link_is_seen_from_both_sides_and_taken_away(desk: Running, now: datetime) -> None:
    first, _, other = three(now)

    made = ask(desk, "POST", f"/tickets/{first.pk}/links", {"other": other.pk, "kind": "child"})

    assert made.status == 201
    (below,) = ask(desk, "GET", f"/tickets/{first.pk}/links").json["links"]
    (above,) = ask(desk, "GET", f"/tickets/{other.pk}/links").json["links"]
    assert (below["other"], below["kind"], below["below"]) == (other.pk, "child", True)
    assert (above["other"], above["below"], above["subject"]) == (first.pk, False, first.subject)
    problem(ask(desk, "POST", f"/tickets/{other.pk}/links", {"other": first.pk, "kind": "child"}), 409, "conflict")
    problem(ask(desk, "POST", f"/tickets/{first.pk}/links", {"other": first.pk, "kind": "related"}), 422, "invalid")

    assert ask(desk, "DELETE", f"/links/{made.json['id']}").json == {"id": made.json["id"]}
    assert ask(desk, "GET", f"/tickets/{first.pk}/links").json == {"links": []}
    problem(ask(desk, "DELETE", f"/links/{made.json['id']}"), 404, "not_found")


def test_messages_become_a_ticket_of_their_own(desk: Running, now: datetime) -> None:
    ticket = three(now)[0]
    said = ask(desk, "POST", f"/tickets/{ticket.pk}/messages", {"text": "And the invoice is wrong."}).json["id"]

    made = ask(desk, "POST", f"/tickets/{ticket.pk}/split", {"messages": [said], "subject": "Wrong invoice"})

    assert made.status == 201
    assert Ticket.objects.get(pk=made.json["id"]).subject == "Wrong invoice"
    assert Message.objects.get(pk=said).ticket_id == made.json["id"]
    opening = Message.objects.filter(ticket=ticket).earliest("pk").pk
    problem(ask(desk, "POST", f"/tickets/{ticket.pk}/split", {"messages": [opening]}), 422, "invalid")


def test_all_incidents_of_a_problem_get_one_answer(desk: Running, now: datetime) -> None:
    cause, _, incident = three(now)
    ask(desk, "POST", f"/tickets/{incident.pk}/links", {"other": cause.pk, "kind": "incident"})
    here = f"/tickets/{cause.pk}/broadcast"

    (letter,) = ask(desk, "POST", here + "/preview", {"text": "It works again."}).json["letters"]
    assert (letter["ticket"], letter["text"], letter["gaps"]) == (incident.pk, "It works again.", [])
    sent = ask(desk, "POST", here, {"text": "It works again.", "tickets": [incident.pk], "solve": True})

    (held,) = sent.json["held"]
    assert HeldReply.objects.get(pk=held).ticket_id == incident.pk
    problem(ask(desk, "POST", here, {"text": "Once more.", "tickets": [cause.pk]}), 422, "invalid")


def test_a_ticket_is_put_aside_called_back_and_followed(desk: Running, now: datetime) -> None:
    ticket = three(now)[0]
    later = (clock.now() + timedelta(days=1)).isoformat()

    assert ask(desk, "PUT", f"/tickets/{ticket.pk}/snooze", {"until": later}).status == 200
    assert Ticket.objects.get(pk=ticket.pk).snoozed_until is not None
    assert ask(desk, "DELETE", f"/tickets/{ticket.pk}/snooze").status == 200
    problem(ask(desk, "DELETE", f"/tickets/{ticket.pk}/snooze"), 409, "conflict")
    problem(ask(desk, "PUT", f"/tickets/{ticket.pk}/snooze", {"until": "2020-01-01T00:00:00Z"}), 422, "invalid")

    assert ask(desk, "PUT", f"/tickets/{ticket.pk}/follow").status == 200
    assert Follower.objects.get(ticket=ticket).agent == Agent.objects.get(role="lead")
    assert ask(desk, "DELETE", f"/tickets/{ticket.pk}/follow").status == 200
    assert not Follower.objects.exists()


def test_what_tickets_can_be_is_told_by_the_live_workflow(desk: Running, now: datetime) -> None:
    three(now)

    known = ask(desk, "GET", "/vocabulary").json

    assert known["priorities"] == ["low", "medium", "high", "critical"]
    assert {status["category"] for status in known["statuses"]} <= set(STATUSES)
    assert all(queue["name"] for queue in known["queues"])
    assert ask(desk, "GET", "/tags").json == {"tags": []}
