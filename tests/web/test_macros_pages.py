"""Macros, checklists and time on pages: picking, looking, using, taking back; writing them in the console."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskwright.desk.errors import Invalid
from deskwright.desk.macros import shelf
from deskwright.desk.macros.shelf import Written
from deskwright.store.models import Agent, ChecklistItem, Customer, Macro, Ticket, TimeEntry
from deskwright.web.workspace.work import minutes_in
from tests.web import rows

SignIn = Callable[[Agent], Client]
PART = {"HX-Request": "true"}


@pytest.fixture
def ticket(mina: Customer, now: datetime) -> Ticket:
    Customer.objects.update(language=None)
    return rows.ticket(mina, now, queue="technical", priority="low")


@pytest.fixture
def macro(lead: Agent, now: datetime) -> Macro:
    written = Written(
        "Ask for the name",
        folder="Exports",
        texts={"": "Hello {{requester.first_name}}, *which* order? {{requester.language}}"},
        actions={"priority": "high", "checklist": ["Call"]},
    )
    return shelf.write(lead, written, now=now)


def page(answer: Any) -> str:
    return answer.content.decode()


def test_the_picker_lists_macros_and_the_preview_says_what_would_happen(
    ticket: Ticket, macro: Macro, ada: Agent, signed_in: SignIn
) -> None:
    client = signed_in(ada)
    assert "Ask for the name" in page(client.get(reverse("macro_choose"), {"ticket": ticket.pk}))
    shown = page(client.get(reverse("macro_preview", args=[macro.pk]), {"ticket": ticket.pk}))
    assert "<em>which</em>" in shown
    assert "Priority Low → High" in shown
    assert "requester.language" in shown
    assert Ticket.objects.get().priority == "low"


def test_using_one_offers_to_take_it_back(ticket: Ticket, macro: Macro, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    used = client.post(reverse("macro_use", args=[macro.pk]), {"ticket": ticket.pk}, headers=PART)
    told = json.loads(used.headers["HX-Trigger"])
    assert Ticket.objects.get().priority == "high"
    assert "Call" in page(client.get(reverse("side", args=[ticket.pk])))
    assert "“Ask for the name”" in page(client.get(reverse("conversation", args=[ticket.pk])))
    client.post(told["desk:undoable"]["url"], headers=PART)
    assert Ticket.objects.get().priority == "low"


def test_several_see_whom_it_cannot_be_sent_to(
    ticket: Ticket, macro: Macro, mina: Customer, now: datetime, ada: Agent, signed_in: SignIn
) -> None:
    other = rows.ticket(mina, now, queue="technical", priority="high")
    shown = page(signed_in(ada).get(reverse("macro_preview", args=[macro.pk]), {"ticket": [ticket.pk, other.pk]}))
    assert "Priority → High: 1 ticket" in shown
    assert f"#{ticket.pk} #{other.pk}" in shown


def test_a_macro_is_written_in_the_console_and_a_fault_stands_at_its_text(
    lead: Agent, signed_in: SignIn, now: datetime
) -> None:
    client = signed_in(lead)
    form = {
        "name": "Thanks",
        "whose": "all",
        "text_any": "Hi {{agent.name}}",
        "text_de": "Hallo {{agnet.name}}",
        "tag": "A b, c",
    }
    refused = client.post(reverse("macro_add"), form)
    assert refused.status_code == 422
    assert "Did you mean agent.name?" in page(refused)
    assert client.post(reverse("macro_add"), {**form, "text_de": "Hallo"}).status_code == 302
    written = Macro.objects.get()
    assert written.texts == {"": "Hi {{agent.name}}", "de": "Hallo"}
    assert written.actions == {"tag": ["a-b", "c"]}

    edit = reverse("macro_edit", args=[written.pk])
    assert "Hallo" in page(client.get(edit))
    client.post(edit, {**form, "text_de": "", "name": "Many thanks"})
    assert (Macro.objects.get().name, Macro.objects.get().texts) == ("Many thanks", {"": "Hi {{agent.name}}"})


def test_what_is_put_away_comes_back_by_undo(macro: Macro, lead: Agent, signed_in: SignIn) -> None:
    client = signed_in(lead)
    away = reverse("macro_away", args=[macro.pk])
    client.post(away)
    client.get(reverse("macro_add"))  # the toast is read here
    assert "Ask for the name" not in page(client.get(reverse("macros")))
    assert "Ask for the name" in page(client.get(reverse("macros"), {"away": 1}))
    client.post(f"{away}?back=1")
    assert Macro.objects.get().archived_at is None


def test_an_agent_writes_only_for_themselves(macro: Macro, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    assert 'value="all"' not in page(client.get(reverse("macro_add")))
    assert client.post(reverse("macro_add"), {"name": "x", "whose": "all", "text_any": "y"}).status_code == 422
    assert client.get(reverse("macro_edit", args=[macro.pk])).status_code == 404


def test_items_are_added_and_ticked_off(ticket: Ticket, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    client.post(reverse("checklist_add", args=[ticket.pk]), {"text": "Call\nWrite"})
    first, second = ChecklistItem.objects.all()
    client.post(reverse("checklist_tick", args=[first.pk]), {"done": "1"})
    client.post(reverse("checklist_item", args=[second.pk]), {"move": "-1"})
    client.post(reverse("checklist_item", args=[second.pk]), {"text": "Write back"})
    shown = page(client.get(reverse("side", args=[ticket.pk])))
    assert shown.index("Write back") < shown.index("Call")
    assert "1 of 2" in shown


def test_time_is_noted_corrected_and_summed(ticket: Ticket, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    client.post(reverse("timer", args=[ticket.pk]))
    assert "Stop" in page(client.get(reverse("side", args=[ticket.pk])))
    client.post(reverse("timer", args=[ticket.pk]), {"stop": "1"})
    client.post(reverse("time_add", args=[ticket.pk]), {"minutes": "1h15", "billable": "1", "note": "Call"})
    shown = page(client.get(reverse("side", args=[ticket.pk])))
    assert "1 h 16 m" in shown
    assert "1 h 15 m billable" in shown
    entry = TimeEntry.objects.get(billable=True)
    client.post(reverse("time_correct", args=[entry.pk]), {"minutes": "30"})
    assert TimeEntry.objects.get(pk=entry.pk).minutes == 30


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("45m", 45), ("45 min", 45), ("1h30", 90), ("1.5h", 90), ("1:05", 65), ("2 h", 120)],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert minutes_in(text) == minutes


@pytest.mark.parametrize("text", ["", "soon", "1:75", "-5", "h"])
def test_a_length_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        minutes_in(text)
