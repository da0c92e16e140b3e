"""Customers and organisations: made, changed, reached by many addresses, merged, taken apart again exactly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import workflows
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.customers import addresses, merging, organisations, people, suggesting
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.tickets import changing
from deskwright.engine import saying
from deskwright.store.connection import cursor
from deskwright.store.models import (
    Agent,
    AuditEntry,
    Call,
    Clock,
    Customer,
    Identity,
    Merge,
    Organisation,
    Ticket,
    TicketEvent,
)
from tests.factories import a_team, a_ticket, an_agent, an_organisation

FLOW = """
workflow: Customers
queues:
  technical: {team: technical}
default_queue: technical
routing_rules: []
fields:
  seats: {type: number, of: customer}
sla_matrix:
  any, enterprise: {first_response: 1h}
  any, any: {first_response: 4h}
"""


@pytest.fixture
def lead(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    return an_agent("Nora Lind", role="lead", teams=(a_team("technical"),))


@pytest.fixture
def ada(lead: Agent) -> Agent:
    return an_agent("Ada Quill", teams=(a_team("technical"),))


def writes(now: datetime, email: str, name: str = "Mina Holt", **details: Any) -> Ticket:
    return a_ticket(now, requester=Person(email, name), **details)


def test_a_customer_has_many_addresses_one_of_them_primary(ada: Agent, now: datetime) -> None:
    number = people.create(ada, {"name": "Mina Holt"}, now=now, email="Mina@Harbor.example", phone="+49 (0)30 123-4567")
    added = addresses.add(ada, number, "email", "mina@home.example", now=now)
    addresses.make_primary(ada, number, added, now=now)

    assert Customer.objects.get(pk=number).email == "mina@home.example"
    assert set(Identity.objects.values_list("kind", "value")) == {
        ("email", "mina@harbor.example"),
        ("email", "mina@home.example"),
        ("phone", "+49301234567"),
    }
    assert writes(now, "mina@harbor.example").customer_id == writes(now, "mina@home.example").customer_id == number
    addresses.remove(ada, number, added, now=now)
    assert Customer.objects.get(pk=number).email == "mina@harbor.example"
    assert AuditEntry.objects.filter(action="customer.address_removed").count() == 1


def test_the_last_address_stays_and_somebody_elses_is_refused_with_its_owner(ada: Agent, now: datetime) -> None:
    mina = people.create(ada, {"name": "Mina"}, now=now, email="mina@harbor.example")
    other = people.create(ada, {"name": "Other"}, now=now, email="other@harbor.example")

    with pytest.raises(addresses.Taken) as taken:
        addresses.add(ada, other, "email", "MINA@harbor.example", now=now)
    assert taken.value.owner == mina
    with pytest.raises(Invalid, match="only way"):
        addresses.remove(ada, mina, Identity.objects.get(customer=mina).pk, now=now)


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "nobody"), ("email", "a b@x.example"), ("phone", "030 1234"), ("fax", "+4930123456")]
)
def test_what_is_no_address_is_refused(ada: Agent, now: datetime, kind: str, value: str) -> None:
    number = people.create(ada, {}, now=now, email="mina@harbor.example")
    with pytest.raises(Invalid):
        addresses.add(ada, number, kind, value, now=now)


def test_people_of_a_domain_belong_to_its_organisation_and_never_by_freemail(lead: Agent, now: datetime) -> None:
    before = writes(now, "early@harbor.example").customer_id
    harbor = organisations.create(lead, {"name": "Harbor Lines", "domain": "https://www.Harbor.example/"}, now=now)

    assert Customer.objects.get(pk=before).organisation_id == harbor
    assert Ticket.objects.get(customer=before).organisation_id == harbor
    assert (
        Customer.objects.get(pk=people.create(lead, {}, now=now, email="new@harbor.example")).organisation_id == harbor
    )
    with pytest.raises(Invalid, match="Anybody"):
        organisations.create(lead, {"name": "Mailers", "domain": "gmail.com"}, now=now)
    an_organisation("Old", domain="gmail.com")
    assert writes(now, "someone@gmail.com").organisation_id is None


def test_another_tier_moves_the_targets_of_live_tickets_and_says_why(lead: Agent, now: datetime) -> None:
    ticket = writes(now, "mina@harbor.example")
    solved = writes(now, "mina@harbor.example")
    changing.change(lead, [solved.pk], {"status": "solved"}, now=now)
    due = Clock.objects.get(ticket=ticket, metric="first_response").due_at
    harbor = organisations.create(lead, {"name": "Harbor Lines", "domain": "harbor.example"}, now=now)
    later = now + timedelta(minutes=5)

    organisations.change(lead, harbor, {"tier": "Enterprise", "vip": True}, now=later)

    event = TicketEvent.objects.filter(ticket=ticket, kind="fields_changed").latest("id")
    assert event.data["changes"] == {"customer_tier": [None, "enterprise"], "vip": [False, True]}
    moved = Clock.objects.get(ticket=ticket, metric="first_response")
    assert moved.due_at is not None and due is not None and moved.due_at < due
    assert any("customer tier became enterprise" in str(effect) for effect in saying.again(event.data["effects"]))
    assert not TicketEvent.objects.filter(ticket=solved, at=later).exists()


def test_only_who_says_what_customers_are_worth_changes_tiers(lead: Agent, ada: Agent, now: datetime) -> None:
    number = people.create(ada, {"name": "Mina"}, now=now, email="mina@harbor.example")
    light = an_agent("Lia Fern", role="light")

    with pytest.raises(Forbidden):
        people.change(ada, number, {"tier": "enterprise"}, now=now)
    with pytest.raises(Forbidden):
        people.change(light, number, {"name": "Nobody"}, now=now)
    assert people.change(ada, number, {"name": "Mina Holt", "fields": {"seats": "12"}}, now=now).keys() == {
        "name",
        "fields",
    }
    people.change(lead, number, {"tier": "enterprise"}, now=now)
    found = Customer.objects.get(pk=number)
    assert (found.name, found.tier, found.fields) == ("Mina Holt", "enterprise", {"seats": 12})


def test_every_fault_is_named(lead: Agent, now: datetime) -> None:
    number = people.create(lead, {}, now=now, email="mina@harbor.example")
    with pytest.raises(Invalid) as refused:
        people.change(lead, number, {"language": "??", "preferred_channel": "pigeon", "shoe": 43}, now=now)
    assert refused.value.fields.keys() == {"language", "preferred_channel", "shoe"}
    with pytest.raises(Invalid):
        people.change(lead, number, {"fields": {"seats": "many"}}, now=now)
    with pytest.raises(Invalid):
        organisations.create(lead, {"name": "X", "csm": 999}, now=now)
    with pytest.raises(NotFound):
        people.change(lead, 999_999, {"name": "X"}, now=now)


TABLES = {
    "customer": "SELECT id, name, email, organisation_id, tier, language, fields::text, notes, merged_into_id "
    "FROM store_customer",
    "identity": "SELECT id, customer_id, value FROM store_identity",
    "organisation": "SELECT id, name, domain, tier, fields::text, notes, merged_into_id FROM store_organisation",
    "ticket": "SELECT id, customer_id, organisation_id, status, subject FROM store_ticket",
    "message": "SELECT id, customer_id, ticket_id, text FROM store_message",
}


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Everything a merge may touch."""
    return {
        name: [tuple(row.values()) for row in cursor().execute(f"{sql} ORDER BY id")] for name, sql in TABLES.items()
    }


