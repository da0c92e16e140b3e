"""Tickets through the API: lists by condition and cursor, changes with their undo, what a token's agent may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from deskwright.api import limits, tokens
from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.buckets import Buckets
from deskwright.desk.tickets import changing
from deskwright.store import blobs
from deskwright.store.models import Message, Role, Ticket
from tests import factories
from tests.api.running import Answer, Running, running
from tests.api.test_front import make_token, problem

WORKFLOW = """
extends: nothing
fields: {amount: {type: number}}
queues: {technical: {team: technical}, billing: {team: billing}}
default_queue: technical
routing_rules: [{condition: "subject CONTAINS 'invoice'", action: {assign: {queue: billing}}}]
escalation_matrix: {tier_1: {timeout: 2h, conditions: [no_response], escalate_to: {queue: billing}}}
"""


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    limits.forget()
    workflows.publish(WORKFLOW, now=now)
    technical, billing = factories.a_team("technical"), factories.a_team("billing")
    make_token(now, "dw_lead", agent=factories.an_agent("Mira Lund", role="lead"))
    make_token(now, "dw_ada", agent=factories.an_agent("Ada Quill", teams=(technical,)))
    make_token(now, "dw_ben", agent=factories.an_agent("Ben Marsh", teams=(billing,)))
    make_token(now, "dw_light", agent=factories.an_agent("Lil Fern", role="light", teams=(technical,)))
    make_token(now, "dw_nobody")
    with running() as desk:
        yield desk
    tokens.forget()
    limits.forget()


def ask(desk: Running, method: str, path: str, body: Any = None, token: str = "lead", **headers: str) -> Answer:
    path, _, question = path.partition("?")
    return desk.request(method, f"/api/v1{path}", body, question, authorization=f"Bearer dw_{token}", **headers)


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [item["id"] for item in answer.json["items"]]


def three(now: datetime) -> list[Ticket]:
    subjects = ("An export", "An invoice", "Another export")
    return [factories.a_ticket(now + timedelta(minutes=place), subject=each) for place, each in enumerate(subjects)]


def test_a_list_is_read_page_by_page_until_its_end(desk: Running, now: datetime) -> None:
    tickets = three(now)
    first = ask(desk, "GET", "/tickets?limit=2")
    second = ask(desk, "GET", f"/tickets?limit=2&cursor={first.json['next']}")
    assert numbers(first) + numbers(second) == [ticket.pk for ticket in tickets]
    assert second.json["next"] is None


def test_a_list_by_last_change_goes_on_where_it_was_left(desk: Running, now: datetime) -> None:
    tickets = three(now)
    ask(desk, "PATCH", f"/tickets/{tickets[0].pk}", {"priority": "critical"})
    first = ask(desk, "GET", "/tickets?order=updated_at&limit=2")
    rest = ask(desk, "GET", f"/tickets?order=updated_at&cursor={first.json['next']}")
    assert numbers(first) + numbers(rest) == [tickets[1].pk, tickets[2].pk, tickets[0].pk]


def test_a_condition_of_the_language_chooses_tickets(desk: Running, now: datetime) -> None:
    tickets = three(now)
    where = urlencode({"where": "subject CONTAINS 'export' AND queue == 'technical'"})
    assert numbers(ask(desk, "GET", f"/tickets?{where}")) == [tickets[0].pk, tickets[2].pk]
    said = problem(ask(desk, "GET", "/tickets?where=categroy+%3D%3D+1"), 422, "wrong_condition")
    assert "did you mean category" in said["detail"]


@pytest.mark.parametrize(
    "question", ["cursor=nonsense", "cursor=WzEsMl0", "limit=0", "limit=x", "order=mood", "colour=red"]
)
def test_a_question_nobody_understands_is_a_problem(desk: Running, question: str) -> None:
    assert ask(desk, "GET", f"/tickets?{question}").status == 422


def test_each_token_sees_what_its_agent_sees(desk: Running, now: datetime) -> None:
    export, invoice, other = three(now)
    assert numbers(ask(desk, "GET", "/tickets", token="ada")) == [export.pk, other.pk]
    assert numbers(ask(desk, "GET", "/tickets", token="ben")) == [invoice.pk]
    assert len(numbers(ask(desk, "GET", "/tickets", token="nobody"))) == 3
    problem(ask(desk, "GET", f"/tickets/{invoice.pk}", token="ada"), 404, "not_found")
    problem(ask(desk, "PATCH", f"/tickets/{invoice.pk}", {"priority": "low"}, "ada"), 404, "not_found")
    problem(ask(desk, "PATCH", f"/tickets/{export.pk}", {"priority": "low"}, "light"), 403, "forbidden")
    problem(ask(desk, "PATCH", f"/tickets/{export.pk}", {"priority": "low"}, "nobody"), 403, "forbidden")


def test_a_change_comes_back_whole_and_is_taken_back(desk: Running, now: datetime) -> None:
    ticket = three(now)[0]
    changes = {"priority": "critical", "fields": {"amount": 7}, "tag": ["vip"]}
    made = ask(desk, "POST", "/changes", {"tickets": [ticket.pk], "changes": changes})
    seen = ask(desk, "GET", f"/tickets/{ticket.pk}").json
    assert (seen["priority"], seen["fields"]["amount"], seen["tags"]) == ("critical", 7, ["vip"])
    undone = ask(desk, "POST", "/changes/undo", {"events": made.json["events"]})
    assert undone.json == {"tickets": [ticket.pk]}
    assert ask(desk, "GET", f"/tickets/{ticket.pk}").json["tags"] == []


def test_a_ticket_as_the_client_knows_it_is_not_sent_again_nor_overwritten_when_it_is_another(
    desk: Running, now: datetime
) -> None:
    path = f"/tickets/{three(now)[0].pk}"
    tag = ask(desk, "GET", path).headers["etag"]
    assert ask(desk, "GET", path, if_none_match=tag).status == 304
    assert ask(desk, "PATCH", path, {"priority": "low"}, if_match=tag).status == 200
    refused = ask(desk, "PATCH", path, {"priority": "high"}, if_match=tag)
    problem(refused, 412, "changed_since")
    assert refused.headers["etag"] != tag


def test_nobody_slips_in_between_comparing_a_ticket_and_changing_it(
    desk: Running, now: datetime, live_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, change = three(now)[0].pk, changing.change
    path, slipped_in = f"/tickets/{ticket}", []

    def change_late(*given: Any, **more: Any) -> list[int]:
        with psycopg.connect(live_db, autocommit=True) as colleague:
            taken = "SELECT id FROM store_ticket WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
            slipped_in.extend(colleague.execute(taken, [ticket]).fetchall())
        return change(*given, **more)

    monkeypatch.setattr(changing, "change", change_late)
    tag = ask(desk, "GET", path).headers["etag"]
    assert ask(desk, "PATCH", path, {"priority": "low"}, if_match=tag).status == 200
    assert slipped_in == []


def test_every_wrong_field_of_a_change_is_named(desk: Running, now: datetime) -> None:
    body = {"priority": "huge", "assignee": "Ada", "colour": "red", "subject": None}
    said = problem(ask(desk, "PATCH", f"/tickets/{three(now)[0].pk}", body), 422, "invalid")
    assert {fault["pointer"] for fault in said["errors"]} == {"/priority", "/assignee", "/colour", "/subject"}


def test_the_ladder_by_hand_and_what_happened(desk: Running, now: datetime) -> None:
    ticket = three(now)[0]
    escalated = ask(desk, "POST", f"/tickets/{ticket.pk}/escalate", {"reason": "a big customer"})
    assert escalated.json["queue"] == "billing"
    kinds = [event["kind"] for event in ask(desk, "GET", f"/tickets/{ticket.pk}/events").json["events"]]
    assert kinds == ["ticket_opened", "escalated_by_hand"]


def test_tickets_are_found_by_words_and_people_are_listed(desk: Running, now: datetime) -> None:
    ticket = three(now)[1]
    assert [item["id"] for item in ask(desk, "GET", f"/search?q=%23{ticket.pk}").json["items"]] == [ticket.pk]
    names = {agent["name"] for agent in ask(desk, "GET", "/agents").json["items"]}
    assert names == {"Mira Lund", "Ada Quill", "Ben Marsh", "Lil Fern"}
    away = ask(desk, "PUT", "/agents/me/presence", {"available": False}, "ada")
    assert away.json["available"] is False


def test_a_workflow_is_tried_out_on_past_tickets(desk: Running, now: datetime) -> None:
    three(now)
    draft = WORKFLOW.replace("'invoice'", "'export'")
    report = ask(desk, "POST", "/workflow/simulate", {"text": draft}).json
    assert (report["tickets"], report["rerouted"]) == (3, 3)
    problem(ask(desk, "POST", "/workflow/simulate", {"text": "queus: {}"}), 422, "wrong_workflow")


def test_a_workflow_is_tried_out_with_simulated_people(desk: Running, now: datetime) -> None:
    asked = {"text": WORKFLOW, "staffed": True, "runs": 2, "seed": 5}
    tickets = three(now)
    problem(ask(desk, "POST", "/workflow/simulate", asked), 422, "invalid")
    replies.reply(factories.an_agent(role="lead"), tickets[0].pk, "Done.", now=now + timedelta(minutes=9))
    report = ask(desk, "POST", "/workflow/simulate", asked).json
    assert (report["tickets"], report["runs"], report["seed"], report["honesty"]) == (3, 2, 5, None)


def test_who_asks_too_often_is_told_when_to_ask_again(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_buckets", Buckets(1, 2))
    left = [ask(desk, "GET", "/teams").headers["ratelimit"] for _ in range(2)]
    refused = ask(desk, "GET", "/teams")
    problem(refused, 429, "too_many_requests")
    assert left == ['"minute";r=1', '"minute";r=0'] and int(refused.headers["retry-after"]) >= 1


def test_what_a_role_does_not_see_is_in_no_answer_about_tickets(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    email = ticket.customer.email
    veiled = factories.an_agent("Vic Rowan")
    veiled.custom_role = Role.objects.create(
        key="veiled", name="Veiled", grants={"tickets:see": "all"}, hidden=["customer.email"]
    )
    veiled.save()
    make_token(now, "dw_veiled", agent=veiled)
    for path in ("/tickets", f"/tickets/{ticket.pk}"):
        assert email.encode() in ask(desk, "GET", path).body
        answer = ask(desk, "GET", path, token="veiled")
        assert answer.status == 200 and email.encode() not in answer.body, path


def test_who_does_not_see_a_ticket_gets_none_of_its_files(desk: Running, now: datetime) -> None:
    where = {"name": "plan.txt", "content_type": "text/plain", "size": 4, "sha256": blobs.put(b"plan")}
    export, invoice, _ = (Message.objects.get(ticket=one).attachments.create(**where) for one in three(now))

    assert ask(desk, "GET", f"/attachments/{export.pk}", token="ada").body == b"plan"
    problem(ask(desk, "GET", f"/attachments/{invoice.pk}", token="ada"), 404, "not_found")
