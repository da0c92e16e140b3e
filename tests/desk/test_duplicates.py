"""A new ticket that says what another says: suggested or merged at once; explained, undone, at a fixed cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Outcome, Person
from deskwright.desk.said import in_english
from deskwright.desk.tickets import linking, merging
from deskwright.store.connection import to_json
from deskwright.store.models import Agent, Delivery, Participant, Ticket, TicketEvent, TicketLink
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.desk.test_merging import DAY, FLOW, HOUR, MINA, TOM
from tests.desk.test_merging import ada as ada

LOOK = FLOW + "duplicates: {same_customer_within: 3d, suggest_at: 0.6, merge_at: 0.95}\n"
SUBJECT, TEXT = "Nightly exports fail", "Since Monday our nightly exports fail with error 502 and nothing arrives."
NEAR = "Since yesterday our nightly exports fail with error 502 again."


@pytest.fixture
def looking(ada: Agent, now: datetime) -> Agent:
    workflows.publish(LOOK, now=now)
    return ada


def write(at: datetime, text: str = TEXT, who: Person = MINA, subject: str = SUBJECT, **details: Any) -> Outcome:
    (outcome,) = intake.receive([factories.an_arrival(subject=subject, text=text, requester=who, **details)], at)
    return outcome


def test_the_same_again_becomes_part_of_the_first_and_both_say_why(looking: Agent, now: datetime) -> None:
    first = write(now)
    deliveries = Delivery.objects.count()
    second = write(now + HOUR, subject=f"Re: {SUBJECT}")

    again = Ticket.objects.get(pk=second.ticket_id)
    assert (again.merged_into_id, again.status, again.assignee) == (first.ticket_id, "closed", None)
    because = "same customer, 1.00 alike: nightly, exports, fail"
    told = TicketEvent.objects.filter(kind__in=["merged", "merged_in"]).order_by("kind")
    assert [(event.ticket_id, event.actor, in_english(to_json(event.data["because"]))) for event in told] == [
        (again.pk, "rule", because),
        (first.ticket_id, "rule", because),
    ]
    assert Delivery.objects.count() == deliveries, "nobody is told that a second ticket was opened"
    assert_rebuilt()


def test_a_merge_by_the_workflow_is_undone_into_a_ticket_like_any_other(looking: Agent, now: datetime) -> None:
    write(now)
    second = write(now + HOUR).ticket_id or 0

    merging.unmerge(looking, second, now=now + 2 * HOUR)

    again = Ticket.objects.get(pk=second)
    assert (again.status, again.assignee, again.tier) == ("new", looking, "tier_1")
    assert again.next_due_metric == "first_response"
    assert_rebuilt()


def test_what_is_only_alike_is_suggested_and_the_answer_is_remembered(looking: Agent, now: datetime) -> None:
    first, second = write(now), write(now + HOUR, NEAR)

    found = TicketLink.objects.get(kind="duplicate")
    assert (found.ticket_id, found.other_id, found.dismissed) == (second.ticket_id, first.ticket_id, False)
    assert 0.6 <= (found.share or 0) < 0.95
    assert in_english(found.because).startswith(f"same customer, {found.share:.2f} alike: nightly, exports")
    linking.dismiss(looking, found.pk, now=now + HOUR)
    found.refresh_from_db()
    assert found.dismissed
    assert TicketEvent.objects.filter(kind="no_duplicate").count() == 2
    assert_rebuilt()


@pytest.mark.parametrize("case", ["another customer", "too old", "something else", "answered long ago", "switched off"])
def test_what_is_not_merged(looking: Agent, now: datetime, case: str) -> None:
    if case == "switched off":
        workflows.publish(FLOW + "duplicates: {}\n", now=now)
    first = write(now)
    if case == "answered long ago":
        replies.reply(looking, first.ticket_id or 0, "Done.", now=now, solve=True)
    at = now + (4 * DAY if case == "too old" else HOUR)
    others: dict[str, dict[str, Any]] = {
        "another customer": {"who": Person("zoe@elsewhere.example")},
        "something else": {"subject": "Invoice", "text": "The total of my last invoice is wrong."},
    }
    write(at, **others.get(case, {}))

    assert not Ticket.objects.filter(merged_into__isnull=False).exists()
    suggested = case == "answered long ago"
    assert TicketLink.objects.filter(kind="duplicate").exists() == suggested


def test_a_colleagues_ticket_is_suggested_but_never_merged_by_itself(looking: Agent, now: datetime) -> None:
    factories.an_organisation(domain="harbor.example")
    write(now, who=TOM)
    write(now + HOUR, who=MINA)
    assert in_english(TicketLink.objects.get().because).startswith("same organisation, 1.00 alike")
    assert not Ticket.objects.filter(merged_into__isnull=False).exists()


def test_two_in_one_batch_join_the_same_ticket(looking: Agent, now: datetime) -> None:
    first = write(now)
    again = [factories.an_arrival(subject=SUBJECT, text=TEXT, requester=MINA) for _ in range(3)]
    intake.receive(again, now + HOUR)
    assert Ticket.objects.filter(merged_into=first.ticket_id).count() == 3
    assert_rebuilt()


def test_a_merged_mails_readers_take_part_in_the_whole(looking: Agent, now: datetime) -> None:
    first = write(now)
    write(now + HOUR, channel="email", recipients={"to": ["support@localhost"], "cc": [TOM.value]})
    assert Participant.objects.get(email=TOM.value).ticket_id == first.ticket_id


def test_the_number_of_statements_does_not_grow_with_batch_or_desk(
    looking: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(number: int, at: datetime) -> int:
        sent: list[str] = []
        execute: Callable[..., Any] = psycopg.Cursor.execute
        with monkeypatch.context() as patch:
            patch.setattr(
                psycopg.Cursor, "execute", lambda self, *a, **k: (sent.append(str(a[0])), execute(self, *a, **k))[1]
            )
            batch = [
                factories.an_arrival(subject=f"Question {at} {n}", requester=Person(f"p{n}@harbor.example"))
                for n in range(number)
            ]
            intake.receive(batch, at)
        return len(sent)

    counted(30, now)
    assert counted(2, now + HOUR) == counted(25, now + 2 * HOUR)
