"""Merging through the API: the merged number answers with the whole and says so."""

from __future__ import annotations

from datetime import datetime

from deskwright.store.models import Ticket
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask, three
from tests.api.test_tickets import desk as desk  # the fixture


def test_merged_read_as_the_whole_and_taken_apart(desk: Running, now: datetime) -> None:
    first, invoice, other = three(now)
    made = ask(desk, "POST", f"/tickets/{first.pk}/merge", {"sources": [other.pk], "across": True})
    assert (made.status, made.json) == (200, {"id": first.pk})

    read = ask(desk, "GET", f"/tickets/{other.pk}")
    assert (read.json["id"], read.json["merged_from"]) == (first.pk, other.pk)
    assert ask(desk, "GET", f"/tickets/{first.pk}").json["merged_from"] is None
    problem(ask(desk, "PATCH", f"/tickets/{other.pk}", {"status": "open"}), 409, "conflict")
    problem(ask(desk, "POST", f"/tickets/{invoice.pk}/merge", {"sources": [first.pk]}, "ada"), 404, "not_found")
    problem(ask(desk, "POST", f"/tickets/{first.pk}/merge", {"sources": []}), 422, "invalid")

    assert ask(desk, "POST", f"/tickets/{other.pk}/unmerge").json == {"id": first.pk}
    assert Ticket.objects.filter(merged_into=None).count() == 3
    problem(ask(desk, "POST", f"/tickets/{other.pk}/unmerge"), 409, "conflict")
