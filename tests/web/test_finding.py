"""Search and the palette: words, unfinished words, numbers, addresses, and nothing that is not yours."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import access, clock
from deskwright.store.connection import cursor
from deskwright.store.finding import searching, walking
from deskwright.store.models import Agent, Attachment, Customer, Role, Ticket
from deskwright.store.search import index
from tests.web import rows

SignedIn = Callable[[Agent], Client]


@pytest.fixture
def tickets(mina: Customer, ada: Agent, bram: Agent, now: datetime) -> dict[str, Ticket]:
    piet = rows.customer("Piet Groot", now)
    made = {
        "export": rows.ticket(mina, now, "Export to CSV stops", queue="technical"),
        "invoice": rows.ticket(piet, now, "Invoice charged twice", queue="billing"),
        "slow": rows.ticket(piet, now, "Labels are slow", queue="everybody"),
    }
    rows.message(made["slow"], now, text="The export of labels takes minutes")
    index(cursor(), [ticket.pk for ticket in made.values()])
    return made


def found(agent: Agent, text: str) -> list[int]:
    return [row["id"] for row in find(agent, text).rows]


def find(agent: Agent, text: str, **place: Any) -> searching.Found:
    values = {"queue": ["technical", "billing", "everybody"]}
    return searching.find(text, access.visible_tickets(agent), me=agent.pk, now=clock.now(), values=values, **place)


def test_words_of_subject_and_conversation_are_found_the_subject_first(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, "export") == [tickets["export"].pk, tickets["slow"].pk]
    assert found(lead, "invoice twice") == [tickets["invoice"].pk]


@pytest.mark.parametrize("text", ["expo", "Export st", "csv sto"])
def test_the_last_word_may_be_unfinished(text: str, tickets: dict[str, Ticket], lead: Agent) -> None:
    assert tickets["export"].pk in found(lead, text)


def test_quotes_keep_words_together_and_a_minus_leaves_out(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, '"export of labels"') == [tickets["slow"].pk]
    assert found(lead, "export -csv ") == [tickets["slow"].pk]


def test_a_number_and_an_address_find_their_tickets(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, f"#{tickets['slow'].pk}") == [tickets["slow"].pk]
    assert found(lead, str(tickets["slow"].pk))[0] == tickets["slow"].pk
    assert set(found(lead, "PIET@harbor.example")) == {tickets["invoice"].pk, tickets["slow"].pk}


def test_nobody_finds_what_they_may_not_see(tickets: dict[str, Ticket], ada: Agent) -> None:
    assert found(ada, "invoice") == []
    assert found(ada, f"#{tickets['invoice'].pk}") == []
    assert found(ada, "piet@harbor.example") == [tickets["slow"].pk]


@pytest.mark.parametrize("text", ["", "  ", "'", '"', "\0", "& | !", "a:*b <-> (", "#", "-", "%s %(x)s", "x" * 5000])
def test_no_text_breaks_the_search(text: str, tickets: dict[str, Ticket], lead: Agent, signed_in: SignedIn) -> None:
    found(lead, text)
    assert signed_in(lead).get("/search/", {"q": text}).status_code == 200


def test_the_palette_offers_tickets_places_and_what_can_be_done_here(
    tickets: dict[str, Ticket], ada: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(ada)
    everything = client.get("/palette/", {"q": "", "ticket": str(tickets["export"].pk)}).content.decode()
    for word in ["Reply", "Solve", "At risk", "Technical", "Show the keys"]:
        assert word in everything
    assert "Billing" not in everything

    some = client.get("/palette/", {"q": "export"}).content.decode()
    assert "Export to CSV stops" in some and "Solve" not in some


def test_the_palette_offers_only_what_one_may_do(tickets: dict[str, Ticket], signed_in: SignedIn) -> None:
    light = signed_in(rows.agent("Lil Fern", "light", ("technical",)))
    offered = light.get("/palette/", {"q": "", "ticket": str(tickets["export"].pk)}).content.decode()
    deeds = set(re.findall(r'data-do="(\w+)"', offered))
    assert {"note", "attach", "follow"} <= deeds
    assert not {"reply", "solve", "assign", "merge", "split", "macros", "compose"} & deeds


def test_who_does_not_see_customers_is_led_to_none(tickets: dict[str, Ticket], ada: Agent, signed_in: SignedIn) -> None:
    role = Role.objects.create(key="quiet", name="Quiet", grants={"tickets:see": "all"})
    Agent.objects.filter(pk=ada.pk).update(custom_role=role)
    client = signed_in(ada)
    for path in ("/palette/?q=", "/inbox/mine/"):
        assert "/customers/" not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from:piet", ["slow", "invoice"]),
        ("from:mina@harbor.example", ["export"]),
        ("from:harbor.example", ["slow", "invoice", "export"]),
        ("-from:piet", ["export"]),
        ("org:lines", ["export"]),
        ("is:solved", ["invoice"]),
        ("is:open -queue:everybody", ["export"]),
        ("is:unassigned", ["slow"]),
        ("assignee:me", ["export"]),
        ("assignee:none is:open", ["slow"]),
        ("assignee:lind", ["export"]),
        ("tag:vip", ["export"]),
        ("-tag:vip", ["slow", "invoice"]),
        ("sla:breached", ["slow"]),
        ("sla:at_risk", ["export"]),
        ("sla:ok", ["invoice"]),
        ("priority:high", ["export"]),
        ("channel:email queue:billing", ["invoice"]),
        ("has:attachment", ["slow"]),
        ("quarterly", ["slow"]),
        ("quarterly_report.pdf", ["slow"]),
        ("before:yesterday", ["invoice"]),
        ("after:2d", ["slow", "export"]),
        ("subject:export", ["export"]),
        ('subject:"to csv"', ["export"]),
        ('subject:"csv to"', []),
        ("export -subject:export", ["slow"]),
        ("export is:open from:piet", ["slow"]),
        ("to:help@desk.example", ["slow"]),
    ],
)
def test_operators_narrow_the_search(
    text: str, names: list[str], tickets: dict[str, Ticket], lead: Agent, now: datetime
) -> None:
    own = {
        "export": {"tags": ["vip"], "priority": "high", "assignee": lead, "at_risk_at": now, "next_due_at": now},
        "invoice": {"status": "solved", "created_at": now - timedelta(days=9)},
        "slow": {"breached": True},
    }
    for place, (name, values) in enumerate(own.items()):
        Ticket.objects.filter(pk=tickets[name].pk).update(updated_at=now + timedelta(minutes=place), **values)
    said = rows.message(tickets["slow"], now, text="See the file", recipients={"to": ["help@desk.example"]})
    Attachment.objects.create(
        message=said, name="quarterly_report.pdf", content_type="application/pdf", size=9, sha256="0" * 64
    )
    signed = rows.message(tickets["invoice"], now, text="Regards")
    Attachment.objects.create(
        message=signed, name="image001.png", content_type="image/png", size=9, sha256="1" * 64, logo=True
    )
    index(cursor(), [ticket.pk for ticket in tickets.values()])

    assert set(found(lead, text)) == {tickets[name].pk for name in names}


@pytest.mark.parametrize(
    ("text", "why", "suggestion"),
    [
        ("form:piet", "operator", "from:piet"),
        ("is:opne", "word", "is:open"),
        ("queue:bilings", "word", "queue:billing"),
        ("priority:", "value", ""),
        ("before:soon", "date", ""),
        ("priority:purple", "word", ""),
    ],
)
def test_a_wrong_operator_is_explained_and_left_out(
    text: str, why: str, suggestion: str, tickets: dict[str, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    answer = find(lead, f"export {text}")
    assert [(fault.why, fault.suggestion) for fault in answer.query.faults] == [(why, suggestion)]
    assert answer.rows
    page = signed_in(lead).get("/search/", {"q": f"export {text} "}).content.decode()
    assert "search-fault" in page


def test_what_only_looks_like_an_operator_is_a_word(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert find(lead, "10:30 https://labels.example zebra:").query.faults == ()


def test_a_misspelt_word_is_tried_as_it_was_meant(
    tickets: dict[str, Ticket], lead: Agent, ada: Agent, signed_in: SignedIn
) -> None:
    answer = find(lead, "invioce twice")
    assert [row["id"] for row in answer.rows] == [tickets["invoice"].pk]
    assert answer.instead == {"invioce": "invoice"}
    assert find(ada, "invioce").instead is None, "a word of tickets that are not theirs is not told"
    assert "these hold “invoice”" in signed_in(lead).get("/search/", {"q": "invioce"}).content.decode()


@pytest.mark.parametrize("bounds", [{}, {"NEWEST": 2, "STRETCH": 3}, {"NEWEST": 1, "STRETCH": 2, "LOOKED": 2}])
def test_every_match_is_met_once_page_by_page(
    bounds: dict[str, int], lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [rows.ticket(mina, now, f"Zebra {'zebra' * (n % 3)} {n}").pk for n in range(23)]
    index(cursor(), made)
    for name, value in {"BLOCK": 8, **bounds}.items():
        monkeypatch.setattr(searching, name, value)
    seen = every(lead, "zebra")
    assert (len(seen), set(seen)) == (23, set(made))


def every(agent: Agent, text: str, limit: int = 3) -> list[int]:
    """What is found from page to page."""
    seen, after = [], ""
    for _ in range(40):
        page = find(agent, text, after=after, limit=limit)
        seen += [row["id"] for row in page.rows]
        after = page.older
        if not after:
            break
    return seen


@pytest.mark.parametrize(
    "text", ["queue:technical", "tag:rare", "is:open", "after:2d", "before:2d", "-zebra -queue:billing", "assignee:me"]
)
def test_without_words_a_bounded_number_is_looked_at_and_still_nothing_is_lost(
    text: str, lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WALKED", 4)
    monkeypatch.setattr(walking, "FEW", 3)
    made = [
        rows.ticket(mina, now, f"Horse {n}", queue="technical" if n % 5 == 0 else "billing", assignee=lead).pk
        for n in range(20)
    ]
    Ticket.objects.filter(pk__in=made[:2]).update(tags=["rare"])
    Ticket.objects.filter(pk__in=made[:9]).update(created_at=now - timedelta(days=9))
    Ticket.objects.filter(pk__in=made[3:]).update(status="solved", updated_at=now + timedelta(minutes=1))
    index(cursor(), made)
    wanted = {
        "queue:technical": made[::5],
        "tag:rare": made[:2],
        "is:open": made[:3],
        "after:2d": made[9:],
        "before:2d": made[:9],
        "-zebra -queue:billing": made[::5],
        "assignee:me": made,
    }
    seen = every(lead, text)
    assert (len(seen), set(seen)) == (len(wanted[text]), set(wanted[text]))


def test_few_tickets_of_a_tag_are_found_at_once_however_old_they_are(
    lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WALKED", 2)
    made = [rows.ticket(mina, now + timedelta(minutes=n)).pk for n in range(9)]
    Ticket.objects.filter(pk=made[0]).update(tags=["rare"])
    assert found(lead, "tag:rare") == [made[0]]


def test_a_frequent_word_among_live_tickets_is_found_however_many_ended_ones_hold_it(
    lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "NEWEST", 1)
    monkeypatch.setattr(searching, "LOOKED", 2)
    made = [rows.ticket(mina, now, f"Zebra {n}").pk for n in range(9)]
    Ticket.objects.filter(pk__in=made[1:]).update(status="solved")
    index(cursor(), made)
    assert found(lead, "zebra is:open") == [made[0]]


def test_where_only_older_tickets_may_match_the_page_offers_to_look_further_back(
    lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    monkeypatch.setattr(searching, "NEWEST", 1)
    monkeypatch.setattr(searching, "LOOKED", 2)
    made = [rows.ticket(mina, now, f"Zebra {n}").pk for n in range(9)]
    Ticket.objects.filter(pk=made[0]).update(category="rare")
    index(cursor(), made)
    assert "Look further back" in signed_in(lead).get("/search/", {"q": "zebra category:rare"}).content.decode()
    assert every(lead, "zebra category:rare") == [made[0]]


def test_words_that_are_only_left_out_leave_the_others_by_last_change(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert set(found(lead, "-export")) == {tickets["invoice"].pk}
    assert found(lead, "-export -invoice") == []


def test_snoozed_tickets_are_found(tickets: dict[str, Ticket], lead: Agent, now: datetime) -> None:
    Ticket.objects.filter(pk=tickets["slow"].pk).update(snoozed_since=now)
    assert found(lead, "is:snoozed") == [tickets["slow"].pk]


def test_the_index_is_cut_into_the_stretches_that_a_search_asks_for(desk: None) -> None:
    row = cursor().execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'search_words'").fetchone()
    assert row is not None and f"ticket_id / {searching.STRETCH})" in row["indexdef"]


@pytest.mark.parametrize("after", ["x", "1_2", "99999999999999999999_1_1", "5_1e999_5", "5_e_5", "'"])
def test_a_cursor_nobody_wrote_is_the_first_page(after: str, tickets: dict[str, Ticket], lead: Agent) -> None:
    find(lead, "export", after=after)
    find(lead, "is:open", after=after)


def test_the_passage_that_holds_the_words_is_shown_with_them_marked(
    tickets: dict[str, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    page = signed_in(lead).get("/search/", {"q": "labels takes"}).content.decode()
    assert "export of <mark>labels</mark> <mark>takes</mark> minutes" in page


@pytest.mark.parametrize(
    ("text", "offered"), [("is:una", "is:unassigned "), ("pri", "priority:"), ("x -queue:bi", "-queue:billing ")]
)
def test_operators_are_completed(
    text: str, offered: str, tickets: dict[str, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(lead)
    assert f'data-insert="{offered}"' in client.get("/search/", {"q": text}).content.decode()
    assert f'data-insert="{offered}"' in client.get("/palette/", {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["export is:open", "is:unassigned tag:late", "-export has:note"])
@pytest.mark.parametrize("number", [1, 40])
def test_a_search_costs_the_same_few_statements(
    number: int,
    text: str,
    lead: Agent,
    mina: Customer,
    now: datetime,
    signed_in: SignedIn,
    statements: Callable[[], Any],
) -> None:
    index(cursor(), [rows.ticket(mina, now).pk for _ in range(number)])
    client = signed_in(lead)
    client.get("/search/", {"q": "export"})
    with statements() as sent:
        client.get("/search/", {"q": text})
    assert len(sent) <= 9, sent
