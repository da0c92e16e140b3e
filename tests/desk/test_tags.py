"""Tags over all tickets: renamed, merged, deleted in batches, with an event on each ticket; it goes on after a stop."""

from __future__ import annotations

from datetime import datetime

import pytest

from deskwright.desk import workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.tickets import tags
from deskwright.store.models import Agent, TagChange, Ticket, TicketEvent
from tests import factories


@pytest.fixture
def lead(db: str, now: datetime) -> Agent:
    workflows.publish("workflow: Tags\n", now=now)
    return factories.an_agent("Mira Lund", role="lead")


def tagged(now: datetime, *names: str) -> Ticket:
    return factories.a_ticket(now, tags=names, subject="My name", text="Please change it.")


def bear(name: str) -> int:
    return Ticket.objects.filter(tags__contains=[name]).count()


def test_a_tag_is_renamed_in_batches_with_an_event_on_each_ticket(lead: Agent, now: datetime) -> None:
    found = [tagged(now, "printer") for _ in range(5)]
    change = tags.begin(lead, "printer", "Print Server", now=now)

    steps = [tags.go_on(now, 2) for _ in range(4)]

    change.refresh_from_db()
    assert steps == [2, 2, 1, 0]
    assert (change.done, change.total, change.finished_at) == (5, 5, now)
    assert (bear("printer"), bear("print-server")) == (0, 5)
    for ticket in found:
        event = TicketEvent.objects.filter(ticket=ticket, kind="fields_changed", agent=lead).get()
        assert event.data["changes"]["tags"][1].count("print-server") == 1


def test_a_tag_merged_into_another_is_borne_once(lead: Agent, now: datetime) -> None:
    both = tagged(now, "bug", "defect")
    tags.begin(lead, "defect", "bug", now=now)
    tags.go_on(now, 10)
    both.refresh_from_db()
    assert both.tags.count("bug") == 1
    assert "defect" not in both.tags


def test_a_deleted_tag_is_gone_and_others_stay(lead: Agent, now: datetime) -> None:
    tagged(now, "old", "kept")
    tags.begin(lead, "old", "", now=now)
    tags.go_on(now, 10)
    assert (bear("old"), bear("kept")) == (0, 1)
    assert "old" not in {tag.name for tag in tags.listing()}


def test_a_ticket_that_lost_the_tag_meanwhile_is_left_alone(lead: Agent, now: datetime) -> None:
    ticket = tagged(now, "old")
    tags.begin(lead, "old", "new", now=now)
    Ticket.objects.filter(pk=ticket.pk).update(tags=[])
    tags.go_on(now, 10)
    assert bear("new") == 0
    assert TagChange.objects.get().finished_at == now


def test_what_cannot_be_is_refused(lead: Agent, now: datetime) -> None:
    tagged(now, "old")
    with pytest.raises(Invalid):
        tags.begin(lead, "old", "Old", now=now)
    with pytest.raises(NotFound):
        tags.begin(lead, "nobody-has-it", "new", now=now)
    with pytest.raises(Forbidden):
        tags.begin(factories.an_agent(), "old", "new", now=now)
    tags.begin(lead, "old", "new", now=now)
    with pytest.raises(Conflict):
        tags.begin(lead, "old", "newer", now=now)


def test_a_search_takes_signs_as_they_are(lead: Agent, now: datetime) -> None:
    tagged(now, "100%", "a_b", "acb")
    assert [tag.name for tag in tags.listing("a_")] == ["a_b"]
    assert [tag.name for tag in tags.listing("%")] == ["100%"]