def two_of_one(lead: Agent, now: datetime) -> tuple[int, int, Ticket, Ticket]:
    organisations.create(lead, {"name": "Harbor Lines", "domain": "harbor.example", "tier": "enterprise"}, now=now)
    kept = writes(now, "mina@harbor.example")
    live, solved = writes(now, "mina@home.example"), writes(now, "mina@home.example")
    changing.change(lead, [solved.pk], {"status": "solved"}, now=now)
    people.change(
        lead, live.customer_id, {"language": "de", "notes": "Prefers mornings.", "fields": {"seats": 3}}, now=now
    )
    return kept.customer_id, live.customer_id, live, solved


def test_a_merge_moves_everything_and_undo_gives_back_exactly_that(lead: Agent, ada: Agent, now: datetime) -> None:
    kept, gone, live, solved = two_of_one(lead, now)
    before = state()

    made = merging.merge(ada, "customer", kept, gone, now=now + timedelta(minutes=1))

    assert set(Ticket.objects.values_list("customer_id", flat=True)) == {kept}
    assert Ticket.objects.get(pk=live.pk).organisation_id == Customer.objects.get(pk=kept).organisation_id
    assert customer_for(ada, gone).pk == kept
    found = Customer.objects.get(pk=kept)
    assert (found.language, found.notes, found.fields) == ("de", "Prefers mornings.", {"seats": 3})
    heard = TicketEvent.objects.filter(ticket=live, kind="fields_changed").latest("id").data["changes"]
    assert heard["customer_tier"] == [None, "enterprise"] and "requester" in heard
    assert TicketEvent.objects.filter(ticket=solved, kind="customer_merged").exists()
    assert writes(now, "mina@home.example").customer_id == kept
    since = Ticket.objects.latest("id").pk

    merging.undo(ada, made, now=now + timedelta(days=400))

    after = state()
    assert [row for row in after["ticket"] if row[0] != since] == before["ticket"]
    assert Ticket.objects.get(pk=since).customer_id == kept
    for name in ("customer", "identity", "organisation"):
        assert after[name] == before[name]
    assert [row for row in after["message"] if row[2] != since] == before["message"]
    assert TicketEvent.objects.filter(ticket=solved, kind="customer_unmerged").exists()
    with pytest.raises(Conflict):
        merging.undo(ada, made, now=now)


