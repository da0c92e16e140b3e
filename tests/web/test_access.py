"""Who sees what: the list and the single look agree with the rule as written, for every combination."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from deskwright.desk import access
from deskwright.desk.errors import Forbidden, NotFound
from deskwright.store.models import Agent, Customer, Team
from deskwright.store.queries import inbox
from tests.web import rows

ROLES = ["admin", "lead", "agent", "light"]
TEAMS: list[tuple[str, ...]] = [(), ("technical",), ("billing",), ("technical", "billing")]
QUEUES = [None, "technical", "billing", "everybody", "a queue of an older workflow"]
OWNERS = ["me", "somebody else", None]


def sees(role: str, teams: tuple[str, ...], queue: str | None, owner: str | None) -> bool:
    """The rule in the words of the design, written independently of the code."""
    if role in {"admin", "lead"} or owner == "me" or queue is None:
        return True
    return queue in teams or queue == "everybody"


@pytest.mark.parametrize(("role", "teams"), list(product(ROLES, TEAMS)))
def test_the_list_and_the_single_look_are_the_same_rule(
    role: str, teams: tuple[str, ...], mina: Customer, now: datetime
) -> None:
    for key in ("technical", "billing"):
        Team.objects.get_or_create(key=key, defaults={"name": key})
    me, other = rows.agent("Cleo Marsh", role, teams), rows.agent("Dov Reed")
    owners: dict[str | None, Agent | None] = {"me": me, "somebody else": other, None: None}
    expected = {}
    for queue, owner in product(QUEUES, OWNERS):
        made = rows.ticket(mina, now, queue=queue, assignee=owners[owner])
        expected[made.pk] = sees(role, teams, queue, owner)

    listed = inbox.page("all_open", access.visible_tickets(me), agent=me.pk, now=now).rows
    assert {row["id"] for row in listed} == {number for number, seen in expected.items() if seen}

    for number, seen in expected.items():
        if seen:
            assert access.ticket_for(me, number, "see").pk == number
        else:
            with pytest.raises(NotFound):
                access.ticket_for(me, number, "see")


@pytest.mark.parametrize(("role", "verb"), list(product(ROLES, access.VERBS)))
def test_a_light_agent_may_look_and_note_and_nothing_else(role: str, verb: str, mina: Customer, now: datetime) -> None:
    me, made = rows.agent("Cleo Marsh", role), rows.ticket(mina, now)

    if role == "light" and verb not in {"see", "note"}:
        with pytest.raises(Forbidden):
            access.ticket_for(me, made.pk, verb)
    else:
        assert access.ticket_for(me, made.pk, verb).pk == made.pk


def test_an_unseen_ticket_is_not_found_even_where_the_verb_is_forbidden(mina: Customer, now: datetime) -> None:
    hidden = rows.ticket(mina, now, queue="billing")
    Team.objects.create(key="billing", name="Billing")

    with pytest.raises(NotFound):
        access.ticket_for(rows.agent("Cleo Marsh", "light"), hidden.pk, "reply")


def test_one_unseen_ticket_among_several_refuses_them_all(ada: Agent, mina: Customer, now: datetime) -> None:
    mine, theirs = rows.ticket(mina, now, queue="technical"), rows.ticket(mina, now, queue="billing")
    Team.objects.get_or_create(key="billing", defaults={"name": "Billing"})

    with pytest.raises(NotFound, match=str(theirs.pk)):
        access.tickets_for(ada, [mine.pk, theirs.pk], "change")
