"""Macros: what may be written, who finds which, what one would do, doing it in one deed, taking it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import drafts, holding
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.macros import shelf, using
from deskwright.desk.macros.shelf import Written
from deskwright.desk.macros.variables import refuse_unknown, rendered
from deskwright.store.models import Agent, ChecklistItem, Customer, HeldReply, Macro, Message, Ticket, TicketEvent
from tests.factories import a_team, a_ticket, an_agent

FLOW = """
workflow: Macros
fields:
  order: text
  root_cause: {type: text, required: on_solve}
  seats: {type: number, of: customer}
statuses:
  waiting_on_supplier: {category: on_hold}
queues:
  technical: {team: technical}
  south: {team: south}
default_queue: technical
routing_rules: []
"""
SOON = timedelta(seconds=3)
HELLO = 'Hello {{ requester.first_name | default: "there" }}, about order {{ticket.order}}.'


@pytest.fixture
def lead(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    return an_agent("Mira Vale", role="lead", teams=(a_team("technical"),))


@pytest.fixture
def agent(lead: Agent) -> Agent:
    return an_agent("Jonas Reed", teams=(a_team("technical"),))


def write(lead: Agent, now: datetime, **known: Any) -> Macro:
    return shelf.write(lead, Written(**{"name": "Export is slow", "texts": {"": HELLO}, **known}), now=now)


def ticket(now: datetime, name: str = "Ida Hull", **known: Any) -> int:
    return a_ticket(now, requester=Person("ida@hull.example", name), **known).pk


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{requester.frist_name}}", "Did you mean requester.first_name?"),
        ("{{ticket.shoe_size}}", "no variable ticket.shoe_size"),
        ("{{ requester.name | upper }}", "cannot be read"),
        ("{{}}", "cannot be read"),
    ],
)
def test_a_variable_nobody_knows_is_refused_when_it_is_saved(lead: Agent, now: datetime, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(lead, now, texts={"": "Fine", "de": text})
    assert said in refused.value.sentence
    assert list(refused.value.fields) == ["text_de"]


def test_fields_of_the_workflow_are_variables(lead: Agent) -> None:
    refuse_unknown("{{ticket.order}} {{requester.seats}} {{ agent.name }}", workflows.live(), "text_any")


@pytest.mark.parametrize(
    ("text", "values", "whole", "gaps"),
    [
        ("Hi {{requester.name}}", {"requester.name": "Ida"}, "Hi Ida", ()),
        ("Hi {{requester.name|default:'you'}}", {}, "Hi you", ()),
        ("Hi {{ requester.name }}", {"requester.name": ""}, "Hi {{ requester.name }}", ("requester.name",)),
        ("Hi {{requester.name}}", {"requester.name": "[x](http://evil)\n# y"}, "Hi \\[x\\](http://evil) # y", ()),
        ("#{{ticket.id}}", {"ticket.id": 12}, "#12", ()),
        ("{{agent.name}} {{agent.name}}", {}, "{{agent.name}} {{agent.name}}", ("agent.name",)),
        ("Hi {{requester.name}}", {"requester.name": "{{agent.name}}"}, "Hi {{agent.name}}", ()),
    ],
)
def test_variables_are_filled_in(text: str, values: dict[str, Any], whole: str, gaps: tuple[str, ...]) -> None:
    found = rendered(text, values)
    assert (found.text, found.gaps) == (whole, gaps)


def test_looking_does_nothing_and_says_what_would_happen(lead: Agent, now: datetime) -> None:
    macro = write(lead, now, actions={"priority": "high", "tag": ["Export"], "status": "waiting_on_supplier"})
    number = ticket(now, fields={"order": "A-7"}, priority="low")
    events = TicketEvent.objects.count()
    _, (use,) = using.preview(lead, macro.pk, [number], now=now)

    assert use.text.text == "Hello Ida, about order A-7."
    assert dict(use.changes) == {
        "status": ("new" if use.changes["status"][0] == "new" else "open", "on_hold"),
        "substatus": (None, "waiting_on_supplier"),
        "priority": ("low", "high"),
        "tags": ([], ["export"]),
    }
    assert TicketEvent.objects.count() == events
    assert Ticket.objects.get(pk=number).priority == "low"


def test_the_customers_language_chooses_the_text(lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={"en": "Hello", "de": "Guten Tag"})
    number = ticket(now)
    Customer.objects.filter(tickets=number).update(language="de-AT")
    _, (use,) = using.preview(lead, macro.pk, [number], now=now)
    assert use.text.text == "Guten Tag"
    Customer.objects.filter(tickets=number).update(language="ja")
    _, (use,) = using.preview(lead, macro.pk, [number], now=now)
    assert use.text.text == "Hello"


def test_everything_happens_in_one_deed_and_names_the_macro(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(
        lead,
        now,
        note="Asked {{requester.name}}.",
        actions={"priority": "high", "assignee": "me", "checklist": ["Call the supplier", "Tell the customer"]},
    )
    number = ticket(now, fields={"order": "A-7"}, priority="low")
    used = using.apply(agent, macro.pk, [number], now=now, send=False)

    assert used.text == "Hello Ida, about order A-7."
    row = Ticket.objects.get(pk=number)
    assert (row.priority, row.assignee) == ("high", agent)
    assert Message.objects.get(ticket=number, kind="note").text == "Asked Ida Hull."
    assert [one.text for one in ChecklistItem.objects.filter(ticket=number)] == [
        "Call the supplier",
        "Tell the customer",
    ]
    named = TicketEvent.objects.filter(ticket=number, data__macro__name="Export is slow").order_by("id")
    kinds = {"macro_used", "fields_changed", "note_added", "checklist_added"}
    assert {event.kind for event in named} == kinds
    macro.refresh_from_db()
    assert (macro.used, macro.used_at) == (1, now)


def test_several_are_answered_and_it_is_all_taken_back(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={"": "Hello {{requester.first_name}}."}, actions={"priority": "high"})
    pair = [ticket(now, priority="low"), ticket(now, priority="medium")]
    used = using.apply(agent, macro.pk, pair, now=now, send=True)

    assert [held.text for held in HeldReply.objects.filter(ticket__in=pair)] == ["Hello Ida.", "Hello Ida."]
    assert using.undo(agent, used.events, used.held, now=now + SOON) == pair
    assert not HeldReply.objects.exists()
    assert [Ticket.objects.get(pk=number).priority for number in pair] == ["low", "medium"]


def test_a_gap_stops_the_sending_to_all(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now, actions={"priority": "high"})
    pair = [ticket(now, fields={"order": "A-7"}, priority="low"), ticket(now)]
    with pytest.raises(Invalid, match=r"ticket\.order"):
        using.apply(agent, macro.pk, pair, now=now, send=True)
    assert Ticket.objects.get(pk=pair[0]).priority == "low"
    assert not HeldReply.objects.exists()


def test_a_gap_in_the_composer_stops_the_reply(agent: Agent, lead: Agent, now: datetime) -> None:
    number = ticket(now)
    with pytest.raises(Invalid, match=r"ticket\.order"):
        holding.send(agent, number, "About order {{ticket.order}}.", now=now)
    assert holding.send(agent, number, "Write {{ user.name }} into your template.", now=now)


def test_what_somebody_is_writing_is_not_thrown_away(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={"": "Hello."})
    number = ticket(now)
    drafts.keep(agent, number, "reply", "Dear Ida, I have", now=now)
    with pytest.raises(Invalid, match=f"#{number}"):
        using.apply(agent, macro.pk, [number], now=now, send=True)


def test_a_macro_that_solves_asks_for_what_is_required(agent: Agent, lead: Agent, now: datetime) -> None:
    solving = write(lead, now, texts={}, actions={"status": "solved"})
    number = ticket(now)
    with pytest.raises(Invalid, match="Root cause"):
        using.apply(agent, solving.pk, [number], now=now, send=False)
    filling = write(lead, now, texts={}, actions={"status": "solved", "fields": {"root_cause": "Usage"}})
    using.apply(agent, filling.pk, [number], now=now, send=False)
    assert Ticket.objects.get(pk=number).status == "solved"


def test_a_subject_stands_as_the_customer_wrote_it(lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={"": "About {{ticket.subject}}, {{ticket.queue}}"})
    number = ticket(now, subject="export_stops at row_5")
    _, (use,) = using.preview(lead, macro.pk, [number], now=now)
    assert use.text.text == "About export_stops at row_5, technical"


def test_a_solved_ticket_is_not_asked_for_what_it_lacks(agent: Agent, lead: Agent, now: datetime) -> None:
    solving = write(lead, now, texts={}, actions={"status": "solved", "tag": ["done"]})
    number = ticket(now)
    Ticket.objects.filter(pk=number).update(status="solved")
    using.apply(agent, solving.pk, [number], now=now, send=False)
    assert Ticket.objects.get(pk=number).tags == ["done"]


def test_a_macro_whose_field_is_gone_says_so(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={}, actions={"fields": {"order": "A-7"}})
    number = ticket(now)
    workflows.publish("workflow: Less\n", now=now)
    with pytest.raises(Invalid, match="does not know any more"):
        using.preview(lead, macro.pk, [number], now=now)


def test_each_finds_their_own_their_teams_and_everybodys(agent: Agent, lead: Agent, now: datetime) -> None:
    stranger = an_agent(teams=(a_team("south"),))
    write(lead, now, name="All")
    write(lead, now, name="Technical", team=a_team("technical"))
    shelf.write(agent, Written("Mine", texts={"": "Hi"}, personal=True), now=now)

    def names(somebody: Agent) -> set[str]:
        return {macro.name for macro in shelf.found(somebody)}

    assert names(agent) == {"All", "Technical", "Mine"}
    assert names(lead) == {"All", "Technical"}
    assert names(stranger) == {"All"}


def test_agents_keep_their_own_macros_and_leads_the_shared_ones(agent: Agent, lead: Agent, now: datetime) -> None:
    shared = write(lead, now)
    own = shelf.write(agent, Written("Mine", texts={"": "Hi"}, personal=True), now=now)
    light = an_agent(role="light", teams=(a_team("technical"),))
    with pytest.raises(Forbidden):
        write(agent, now)
    with pytest.raises(Forbidden):
        shelf.change(agent, shared.pk, Written("Taken", texts={"": "Hi"}, personal=True), now=now)
    with pytest.raises(Forbidden):
        shelf.change(agent, own.pk, Written("Shared", texts={"": "Hi"}), now=now)
    with pytest.raises(NotFound):
        shelf.put_away(lead, own.pk, now=now)
    with pytest.raises(Forbidden):
        shelf.write(light, Written("Light", texts={"": "Hi"}, personal=True), now=now)


def test_a_macro_put_away_is_found_no_more_and_comes_back(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now)
    shelf.put_away(lead, macro.pk, now=now)
    with pytest.raises(NotFound):
        using.preview(agent, macro.pk, [ticket(now)], now=now)
    shelf.put_away(lead, macro.pk, now=now, away=False)
    assert shelf.one(agent, macro.pk) == macro


def test_using_one_is_for_those_who_may_change_the_ticket(agent: Agent, lead: Agent, now: datetime) -> None:
    macro = write(lead, now, texts={"": "Hi"})
    number = ticket(now)
    with pytest.raises(NotFound):
        using.apply(an_agent(teams=(a_team("south"),)), macro.pk, [number], now=now, send=False)
    with pytest.raises(Forbidden):
        using.apply(an_agent(role="light", teams=(a_team("technical"),)), macro.pk, [number], now=now, send=False)
    with pytest.raises(Invalid):
        using.apply(agent, macro.pk, [], now=now, send=False)


@pytest.mark.parametrize(
    ("actions", "wrong"),
    [
        ({"status": "sovled"}, "status"),
        ({"priority": "very"}, "priority"),
        ({"queue": "nowhere"}, "queue"),
        ({"fields": {"shoe": 1}}, "fields.shoe"),
        ({"explode": True}, "explode"),
        ({"tag": ["x" * 99]}, "tags"),
    ],
)
def test_an_action_that_cannot_be_done_is_refused(
    lead: Agent, now: datetime, actions: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write(lead, now, actions=actions)
    assert list(refused.value.fields) == [wrong]


def test_an_empty_macro_is_refused(lead: Agent, now: datetime) -> None:
    with pytest.raises(Invalid):
        write(lead, now, texts={"": "  "})
