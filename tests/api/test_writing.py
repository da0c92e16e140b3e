"""Macros, views and drafts through the API: what agents write for themselves and for others."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlencode

from deskwright.store.models import Ticket
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask, numbers
from tests.api.test_tickets import desk as desk  # the fixture

THANKS = {
    "name": "Thanks",
    "texts": {"": "Thank you.", "nl": "Bedankt."},
    "actions": {"priority": "high", "tag": ["a"]},
}


def test_a_macro_is_written_changed_put_away_and_taken_out(desk: Running) -> None:
    made = ask(desk, "POST", "/macros", THANKS)
    assert (made.status, made.json["actions"]) == (201, {"priority": "high", "tag": ["a"]})
    path = f"/macros/{made.json['id']}"
    changed = ask(desk, "PATCH", path, {"note": "Be kind"}).json
    assert (changed["note"], changed["texts"]) == ("Be kind", THANKS["texts"])
    assert ask(desk, "DELETE", path).status == 200
    assert numbers(ask(desk, "GET", "/macros")) == []
    assert numbers(ask(desk, "GET", "/macros?put_away=true")) == [made.json["id"]]
    assert ask(desk, "POST", f"{path}/restore").json["archived_at"] is None


def test_an_agent_writes_macros_of_their_own_and_shares_none(desk: Running) -> None:
    problem(ask(desk, "POST", "/macros", THANKS, "ada"), 403, "forbidden")
    own = ask(desk, "POST", "/macros", {**THANKS, "personal": True}, "ada")
    assert own.status == 201 and own.json["owner"] is not None
    problem(ask(desk, "PATCH", f"/macros/{own.json['id']}", {"personal": False}, "ada"), 403, "forbidden")
    problem(ask(desk, "GET", f"/macros/{own.json['id']}", None, "ben"), 404, "not_found")


def test_a_macro_that_cannot_be_is_refused_by_what_is_wrong(desk: Running) -> None:
    said = problem(ask(desk, "POST", "/macros", {"name": "A", "actions": {"queue": "moon"}}), 422, "invalid")
    assert said["errors"][0]["pointer"] == "/queue"
    problem(ask(desk, "POST", "/macros", {"name": "A", "texts": {"": "{{ requester.moon }}"}}), 422, "invalid")
    problem(ask(desk, "POST", "/macros", {**THANKS, "team": 10**9}), 422, "invalid")


def test_what_a_macro_did_is_taken_back(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    macro = ask(desk, "POST", "/macros", {"name": "Up", "actions": {"priority": "critical"}}).json["id"]
    used = ask(desk, "POST", f"/macros/{macro}/apply", {"tickets": [ticket.pk]}).json
    undone = ask(desk, "POST", "/macros/undo", {"events": used["events"], "held": used["held"]})
    assert undone.json == {"tickets": [ticket.pk]}
    assert Ticket.objects.get(pk=ticket.pk).priority == ticket.priority


def test_a_view_tells_its_tickets_in_its_order(desk: Running, now: datetime) -> None:
    found = [factories.a_ticket(now, subject=each) for each in ("An export", "A bill", "Another export")]
    wanted = {"name": "Exports", "condition": "subject CONTAINS 'export'", "sort": "created"}
    view = ask(desk, "POST", "/views", wanted).json
    first = ask(desk, "GET", f"/views/{view['id']}/tickets?limit=1")
    second = ask(desk, "GET", f"/views/{view['id']}/tickets?limit=1&cursor={quote(first.json['next'])}")
    assert {*numbers(first), *numbers(second)} == {found[0].pk, found[2].pk}
    assert second.json["next"] is None
    problem(ask(desk, "GET", f"/views/{view['id']}/tickets", None, "ben"), 404, "not_found")


def test_a_shared_view_shows_each_what_they_may_see(desk: Running, now: datetime) -> None:
    factories.a_ticket(now, subject="An export")
    wanted = {"name": "All", "condition": "subject CONTAINS 'export'", "audience": "everybody"}
    view = ask(desk, "POST", "/views", wanted).json
    assert numbers(ask(desk, "GET", f"/views/{view['id']}/tickets", None, "ben")) == []
    problem(ask(desk, "POST", f"/views/{view['id']}/move", {"to": "up"}, "ben"), 403, "forbidden")
    assert ask(desk, "POST", f"/views/{view['id']}/move", {"to": "up"}).status == 200


def test_a_draft_is_its_agents_own(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    path = f"/tickets/{ticket.pk}/drafts/reply"
    assert ask(desk, "PUT", path, {"text": "Dear Mina"}, "ada").json["text"] == "Dear Mina"
    assert [one["ticket"] for one in ask(desk, "GET", "/drafts", None, "ada").json["items"]] == [ticket.pk]
    problem(ask(desk, "GET", path, None, "lead"), 404, "not_found")
    problem(ask(desk, "PUT", path, {"text": "No"}, "light"), 403, "forbidden")
    problem(ask(desk, "PUT", f"/tickets/{ticket.pk}/drafts/poem", {"text": "No"}, "ada"), 404, "not_found")
    assert ask(desk, "DELETE", path, None, "ada").status == 200
    problem(ask(desk, "GET", path, None, "ada"), 404, "not_found")


def test_a_search_tells_what_it_did_not_understand(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now, subject="An export")
    found = ask(desk, "GET", f"/search?{urlencode({'q': f'#{ticket.pk}'})}", None, "ada").json
    assert [one["id"] for one in found["items"]] == [ticket.pk] and found["faults"] == []
    said = ask(desk, "GET", "/search?q=export+queue:moon", None, "ada").json["faults"]
    assert [fault["piece"] for fault in said] == ["queue:moon"]
    assert ask(desk, "GET", f"/search?q={ticket.pk}", None, "ben").json["items"] == []