def test_calls_follow_a_merge_and_come_back(lead: Agent, now: datetime) -> None:
    kept, gone, _live, _solved = two_of_one(lead, now)
    call = Call.objects.create(call_id="c1", customer_id=gone, number="+4930123456", rang_at=now)

    made = merging.merge(lead, "customer", kept, gone, now=now)
    assert Call.objects.get(pk=call.pk).customer_id == kept

    later = Call.objects.create(call_id="c2", customer_id=kept, number="+4930123456", rang_at=now)
    merging.undo(lead, made, now=now)
    assert Call.objects.get(pk=call.pk).customer_id == gone
    assert Call.objects.get(pk=later.pk).customer_id == kept


def test_a_merge_from_before_calls_moved_is_taken_apart(lead: Agent, now: datetime) -> None:
    kept, gone, live, _solved = two_of_one(lead, now)
    made = Merge.objects.get(pk=merging.merge(lead, "customer", kept, gone, now=now))
    del made.moved["moved"]["calls"]
    made.save(update_fields=["moved"])

    merging.undo(lead, made.pk, now=now)

    assert Ticket.objects.get(pk=live.pk).customer_id == gone


def test_merges_of_merges_are_taken_apart_from_the_last_one(lead: Agent, now: datetime) -> None:
    first, second, third = (writes(now, f"{name}@harbor.example").customer_id for name in ("a", "b", "c"))
    before = state()
    early = merging.merge(lead, "customer", second, first, now=now)
    late = merging.merge(lead, "customer", third, second, now=now)

    assert customer_for(lead, first).pk == third
    with pytest.raises(Conflict, match="later merge"):
        merging.undo(lead, early, now=now)
    merging.undo(lead, late, now=now)
    merging.undo(lead, early, now=now)
    assert state() == before


def test_what_was_changed_after_a_merge_stays_changed(lead: Agent, now: datetime) -> None:
    kept, gone, _live, _solved = two_of_one(lead, now)
    made = merging.merge(lead, "customer", kept, gone, now=now)
    people.change(lead, kept, {"language": "fr"}, now=now)

    merging.undo(lead, made, now=now)

    assert (Customer.objects.get(pk=kept).language, Customer.objects.get(pk=gone).language) == ("fr", "de")


def test_organisations_merge_and_their_domains_lead_to_the_one_that_stays(lead: Agent, now: datetime) -> None:
    harbor = organisations.create(lead, {"name": "Harbor", "domain": "harbor.example", "tier": "enterprise"}, now=now)
    lines = organisations.create(lead, {"name": "Lines", "domain": "lines.example", "notes": "Same people."}, now=now)
    ticket = writes(now, "otto@lines.example")
    before = state()

    made = merging.merge(lead, "organisation", harbor, lines, now=now)

    assert Ticket.objects.get(pk=ticket.pk).organisation_id == harbor
    assert Customer.objects.get(pk=people.create(lead, {}, now=now, email="x@lines.example")).organisation_id == harbor
    Customer.objects.filter(email="x@lines.example").delete()
    merging.undo(lead, made, now=now)
    assert state() == before


def test_a_merge_needs_the_right_and_two_who_are_there(lead: Agent, now: datetime) -> None:
    one = writes(now, "a@harbor.example").customer_id
    two = writes(now, "b@harbor.example").customer_id
    with pytest.raises(Forbidden):
        merging.merge(an_agent("Lia Fern", role="light"), "customer", one, two, now=now)
    with pytest.raises(Invalid):
        merging.merge(lead, "customer", one, one, now=now)
    with pytest.raises(NotFound):
        merging.merge(lead, "customer", one, 999_999, now=now)
    merging.merge(lead, "customer", one, two, now=now)
    with pytest.raises(Conflict):
        merging.merge(lead, "customer", two, one, now=now)


def test_who_might_be_the_same_is_only_suggested(lead: Agent, now: datetime) -> None:
    mina = writes(now, "mina@harbor.example").customer_id
    by_name = writes(now, "mina@home.example").customer_id
    colleague = writes(now, "otto@harbor.example", "Otto Bay").customer_id
    writes(now, "mina@harbor.example", text="Hello\n-- \nMina Holt\notto@harbor.example")

    found = {(one.id, one.because) for one in suggesting.same_as(lead, mina)}

    assert found == {(by_name, "name"), (colleague, "signature")}
    assert Organisation.objects.count() == 0 and Customer.objects.exclude(merged_into=None).count() == 0
