"""Using a macro on tickets: first what it would do (nothing happens), then all of it in one deed.

Every event it causes names the macro. Its text is handed to the composer, or sent as replies that can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db.models import F
from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.answering import holding
from deskwright.desk.answering.letters import message_row
from deskwright.desk.answering.replies import next_message_id
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Invalid
from deskwright.desk.fields.forms import refuse_unsolvable
from deskwright.desk.fields.values import PREFIX
from deskwright.desk.macros import shelf
from deskwright.desk.macros.actions import changes_of, checked
from deskwright.desk.macros.variables import OWNERS, Rendered, rendered
from deskwright.desk.step import step
from deskwright.desk.tickets import changing, undoing
from deskwright.desk.tickets.remarks import noted
from deskwright.desk.work import checklists
from deskwright.desk.working import refuse_merged, take_up
from deskwright.engine import events
from deskwright.engine.facts import Desk, Facts, Ticket
from deskwright.engine.workflow import Workflow, in_language
from deskwright.store import facts as rows
from deskwright.store import filters
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Draft, Macro

Cursor = psycopg.Cursor[dict[str, Any]]
MOST: Final = 100
"""Tickets that are answered with one click."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a macro does to one ticket: its words in the customer's language, and field -> (old, new)."""

    ticket: int
    text: Rendered
    note: Rendered
    changes: Mapping[str, tuple[Any, Any]]
    checklist: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What was done: the events that can be taken back, the replies on their way, the text for the composer."""

    name: str
    events: list[int]
    held: list[int]
    text: str


def preview(actor: Agent, number: int, tickets: Sequence[int], *, now: datetime) -> tuple[Macro, list[Use]]:
    """The macro and what it would do to each ticket; nothing is done. Raises NotFound, Forbidden, Invalid."""
    macro, workflow = shelf.one(actor, number), workflows.live()
    allow(actor, tickets)
    changes = asked(actor, macro, workflow)
    known = filters.cases(tickets, now)
    return macro, [shown(actor, use(actor, macro, known[ticket], changes, workflow)) for ticket in tickets]


def shown(actor: Agent, use: Use) -> Use:
    """Without what was in fields that the actor's role hides."""
    veil = access.veil(actor)
    seen = {name: pair for name, pair in use.changes.items() if not veil.hides_field(name.removeprefix(PREFIX))}
    return replace(use, changes=seen)


def apply(actor: Agent, number: int, tickets: Sequence[int], *, now: datetime, send: bool) -> Used:
    """Do what the macro does. `send`: its text leaves as a reply to each; else it is returned, for one ticket.

    Raises NotFound, Forbidden, and Invalid: a gap in a text that is to be sent, a field that is needed for solving.
    """
    macro, workflow = shelf.one(actor, number), workflows.live()
    allow(actor, tickets)
    changes = asked(actor, macro, workflow)
    if send:
        refuse_drafts(actor, tickets)
    with deed() as sql:
        present = rows.present(sql)
        changing.refuse_wrong(changes, present.desk.agents, workflow)
        cases = list(take_up(sql, tickets, now).values())
        refuse_merged(cases)
        uses = {case.row["id"]: use(actor, macro, case.facts(Desk(), None), changes, workflow) for case in cases}
        held = [leave(actor, one, now) for one in uses.values()] if send and macro.texts else []
        for case in cases:
            carry_out(sql, case, uses[case.row["id"]], macro, actor, now)
        if "status" in changes:
            refuse_unsolvable(workflow, [case for case in cases if "status" in uses[case.row["id"]].changes], now)
        step(sql, cases, present.desk)
        Macro.objects.filter(pk=macro.pk).update(used=F("used") + len(cases), used_at=now)
        text = "" if send else uses[cases[0].row["id"]].text.text
        return Used(macro.name, [event for case in cases for event in own_changes(case, actor)], held, text)


def undo(actor: Agent, made: Sequence[int], held: Sequence[int], *, now: datetime) -> list[int]:
    """Take back what `apply` changed and sent: fields and tags, and replies that have not left. Notes stay.

    Returns the tickets. Raises Conflict when nothing could be taken back.
    """
    with deed():
        back = [holding.take_back(actor, reply, now=now) for reply in held]
        return sorted({*back, *(undoing.undo(actor, made, now=now) if made else ())})


def allow(actor: Agent, tickets: Sequence[int]) -> None:
    if not tickets or len(tickets) > MOST:
        raise Invalid(_("Choose from 1 to %(most)s tickets.") % {"most": MOST}, {"ticket": "none or too many"})
    access.tickets_for(actor, tickets, "change")
    access.allow(actor, "reply")


def asked(actor: Agent, macro: Macro, workflow: Workflow) -> dict[str, Any]:
    """The macro's changes as rows have them. Raises Invalid when the workflow no longer knows what it sets."""
    try:
        return changing.spelled_out(changes_of(checked(macro.actions, workflow), actor.pk), workflow)
    except Invalid as refusal:
        said = f"“{macro.name}” does something the workflow does not know any more: {refusal.sentence}"
        raise Invalid(said, refusal.fields) from None


