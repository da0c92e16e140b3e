"""Requests that come again, and things that have changed since: the same headers for every route."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import datetime
from typing import Any

import pytest

from deskwright.api.repeats import REPLAYED, once
from deskwright.api.routing import Answer
from deskwright.api.things import Things
from deskwright.desk.arriving.arrivals import Key
from deskwright.engine.saying import _
from deskwright.store.models import ApiToken, ChecklistItem, DeskSettings, IdempotencyKey, Message, Role, Team
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_roles import NIGHT
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture

NEW = {"key": "night", "name": "Night watch"}


def test_a_deed_that_is_asked_for_again_is_done_once(desk: Running) -> None:
    first = ask(desk, "POST", "/teams", NEW, "nobody", idempotency_key="t-1")
    again = ask(desk, "POST", "/teams", NEW, "nobody", idempotency_key="t-1")
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert again.headers["idempotent-replayed"] == "true" and again.headers["location"] == first.headers["location"]
    assert Team.objects.filter(key="night").count() == 1


def test_a_key_is_bound_to_what_was_asked_under_it(desk: Running, now: datetime) -> None:
    ask(desk, "POST", "/teams", NEW, "nobody", idempotency_key="t-1")
    problem(ask(desk, "POST", "/teams", {**NEW, "name": "Day"}, "nobody", idempotency_key="t-1"), 422, "invalid")
    problem(ask(desk, "POST", "/roles", {"name": "Night"}, "nobody", idempotency_key="t-1"), 422, "invalid")
    ticket = {"subject": "Exports", "requester": {"email": "mina@harbor.example"}}
    problem(ask(desk, "POST", "/tickets", ticket, "nobody", idempotency_key="t-1"), 422, "invalid")


def test_a_refusal_does_not_use_the_key_up(desk: Running) -> None:
    problem(ask(desk, "POST", "/teams", {**NEW, "key": "Night!"}, "nobody", idempotency_key="t-1"), 422, "invalid")
    assert ask(desk, "POST", "/teams", NEW, "nobody", idempotency_key="t-1").status == 201


def test_what_is_kept_for_a_repetition_cannot_be_read(desk: Running) -> None:
    wanted = {"name": "Shop", "scopes": ["tickets:write"]}
    made = ask(desk, "POST", "/tokens", wanted, "nobody", idempotency_key="k")
    assert made.json["secret"] not in str(IdempotencyKey.objects.get().answer)
    assert ask(desk, "POST", "/tokens", wanted, "nobody", idempotency_key="k").json == made.json


def test_a_sentence_is_the_same_text_when_it_is_told_again(desk: Running, now: datetime) -> None:
    key = Key(ApiToken.objects.latest("id").pk, "s-1", "0" * 64)
    told = [once(key, lambda: Answer({"because": _("closed by %(who)s", who="Mina")}, 201)) for _turn in range(2)]
    assert [each.content for each in told] == [{"because": "closed by Mina"}] * 2
    assert told[1].headers == REPLAYED and type(told[1].content["because"]) is str


@pytest.mark.parametrize("kind", ["customer", "note"])
def test_a_message_is_added_once(desk: Running, now: datetime, kind: str) -> None:
    path = f"/tickets/{factories.a_ticket(now).pk}/messages"
    told = [ask(desk, "POST", path, {"text": "Hello", "kind": kind}, idempotency_key="m-1") for _ in range(2)]
    assert told[0].json == told[1].json and told[0].json["id"] is not None
    assert told[1].headers["idempotent-replayed"] == "true"
    assert Message.objects.filter(text="Hello").count() == 1


def test_a_thing_is_sent_again_only_when_it_has_changed(desk: Running) -> None:
    path = f"/teams/{Team.objects.get(key='billing').pk}"
    shown = ask(desk, "GET", path, None, "nobody")
    assert ask(desk, "GET", path, None, "nobody", if_none_match=shown.headers["etag"]).status == 304
    ask(desk, "PATCH", path, {"name": "Money"}, "nobody")
    assert ask(desk, "GET", path, None, "nobody", if_none_match=shown.headers["etag"]).status == 200


def test_nothing_is_changed_that_has_changed_since(desk: Running) -> None:
    path = f"/teams/{Team.objects.get(key='billing').pk}"
    known = ask(desk, "GET", path, None, "nobody").headers["etag"]
    assert ask(desk, "PATCH", path, {"name": "Money"}, "nobody", if_match=known).status == 200
    said = ask(desk, "PATCH", path, {"name": "Cash"}, "nobody", if_match=known)
    problem(said, 412, "changed_since")
    assert ask(desk, "DELETE", path, None, "nobody", if_match=known).status == 412
    assert ask(desk, "DELETE", path, None, "nobody", if_match=said.headers["etag"]).status == 200


def test_a_condition_is_never_left_unheard(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now).pk
    refused = (
        ("PUT", "/mail/limits", {"per_minute": 5}, "nobody"),
        ("POST", "/teams", NEW, "nobody"),
        ("POST", f"/tickets/{ticket}/messages", {"text": "Hello", "kind": "note"}, "lead"),
        ("POST", "/tickets", {"subject": "A", "requester": {"email": "m@harbor.example"}}, "lead"),
    )
    for method, path, body, token in refused:
        problem(ask(desk, method, path, body, token, if_match='"x"'), 412, "no_state")
    assert ask(desk, "GET", "/mail", None, "nobody", if_match='"x"').json["limits"]["per_minute"] == 0


def test_what_another_process_changed_is_seen_by_a_condition(desk: Running) -> None:
    known = ask(desk, "GET", "/branding", None, "nobody").headers["etag"]
    DeskSettings.objects.update_or_create(pk=1, defaults={"name": "Elsewhere"})
    problem(ask(desk, "PATCH", "/branding", {"accent": "#00aa00"}, "nobody", if_match=known), 412, "changed_since")


def test_two_changes_at_once_lose_neither(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    number = ask(desk, "POST", "/roles", NIGHT, "nobody").json["id"]
    found, both = Things.found, threading.Barrier(2)

    def slowly(self: Things, asked: Any, number: int = 0) -> Any:
        row = found(self, asked, number)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)
        return row

    monkeypatch.setattr(Things, "found", slowly)

    async def all_of_them() -> list[int]:
        head = {"authorization": "Bearer dw_nobody"}
        changes = ({"about": "From ten"}, {"grants": {}})
        path = f"/api/v1/roles/{number}"
        answers = await asyncio.gather(*(desk.ask("PATCH", path, each, head) for each in changes))
        return [each.status for each in answers]

    assert desk.wait(all_of_them()) == [200, 200]
    role = Role.objects.get(pk=number)
    assert (role.about, role.grants) == ("From ten", {}), "a right that was taken away does not return"


def test_checklist_items_are_added_once(desk: Running, now: datetime) -> None:
    path = f"/tickets/{factories.a_ticket(now).pk}/checklist"
    for _turn in range(2):
        assert ask(desk, "POST", path, {"lines": ["Look"]}, idempotency_key="c").status == 201
    assert ChecklistItem.objects.count() == 1


def test_what_there_is_only_one_of_tells_its_state_too(desk: Running) -> None:
    known = ask(desk, "GET", "/branding", None, "nobody").headers["etag"]
    assert ask(desk, "PATCH", "/branding", {"name": "Harbor"}, "nobody", if_match=known).status == 200
    problem(ask(desk, "PATCH", "/branding", {"name": "Bay"}, "nobody", if_match=known), 412, "changed_since")
