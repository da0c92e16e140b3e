"""Who sees what: the list and the single look agree with the rule as written, for every combination."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from deskwright.desk import access
from deskwright.desk.errors import Forbidden, NotFound
from deskwright.store.models import Agent, Customer, Role, Team
from deskwright.store.queries import inbox
from deskwright.web import watching
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


VERBS = [right.name.split(":")[1] for right in access.CATALOGUE if right.resource == "tickets"]


@pytest.mark.parametrize(("see", "reply"), list(product(["", "teams", "all"], repeat=2)))
@pytest.mark.parametrize("teams", TEAMS)
def test_a_custom_role_sees_and_does_what_each_of_its_rights_reaches(
    see: str, reply: str, teams: tuple[str, ...], mina: Customer, now: datetime
) -> None:
    for key in ("technical", "billing"):
        Team.objects.get_or_create(key=key, defaults={"name": key})
    me, other = rows.agent("Cleo Marsh", "agent", teams), rows.agent("Dov Reed")
    held = {"tickets:see": see, "tickets:reply": reply}
    me.custom_role = Role.objects.create(key="own", name="Own", grants={name: far for name, far in held.items() if far})
    me.save()
    owners: dict[str | None, Agent | None] = {"me": me, "somebody else": other, None: None}
    made = {
        rows.ticket(mina, now, queue=queue, assignee=owners[owner]).pk: (queue, owner)
        for queue, owner in product(QUEUES, OWNERS)
    }

    def within(reach: str, queue: str | None, owner: str | None) -> bool:
        return reach == "all" or (reach == "teams" and sees("agent", teams, queue, owner))

    listed = inbox.page("all_open", access.visible_tickets(me), agent=me.pk, now=now).rows
    assert {row["id"] for row in listed} == {number for number, place in made.items() if within(see, *place)}
    stream = watching.rule(me)
    for number, (queue, owner) in made.items():
        seen = within(see, queue, owner)
        owned = owners[owner]
        assert stream.sees(queue, owned.pk if owned else None) is seen
        assert (me.pk in access.seen_by([me.pk, other.pk], queue, owned.pk if owned else None)) is seen
        assert answer_to(me, number, "see") == (200 if seen else 404)
        assert answer_to(me, number, "reply") == (404 if not seen else 200 if within(reply, queue, owner) else 403)


def answer_to(actor: Agent, number: int, verb: str) -> int:
    try:
        access.ticket_for(actor, number, verb)
    except (NotFound, Forbidden) as refusal:
        return refusal.status
    return 200


def test_every_built_in_role_holds_only_rights_that_exist_and_an_admin_all_of_them() -> None:
    for held in access.BUILT_IN.values():
        assert set(held) <= set(access.RIGHTS)
        assert all(access.RIGHTS[name].per_team for name, far in held.items() if far == access.TEAMS)
    assert set(access.BUILT_IN["admin"]) == set(access.RIGHTS)


def test_somebody_retired_holds_no_right(desk: None) -> None:
    gone = rows.agent("Gwen Moor", "admin")
    gone.is_active = False

    assert not any(access.may(gone, right) for right in access.RIGHTS)


@pytest.mark.parametrize(("role", "verb"), list(product(ROLES, VERBS)))
def test_a_light_agent_may_look_and_note_and_nothing_else_and_an_agent_deletes_nothing(
    role: str, verb: str, mina: Customer, now: datetime
) -> None:
    me, made = rows.agent("Cleo Marsh", role), rows.ticket(mina, now)

    if (role == "light" and verb not in {"see", "note"}) or (role == "agent" and verb == "delete"):
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