def use(actor: Agent, macro: Macro, seen: Facts, changes: Mapping[str, Any], workflow: Workflow) -> Use:
    values, language = values_of(actor, seen, workflow), seen.customer.language or seen.ticket.language or ""
    wanted = {**changes, **retagged(macro, seen.ticket)}
    moved = {name: (old, new) for name, new in wanted.items() if (old := held_by(seen.ticket, name)) != new}
    return Use(
        seen.ticket.id,
        rendered(in_language(macro.texts, language), values),
        rendered(macro.note, values),
        moved,
        tuple(rendered(item, values).text for item in macro.actions.get("checklist", ())),
    )


def retagged(macro: Macro, ticket: Ticket) -> dict[str, list[str]]:
    given, taken = macro.actions.get("tag", ()), macro.actions.get("untag", ())
    return {"tags": sorted(ticket.tags.union(given) - set(taken))} if given or taken else {}


def held_by(ticket: Ticket, name: str) -> Any:
    if name.startswith(PREFIX):
        return ticket.fields.get(name.removeprefix(PREFIX))
    return sorted(ticket.tags) if name == "tags" else getattr(ticket, name)


def values_of(actor: Agent, seen: Facts, workflow: Workflow) -> dict[str, Any]:
    """variable -> its value for this ticket and whoever uses the macro."""
    ticket, customer, organisation = seen.ticket, seen.customer, seen.organisation
    named = ("status", "priority", "category", "queue")
    values = {f"ticket.{name}": spoken(getattr(ticket, name)) for name in named}
    values |= {"ticket.id": ticket.id, "ticket.subject": ticket.subject}
    values |= {f"requester.{name}": getattr(customer, name) for name in ("name", "email", "language")}
    values |= {"requester.first_name": first(customer.name), "agent.name": actor.name, "agent.email": actor.email}
    values |= {"agent.first_name": first(actor.name)}
    if organisation is not None:
        values |= {"organisation.name": organisation.name, "organisation.tier": spoken(organisation.tier)}
    owners = {"ticket": ticket, "customer": customer, "organisation": organisation}
    for spec in workflow.fields.values():
        owner: Any = owners[spec.of]
        value = owner.fields.get(spec.name) if owner is not None else None
        words = in_language(spec.choice_labels.get(str(value), {}), customer.language or ticket.language or "")
        values.setdefault(f"{OWNERS[spec.of]}.{spec.name}", words or value)
    return {name: value for name, value in values.items() if not hides(access.veil(actor), name)}


def hides(veil: access.Veil, variable: str) -> bool:
    """Whether the role hides what the variable tells; it stays a gap then."""
    return (variable == "requester.email" and veil.hides(ADDRESS)) or veil.hides_field(variable.rsplit(".")[-1])


def first(name: str) -> str:
    return name.split()[0] if name.strip() else ""


def spoken(value: Any) -> Any:
    """The desk's own words as people write them."""
    return value.replace("_", " ") if isinstance(value, str) and value.islower() else value


def refuse_drafts(actor: Agent, tickets: Sequence[int]) -> None:
    """A reply ends the agent's draft: what somebody is writing is not thrown away by the way. Raises Invalid."""
    begun = Draft.objects.filter(agent=actor, ticket__in=tickets, kind="reply").exclude(text="")
    waiting = [f"#{ticket}" for ticket in begun.order_by("ticket_id").values_list("ticket_id", flat=True)]
    if waiting:
        raise Invalid(
            _("You are writing a reply on %(words)s. Send or empty it first.") % {"words": ", ".join(waiting[:5])}
        )


def leave(actor: Agent, one: Use, now: datetime) -> int:
    """Send the text as a reply that can be taken back. Raises Invalid for a gap."""
    return holding.send(actor, one.ticket, one.text.text, now=now)


def carry_out(sql: Cursor, case: Case, one: Use, macro: Macro, actor: Agent, now: datetime) -> None:
    mark = {"macro": {"id": macro.pk, "name": macro.name}}
    noted(case, "macro_used", actor, mark, now)
    before = len(case.pending)
    changing.refuse_unknown_queue(case, {name: new for name, (_, new) in one.changes.items()})
    changing.alter(case, {name: new for name, (_, new) in one.changes.items()}, actor, now)
    if one.note.text:
        message = message_row(case, next_message_id(sql), "note", one.note.text, now, None, agent=actor.pk)
        case.messages.append(message)
        told = {"message_id": message["id"]}
        case.happen(Happening(events.NoteAdded(agent=actor.pk), now, "agent", actor.pk, data=told))
    for happening in list(case.pending)[before:]:
        happening.data |= mark
    if one.checklist:
        checklists.append(sql, case, one.checklist, actor, now, mark)


def own_changes(case: Case, actor: Agent) -> list[int]:
    """The events that `undo` takes back."""
    return [row["id"] for row in case.events if row["kind"] == "fields_changed" and row["agent_id"] == actor.pk]
