"""Chats, calls, the next ticket, replies that wait, surveys and trials through the API: as on the pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import clock
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.lines import settings as lines
from deskwright.desk.lines import templates
from deskwright.store.models import Agent, AutomationRun, Call, Chat, HeldReply, Message, Notice, Survey, Ticket, Trial
from tests import factories
from tests.api.furnished import LINE
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import WORKFLOW, ask, numbers
from tests.api.test_tickets import desk as desk  # the fixture


@pytest.fixture
def call(desk: Running, now: datetime) -> Call:
    line, _secret = lines.connect(None, {**LINE, "sms": False, "whatsapp": False, "dial": ""}, now=now)
    return Call.objects.create(line=line, call_id="17", number="+4930987654", rang_at=clock.now())


def test_a_call_is_taken_tied_to_a_ticket_and_written_up(desk: Running, call: Call, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    assert [one["id"] for one in ask(desk, "GET", "/calls/now", None, "ada").json["calls"]] == [call.pk]
    assert ask(desk, "POST", f"/calls/{call.pk}/take", None, "ada").status == 200
    problem(ask(desk, "POST", f"/calls/{call.pk}/take", None, "ben"), 409, "conflict")
    assert ask(desk, "PUT", f"/calls/{call.pk}/ticket", {"ticket": ticket.pk}, "ada").json == {"ticket": ticket.pk}
    assert ask(desk, "POST", f"/calls/{call.pk}/note", {"text": "She was kind"}, "ada").json == {"ticket": ticket.pk}
    assert Message.objects.filter(ticket=ticket, kind="note", text="She was kind").exists()
    assert numbers(ask(desk, "GET", "/calls", None, "ada")) == [call.pk]
    problem(ask(desk, "GET", "/calls", None, "light"), 403, "forbidden")


def test_an_approved_template_is_offered_filled_in_and_sent_like_a_reply(desk: Running, now: datetime) -> None:
    line, _secret = lines.connect(None, {**LINE, "sms": False, "whatsapp": True, "dial": ""}, now=now)
    text = "Hello {{1}}, we have an answer."
    values = {"name": "ready", "language": "en", "text": text, "variables": {"1": "First name"}, "reference": ""}
    template = templates.keep(None, line.pk, None, values, now=now)
    ticket = factories.a_ticket(now, channel="whatsapp", requester=Person("+4930987654", "Ines", "phone"))
    Message.objects.filter(ticket=ticket).update(recipients={"from": "+4930987654", "line": line.pk})
    path = f"/tickets/{ticket.pk}/templates"

    (offered,) = ask(desk, "GET", path, None, "ada").json["templates"]
    assert (offered["id"], offered["places"]) == (template.pk, [{"name": "1", "about": "First name"}])
    problem(ask(desk, "POST", path, {"template": template.pk}, "ada"), 422, "invalid")
    sent = ask(desk, "POST", path, {"template": template.pk, "values": {"1": "Ines"}}, "ada")
    assert (sent.status, sent.json["text"]) == (201, "Hello Ines, we have an answer.")
    assert HeldReply.objects.get().template["values"] == {"1": "Ines"}
    problem(ask(desk, "POST", path, {"template": template.pk}, "light"), 403, "forbidden")


def test_a_chat_is_taken_answered_and_ended(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now, channel="chat")
    Chat.objects.create(ticket=ticket, visitor="v", started_at=now, here_at=clock.now())
    listed = ask(desk, "GET", "/chats", None, "ada").json["chats"]
    assert [(one["ticket"], one["there"]) for one in listed] == [(ticket.pk, True)]
    assert ask(desk, "GET", "/chats", None, "ben").json["chats"] == []
    path = f"/tickets/{ticket.pk}/chat"
    assert ask(desk, "POST", f"{path}/accept", None, "ada").status == 200
    assert ask(desk, "POST", f"{path}/answer", {"text": "Hello"}, "ada").status == 201
    problem(ask(desk, "POST", f"{path}/answer", {"text": "Hello"}, "light"), 403, "forbidden")
    assert ask(desk, "POST", f"{path}/end", {"solve": True}, "ada").status == 200
    assert Ticket.objects.get(pk=ticket.pk).status == "solved"


def test_an_agent_says_whether_they_take_chats(desk: Running) -> None:
    before = ask(desk, "GET", "/agents/me/chats", None, "ada").json
    changed = ask(desk, "PATCH", "/agents/me/chats", {"takes_chats": False, "sound": True}, "ada").json
    assert changed == {**before, "takes_chats": False, "sound": True}


def test_the_next_ticket_is_served_passed_over_and_given_up(desk: Running, now: datetime) -> None:
    assert ask(desk, "POST", "/tickets/next", None, "ada").json == {"ticket": None, "due_at": None}
    ticket = factories.a_ticket(now)
    assert ask(desk, "POST", "/tickets/next", None, "ada").json["ticket"] == ticket.pk
    problem(ask(desk, "POST", f"/tickets/{ticket.pk}/skip", {"reason": " "}, "ada"), 422, "invalid")
    assert ask(desk, "POST", f"/tickets/{ticket.pk}/skip", {"reason": "Too hard"}, "ada").status == 200
    assert ask(desk, "POST", "/tickets/next", None, "ada").json["ticket"] is None
    assert ask(desk, "DELETE", "/tickets/next", None, "ada").status == 200


def test_a_reply_waits_and_is_taken_back(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    later = (clock.now() + timedelta(hours=3)).isoformat()
    held = ask(desk, "POST", f"/tickets/{ticket.pk}/held-replies", {"text": "Soon", "leaves_at": later}, "ada")
    assert held.status == 201, held.body
    assert [one["id"] for one in ask(desk, "GET", "/held-replies", None, "ada").json["replies"]] == [held.json["id"]]
    path = f"/held-replies/{held.json['id']}"
    problem(ask(desk, "DELETE", path, None, "ben"), 409, "conflict")
    assert ask(desk, "DELETE", path, None, "ada").json == {"ticket": ticket.pk}
    assert not HeldReply.objects.exists()
    assert ask(desk, "GET", f"/tickets/{ticket.pk}/drafts/reply", None, "ada").json["text"] == "Soon"


def test_a_customer_is_written_to_and_a_ticket_given_to_another(desk: Running) -> None:
    wanted = {"email": "mina@harbor.example", "subject": "Your order", "text": "It is on its way."}
    made = ask(desk, "POST", "/tickets/outgoing", wanted, "ada")
    assert made.status == 201, made.body
    other = ask(desk, "POST", "/customers", {"email": "otto@harbor.example"}, "ada").json["id"]
    path = f"/tickets/{made.json['ticket']}"
    assert ask(desk, "PUT", f"{path}/requester", {"customer": other}, "ada").status == 200
    assert Ticket.objects.get(pk=made.json["ticket"]).customer_id == other
    problem(ask(desk, "PUT", f"{path}/requester", {"customer": 10**9}, "ada"), 404, "not_found")


def test_what_merging_would_do_is_told_and_not_done(desk: Running, now: datetime) -> None:
    first, second = (factories.a_ticket(now + timedelta(minutes=place)) for place in range(2))
    told = ask(desk, "POST", f"/tickets/{first.pk}/merge/preview", {"sources": [second.pk]}, "ada").json
    assert (told["target"], told["sources"]) == (first.pk, [second.pk])
    assert Ticket.objects.get(pk=second.pk).merged_into_id is None


def test_a_known_issue_is_said_and_withdrawn(desk: Running, now: datetime) -> None:
    path = f"/tickets/{factories.a_ticket(now).pk}/known-issue"
    assert ask(desk, "PUT", path, {"title": "Exports are slow"}).json["title"] == "Exports are slow"
    problem(ask(desk, "PUT", path, {"title": "No"}, "ada"), 403, "forbidden")
    assert ask(desk, "DELETE", path).status == 200
    problem(ask(desk, "GET", path), 404, "not_found")


def test_surveys_are_read_by_who_sees_their_ticket(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    values = {"name": "csat", "cycle": 0, "state": "answered", "due_at": now, "expires_at": now}
    survey = Survey.objects.create(ticket=ticket, csat=4, comment="Quick", **values)
    assert ask(desk, "GET", f"/surveys/{survey.pk}", None, "ada").json["csat"] == 4
    assert numbers(ask(desk, "GET", "/surveys?state=answered", None, "nobody")) == [survey.pk]
    assert numbers(ask(desk, "GET", "/surveys?state=sent")) == []
    problem(ask(desk, "GET", f"/surveys/{survey.pk}", None, "ben"), 404, "not_found")


def test_a_draft_is_tried_on_the_past_and_called_off(desk: Running, now: datetime) -> None:
    factories.a_ticket(now)
    made = ask(desk, "POST", "/trials", {"text": WORKFLOW})
    assert (made.status, made.json["state"]) == (201, "waiting")
    path = f"/trials/{made.json['id']}"
    assert ask(desk, "GET", path).json["text"] == WORKFLOW
    assert ask(desk, "POST", f"{path}/cancel").json["state"] == "cancelled"
    assert ask(desk, "DELETE", path).status == 200 and not Trial.objects.exists()
    problem(ask(desk, "POST", "/trials", {"text": "queues: 1"}), 422, "wrong_workflow")
    problem(ask(desk, "GET", "/trials", None, "ada"), 403, "forbidden")


def test_the_run_log_tells_what_automations_did(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    runs = [AutomationRun.objects.create(rule="Close", ticket=ticket, at=now, error=each) for each in ("", "It broke")]
    assert numbers(ask(desk, "GET", "/automations/runs?name=Close&failed=true")) == [runs[1].pk]
    assert ask(desk, "POST", "/automations/stop").json == {"stopped": []}
    problem(ask(desk, "GET", "/automations/runs", None, "ada"), 403, "forbidden")


def test_one_notice_is_read(desk: Running, now: datetime) -> None:
    ada = Agent.objects.get(name="Ada Quill")
    fresh = [Notice.objects.create(agent=ada, subject="Look", key=key, created_at=now) for key in "ab"]
    assert ask(desk, "POST", f"/notices/{fresh[0].pk}/read", None, "ada").json == {"read": 1}
    problem(ask(desk, "POST", f"/notices/{fresh[1].pk}/read", None, "ben"), 404, "not_found")
    assert Notice.objects.filter(read_at=None).count() == 1


def test_the_doctor_says_what_is_to_be_mended(desk: Running) -> None:
    found = ask(desk, "GET", "/doctor", None, "nobody").json["findings"]
    assert {"check", "severity", "says"} <= found[0].keys()
    problem(ask(desk, "GET", "/doctor", None, "lead"), 403, "forbidden")


def test_a_timer_runs_and_checklist_items_are_reworded(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    (entry,) = ask(desk, "PUT", f"/tickets/{ticket.pk}/timer", None, "ada").json["entries"]
    assert entry["ended_at"] is None
    assert ask(desk, "DELETE", f"/tickets/{ticket.pk}/timer", None, "ada").status == 200
    items = ask(desk, "POST", f"/tickets/{ticket.pk}/checklist", {"lines": ["A", "B"]}, "ada").json["items"]
    moved = ask(desk, "POST", f"/checklist/{items[1]['id']}/move", {"step": -1}, "ada").json["items"]
    assert [one["text"] for one in moved] == ["B", "A"]
    reworded = ask(desk, "PATCH", f"/checklist/{items[0]['id']}", {"text": "C"}, "ada").json["items"]
    assert [one["text"] for one in reworded] == ["B", "C"]


def test_a_reply_goes_to_whom_it_names_unless_the_customer_wrote_meanwhile(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    path = f"/tickets/{ticket.pk}/messages"
    seen = Message.objects.get(ticket=ticket).pk
    reply = {"kind": "reply", "text": "Done", "cc": ["otto@harbor.example"], "seen": seen}
    made = ask(desk, "POST", path, reply, "ada")
    assert made.status == 201, made.body
    assert Message.objects.get(pk=made.json["id"]).recipients["cc"] == ["otto@harbor.example"]
    told = ask(desk, "GET", f"/tickets/{ticket.pk}/recipients", None, "ada").json["recipients"]
    assert [(one["email"], one["removed"]) for one in told] == [("otto@harbor.example", False)]
    ask(desk, "POST", path, {"text": "One more thing"}, "nobody")
    problem(ask(desk, "POST", path, reply, "ada"), 409, "stale_reply")
    problem(ask(desk, "POST", path, {"kind": "note", "text": "A", "cc": ["a@b.example"]}, "ada"), 422, "invalid")
