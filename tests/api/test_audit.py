"""The audit log by the API: what tokens read is in it, and who may read it finds what they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from deskwright.api import tokens
from deskwright.desk import audit, workflows
from deskwright.desk.arriving import intake
from deskwright.store.models import AuditEntry, Macro, Survey, Webhook, WebhookDelivery
from tests import factories
from tests.api.running import Answer, Running, running
from tests.api.test_front import make_token, problem
from tests.api.test_tickets import WORKFLOW


@pytest.fixture
def server(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    make_token(now, "dw_sync", ("tickets:read", "tickets:write", "customers:read"))
    make_token(now, "dw_audit", ("audit:read",))
    make_token(now, "dw_agent", ("audit:read",), agent=factories.an_agent("Ben Marsh"))
    with running() as desk:
        yield desk


def ask(server: Running, path: str, token: str = "dw_audit", **query: Any) -> Answer:
    return server.request("GET", f"/api/v1{path}", question=urlencode(query), authorization=f"Bearer {token}")


def noted(kind: str) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(kind=kind).order_by("id")
    return [(entry.token, entry.action, entry.thing or entry.subject) for entry in found]


def test_what_a_token_reads_is_noted_with_its_name(server: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now=now)
    for path in (f"/tickets/{ticket.pk}", f"/tickets/{ticket.pk}/events", f"/tickets/{ticket.pk}"):
        assert ask(server, path, "dw_sync").status == 200
    ask(server, "/search", "dw_sync", q="exports")
    ask(server, "/customers", "dw_sync", q="holt")
    ask(server, "/tickets/4711", "dw_sync")

    assert noted("access") == [
        ("test", "ticket.seen", f"ticket:{ticket.pk}"),
        ("test", "tickets.searched", "exports"),
        ("test", "customers.searched", "holt"),
    ]


def test_a_list_as_it_is_and_one_that_is_searched_are_told_apart(server: Running) -> None:
    for q in ("", " ", "HP", "王伟"):
        for path in ("/customers", "/organisations"):
            assert ask(server, path, "dw_sync", q=q).status == 200
    ask(server, "/customers", "dw_sync")

    assert noted("access") == [
        ("test", "customers.listed", ""),
        ("test", "organisations.listed", ""),
        ("test", "customers.searched", "HP"),
        ("test", "organisations.searched", "HP"),
        ("test", "customers.searched", "王伟"),
        ("test", "organisations.searched", "王伟"),
    ]


def test_lists_of_other_mails_are_other_looks_and_say_what_was_chosen(server: Running, now: datetime) -> None:
    admin = factories.an_agent("Odile Marsh", role="admin")
    make_token(now, "dw_mail", ("outbox:manage", "mail:manage"), agent=admin)
    for path, query in (
        ("/deliveries", {"state": "failed"}),
        ("/deliveries", {"state": "due", "limit": 3}),
        ("/deliveries", {"state": "due", "limit": 4}),
        ("/suppressions", {"q": "holt", "because": "bounce"}),
        ("/suppressions", {"q": "holt"}),
        ("/mail-log", {"q": "holt", "state": "pending"}),
        ("/mail-log", {"q": "holt"}),
    ):
        assert ask(server, path, "dw_mail", **query).status == 200

    found = AuditEntry.objects.filter(kind="access").order_by("id")
    assert [(one.action, one.subject, one.changes) for one in found] == [
        ("mails.listed", "", {"state": [None, "failed"]}),
        ("mails.listed", "", {"state": [None, "due"]}),
        ("suppressions.listed", "holt", {"because": [None, "bounce"]}),
        ("suppressions.listed", "holt", {}),
        ("mail_log.listed", "holt", {"state": [None, "pending"]}),
        ("mail_log.listed", "holt", {}),
    ]


def test_a_preview_and_what_a_webhook_was_sent_are_looks_too(server: Running, now: datetime) -> None:
    whole, part = factories.a_ticket(now=now), factories.a_ticket(now=now)
    workflows.publish(WORKFLOW, now=now)
    admin = factories.an_agent("Odile Marsh", role="admin")
    make_token(now, "dw_admin", ("tickets:read", "webhooks:manage"), agent=admin)
    hook = Webhook.objects.create(name="Shop", url="https://shop.example/", events=[], secret="", created_at=now)
    sent = WebhookDelivery.objects.create(webhook=hook, event_id="e", event="ticket.created", body="{}", created_at=now)
    macro = Macro.objects.create(name="Soon", texts={"en": "Soon"}, actions={}, created_at=now, updated_at=now)
    known = {"authorization": "Bearer dw_admin"}
    for path, body in (
        (f"/tickets/{whole.pk}/merge/preview", {"sources": [part.pk]}),
        (f"/macros/{macro.pk}/preview", {"tickets": [part.pk]}),
    ):
        answer = server.request("POST", f"/api/v1{path}", body, **known)
        assert answer.status == 200, answer.body
    delivery = f"/webhooks/{hook.pk}/deliveries/{sent.pk}"
    assert ask(server, delivery, "dw_admin").status == 200
    seen = AuditEntry.objects.filter(kind="access").order_by("id")
    assert [one.thing or one.subject for one in seen] == [f"ticket:{whole.pk}", f"ticket:{part.pk}", delivery]


def test_a_token_used_from_a_new_address_is_noted_once_and_so_is_one_nobody_knows(server: Running) -> None:
    for _ in range(3):
        ask(server, "/tickets", "dw_sync")
        assert ask(server, "/tickets", "dw_wrong").status == 401
    tokens.forget()
    ask(server, "/tickets", "dw_sync")

    assert [one[:2] for one in noted("sign_in")] == [("test", "token.new_address"), ("", "token.unknown")]


def test_a_token_that_may_not_is_noted_too(server: Running) -> None:
    assert ask(server, "/tickets", "dw_audit").status == 403
    assert [one[:2] for one in noted("sign_in")] == [("test", "token.new_address")]


def test_the_log_is_read_filtered_and_page_by_page(server: Running, now: datetime) -> None:
    ada = factories.an_agent("Ada Quill")
    for number in range(5):
        audit.looked(ada, "ticket.seen", f"ticket:{number}", now=now - timedelta(minutes=number))
    audit.note(ada, "team.changed", "Billing", now=now - timedelta(days=2), before={"name": "A"}, after={"name": "B"})

    first = ask(server, "/audit", kind="access", action="ticket.seen", limit=3).json
    rest = ask(server, "/audit", kind="access", action="ticket.seen", limit=3, cursor=first["next"]).json

    things = [one["thing"] for one in first["items"] + rest["items"]]
    assert things == [f"ticket:{number}" for number in range(5)] and rest["next"] is None
    found = ask(server, "/audit", person=ada.pk, until=(now - timedelta(days=1)).isoformat()).json["items"]
    assert [(one["action"], one["changes"]) for one in found] == [("team.changed", {"name": ["A", "B"]})]
    assert [one["thing"] for one in ask(server, "/audit", thing="ticket:3").json["items"]] == ["ticket:3"]
    assert ("test", "audit.read", "") in noted("access")


@pytest.mark.parametrize(
    "query", [{"thing": "x"}, {"person": "ada"}, {"since": "yesterday"}, {"since": "2026-11-24T09:00"}, {"kind": "all"}]
)
def test_what_is_asked_wrongly_is_told(query: dict[str, str], server: Running) -> None:
    told = problem(ask(server, "/audit", **query), 422, "invalid")

    assert next(iter(query)) in told["errors"][0]["detail"]


def test_a_cursor_of_elsewhere_and_an_agent_without_the_right_are_refused(server: Running) -> None:
    assert ask(server, "/audit", cursor="WzEsMl0").status == 422
    assert ask(server, "/audit", token="dw_agent").status == 403
    assert ask(server, "/audit", token="dw_sync").status == 403


def test_a_mail_is_a_look_and_its_source_is_taken_once(server: Running, now: datetime) -> None:
    admin = factories.an_agent("Odile Marsh", role="admin")
    make_token(now, "dw_mail", ("mail:manage",), agent=admin)
    raw = b"From: mina@harbor.example\r\nSubject: Export\r\n\r\nIt stops.\r\n"
    number = intake.journal("email", {}, raw, now)
    for path in (f"/mail-log/{number}", f"/mail-log/{number}/source"):
        assert ask(server, path, "dw_mail").status == 200

    found = AuditEntry.objects.filter(kind="access").order_by("id")
    assert [(one.action, one.subject) for one in found] == [
        ("mail.seen", f"mail {number}"),
        ("mail.source", f"mail {number}"),
    ]


def test_what_else_was_read_is_named_by_the_path_that_was_asked_for(server: Running, now: datetime) -> None:
    planned = {"name": "usual", "cycle": 0, "state": "planned", "due_at": now, "expires_at": now}
    survey = Survey.objects.create(ticket=factories.a_ticket(now=now), **planned).pk
    for path in ("/surveys", f"/surveys/{survey}"):
        assert ask(server, path, "dw_sync").status == 200
    assert noted("access") == [("test", "api.read", "/surveys"), ("test", "api.read", f"/surveys/{survey}")]
