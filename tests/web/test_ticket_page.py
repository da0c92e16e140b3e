"""The ticket page: the conversation, what is folded, what is explained, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.answering import holding, replies
from deskwright.desk.errors import StaleReply
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, Customer, Delivery, Draft, HeldReply, Notice, Ticket
from tests.web import rows

SignedIn = Callable[[Agent], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(mina: Customer, lead: Agent, now: datetime) -> Ticket:
    return rows.ticket(mina, now, assignee=lead, queue="technical")


def read(client: Client, ticket: Ticket, part: str = "") -> str:
    answer = client.get(f"/tickets/{ticket.pk}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_new_words_stand_apart_from_quoted_ones(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    rows.message(ticket, now, text="It still stops.", whole="It still stops.\n> Is it solved?")
    page = read(signed_in(lead), ticket)
    shown, _, quoted = page.partition("Show the whole message")
    assert "It still stops." in shown and "Is it solved?" not in shown
    assert "&gt; Is it solved?" in quoted


def test_what_a_customer_writes_is_text_and_never_markup(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    rows.message(ticket, now, text='<script>alert(1)</script> <img src=x onerror="x"> https://ok.example')
    page = read(signed_in(lead), ticket)
    assert "<script>alert" not in page and "<img src=x" not in page
    assert 'href="https://ok.example"' in page


def test_an_agent_s_markdown_is_shown_without_styles_or_scripts(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    rows.message(ticket, now, kind="agent", agent=lead, text="**Yes** <b onclick=x>no</b> [go](javascript:alert(1))")
    page = read(signed_in(lead), ticket)
    assert "<strong>Yes</strong>" in page
    assert "onclick=" not in page.replace("onclick=x&gt;", "") and "javascript:" not in page.replace("(javascript:", "")
    assert " style=" not in page


def test_a_note_is_named_as_one_and_a_failed_delivery_can_be_sent_again(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    rows.message(ticket, now, kind="note", agent=lead, text="Only for us")
    sent = rows.message(ticket, now, kind="agent", agent=lead, text="Hello Mina")
    Delivery.objects.create(
        ticket=ticket, message=sent, recipient="mina@harbor.example", mail_id="m1", state="failed", created_at=now,
        last_error="550 no such mailbox",
    )  # fmt: skip
    page = read(signed_in(lead), ticket)
    assert "Internal note" in page
    assert "550 no such mailbox" in page and "/resend/" in page


def test_events_are_folded_into_one_line_with_the_telling_ones_shown(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    effects = [
        {"effect": "AddTags", "tags": ["export"], "because": "rule 2"},
        {"effect": "Route", "queue": "technical", "rule": "Exports", "because": "rule “Exports” matched"},
        {"effect": "Assign", "agent": lead.pk, "units": 1, "turn": 1, "because": "the lowest load"},
    ]
    rows.event(ticket, now, data={"by": "customer", "effects": effects})
    page = read(signed_in(lead), ticket)
    assert "Routed to Technical · Assigned to Nora Lind" in page
    assert "and 2 more" in page
    assert "rule “Exports” matched" in page


def test_why_shows_every_recorded_step_with_its_truth(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    part = {"topic": "routing", "text": "amount > 10000", "held": False, "seen": {"amount": "missing"}}
    trace = [{"topic": "routing", "text": "Rule 1 was tried", "held": False, "parts": [part]}]
    rows.event(ticket, now, trace=trace, workflow_version=3)
    shown = read(signed_in(lead), ticket, "why/")
    for word in ["When the ticket was opened", "workflow version 3", "Rule 1 was tried", "amount = missing", "false:"]:
        assert word in shown


def test_a_paused_clock_explains_its_pause(ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn) -> None:
    rows.clock(ticket, now, 60, metric="resolution", state="paused", due_at=None, running_since=None, used_seconds=600)
    put = {"metric": "resolution", "cycle": 1}
    paused = {"effect": "PutClock", "change": "paused", "clock": put, "because": "waiting on the customer"}
    rows.event(ticket, now, kind="fields_changed", data={"effects": [paused]})
    side = read(signed_in(lead), ticket, "side/")
    assert "Resolution is paused after 10 m of its 60m" in side
    assert "paused since" in side and "waiting on the customer" in side


def test_the_page_costs_a_fixed_number_of_statements(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn, statements: Callable[[], Any]
) -> None:
    client = signed_in(lead)
    for number in range(30):
        rows.message(ticket, now + timedelta(minutes=number))
        rows.event(ticket, now + timedelta(minutes=number))
    read(client, ticket)
    with statements() as sent:
        read(client, ticket)
    assert len(sent) <= 21, sent


def test_a_ticket_of_another_team_is_not_found_by_any_door(
    ticket: Ticket, bram: Agent, ada: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(bram)
    for part in ["", "conversation/", "side/", "why/"]:
        assert client.get(f"/tickets/{ticket.pk}/{part}").status_code == 404
    for deed in ["reply", "note", "draft", "escalate", "acknowledge", "hand-back"]:
        answer = client.post(f"/tickets/{ticket.pk}/{deed}/", {"text": "x", "kind": "note"}, headers=HTMX)
        assert answer.status_code == 404
    assert client.post("/tickets/change/", {"ticket": ticket.pk, "status": "solved"}, headers=HTMX).status_code == 404
    assert client.get(f"/choose/status/?ticket={ticket.pk}").status_code == 404


def test_a_light_agent_gets_no_controls_and_no_deeds(ticket: Ticket, ada: Agent, signed_in: SignedIn) -> None:
    light = rows.agent("Lia Fern", "light", ("technical",))
    page = read(signed_in(light), ticket)
    assert "Add note" in page and 'id="tab-reply"' not in page and 'id="property-status"' not in page
    answer = signed_in(light).post(f"/tickets/{ticket.pk}/reply/", {"text": "Hello"}, headers=HTMX)
    assert answer.status_code == 403 and "desk:said" in answer.headers["HX-Trigger"]


def test_a_reply_is_one_deed_and_the_page_hears_of_it(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(holding, "send", lambda *args, **named: called.append((args, named)) or 5)
    form = {"text": "Done.", "then": "solved", "seen": "7"}
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    named = {"now": now, "status": "solved", "seen": 7, "later": None, "to": None, "as_of": None, "by": ""}
    assert called == [((lead, ticket.pk, "Done."), named)]
    assert answer.status_code == 204 and '"desk:sent"' in answer.headers["HX-Trigger"]
    assert "/held/5/take-back/" in answer.headers["HX-Trigger"]


def test_a_stale_reply_shows_what_the_customer_wrote_and_is_not_sent(
    ticket: Ticket, lead: Agent, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(*_: Any, **__: Any) -> None:
        raise StaleReply("Read it first.", [{"id": 9, "new_text": "Never mind, it works."}])

    monkeypatch.setattr(holding, "send", stale)
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/reply/", {"text": "Try this"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Never mind, it works." in answer.content.decode() and 'data-newest="9"' in answer.content.decode()


def test_a_choice_changes_one_field_of_all_chosen_tickets(
    ticket: Ticket, mina: Customer, lead: Agent, now: datetime, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(changing, "change", lambda *args, **named: called.append((args, named)) or [3, 4])
    other = rows.ticket(mina, now)
    client = signed_in(lead)
    for value, meant in [("me", lead.pk), ("0", None), (str(lead.pk), lead.pk)]:
        form = {"ticket": [ticket.pk, other.pk], "assignee": value}
        answer = client.post("/tickets/change/", form, headers=HTMX)
        expected = {"now": now, "tag": [], "untag": [], "despite_children": False}
        assert called.pop() == ((lead, [ticket.pk, other.pk], {"assignee": meant}), expected)
        assert answer.status_code == 204 and "/tickets/change/undo/?event=3&event=4" in answer.headers["HX-Trigger"]


def test_tags_are_given_and_taken_and_the_change_taken_back(
    ticket: Ticket, mina: Customer, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    other = rows.ticket(mina, now, tags=["beta"])
    client = signed_in(lead)
    form = {"ticket": [ticket.pk, other.pk], "tag": "Data Loss", "untag": "beta"}
    offer = json.loads(client.post("/tickets/change/", form, headers=HTMX).headers["HX-Trigger"])["desk:undoable"]
    assert [Ticket.objects.get(pk=one.pk).tags for one in (ticket, other)] == [["data-loss"]] * 2
    assert "Remove the tag data-loss" in read(client, ticket, "side/")

    answer = client.post(offer["url"], headers=HTMX)
    assert "Undone on 2 tickets" in answer.headers["HX-Trigger"]
    assert [Ticket.objects.get(pk=one.pk).tags for one in (ticket, other)] == [[], ["beta"]]
    again = client.post(offer["url"], headers=HTMX)
    assert again.status_code == 409 and "desk:said" in again.headers["HX-Trigger"]


def test_a_change_that_changes_nothing_offers_no_undo(ticket: Ticket, lead: Agent, signed_in: SignedIn) -> None:
    form = {"ticket": ticket.pk, "priority": ticket.priority}
    answer = signed_in(lead).post("/tickets/change/", form, headers=HTMX)
    assert "desk:undoable" not in answer.headers["HX-Trigger"] and "it is so already" in answer.headers["HX-Trigger"]


def test_the_tag_chooser_takes_what_all_have_and_gives_the_rest(
    ticket: Ticket, mina: Customer, lead: Agent, ada: Agent, now: datetime, signed_in: SignedIn
) -> None:
    other = rows.ticket(mina, now, tags=["beta", "export"], queue="technical")
    Ticket.objects.filter(pk=ticket.pk).update(tags=["export"])
    rows.ticket(mina, now, tags=["secret"], queue="billing")
    chooser = signed_in(lead).get(f"/choose/tags/?ticket={ticket.pk}&ticket={other.pk}").content.decode()
    for name, value in [("untag", "export"), ("tag", "beta"), ("tag", "secret")]:
        assert f'name="{name}" value="{value}"' in chooser
    assert chooser.count("data-now") == 1
    assert "secret" not in signed_in(ada).get(f"/choose/tags/?ticket={ticket.pk}").content.decode()


def test_the_chooser_marks_what_is_set_now(ticket: Ticket, lead: Agent, signed_in: SignedIn) -> None:
    client = signed_in(lead)
    for field in ["status", "priority", "assignee", "queue"]:
        chooser = client.get(f"/choose/{field}/?ticket={ticket.pk}").content.decode()
        assert chooser.count("data-now") == 1, field


def test_a_preview_is_what_the_page_will_show(lead: Agent, signed_in: SignedIn) -> None:
    answer = signed_in(lead).post("/preview/", {"text": "*so* <script>"})
    assert "<em>so</em> &lt;script&gt;" in answer.content.decode()


def test_notices_lead_to_their_tickets_and_can_be_read(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    Notice.objects.create(agent=lead, ticket=ticket, subject="Target at 75 %", key="k", created_at=now)
    client = signed_in(lead)
    page = client.get("/notices/").content.decode()
    assert "Target at 75 %" in page and f"/tickets/{ticket.pk}/" in page
    client.post("/notices/read/")
    assert Notice.objects.get().read_at == now


def test_the_composer_finds_its_drafts_again_and_names_who_else_is_writing(
    ticket: Ticket, lead: Agent, ada: Agent, now: datetime, signed_in: SignedIn
) -> None:
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "text": 'So "far"'}, headers=HTMX)
    assert answer.status_code == 204
    Draft.objects.create(agent=ada, ticket=ticket, kind="note", text="My own words", updated_at=now)

    mine, hers = read(signed_in(lead), ticket), read(signed_in(ada), ticket)
    assert 'data-reply="So &quot;far&quot;"' in mine and "Ada Quill is writing a note" in mine
    assert "My own words" not in mine and "So &quot;far&quot;" not in hers
    assert "Nora Lind is writing a reply" in hers


def test_a_held_reply_says_when_it_leaves_and_only_its_agent_can_take_it_back(
    ticket: Ticket, lead: Agent, ada: Agent, now: datetime, signed_in: SignedIn
) -> None:
    client = signed_in(lead)
    assert client.post(f"/tickets/{ticket.pk}/reply/", {"text": "On it."}, headers=HTMX).status_code == 204
    held = HeldReply.objects.get()
    mine, hers = read(client, ticket, "conversation/"), read(signed_in(ada), ticket, "conversation/")
    assert "Sending in 10 s" in mine and f"/held/{held.pk}/take-back/" in mine
    assert "Sending in 10 s" in hers and "take-back" not in hers

    refused = signed_in(ada).post(f"/held/{held.pk}/take-back/", headers=HTMX)
    assert refused.status_code == 409 and HeldReply.objects.exists()
    answer = client.post(f"/held/{held.pk}/take-back/", headers=HTMX)
    assert "desk:restored" in answer.headers["HX-Trigger"]
    assert 'data-reply="On it."' in read(client, ticket, "conversation/")


def test_a_reply_for_later_keeps_its_moment_and_can_leave_at_once(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    client = signed_in(lead)
    form = {"text": "Good morning", "later": "2026-11-24T09:00:00.000+01:00"}
    assert client.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX).status_code == 204
    held = HeldReply.objects.get()
    assert held.leaves_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert "2026-11-24T08:00:00" in read(client, ticket, "conversation/")

    client.post(f"/held/{held.pk}/send-now/", headers=HTMX)
    assert HeldReply.objects.get().leaves_at == now


@pytest.mark.parametrize("later", ["tomorrow", "2026-11-24T09:00", "2026-11-22T09:00:00Z", "2030-01-01T00:00:00Z"])
def test_a_moment_nobody_can_mean_is_refused(later: str, ticket: Ticket, lead: Agent, signed_in: SignedIn) -> None:
    form = {"text": "Good morning", "later": later}
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    assert answer.status_code == 422 and not HeldReply.objects.exists()


def test_a_reply_that_came_back_says_why_until_it_is_touched(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    because = "The customer wrote before your reply left."
    Draft.objects.create(agent=lead, ticket=ticket, kind="reply", text="Hm", returned=because, updated_at=now)
    client = signed_in(lead)
    assert f"Not sent. {because}" in read(client, ticket)
    client.post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "text": "Hm!", "upon": "Hm"}, headers=HTMX)
    assert "Not sent." not in read(client, ticket)


@pytest.mark.parametrize(("ago", "told"), [(1, "is writing a reply"), (3, "has an unsent reply"), (60 * 25, "")])
def test_a_draft_left_alone_is_told_of_more_and_more_quietly(
    ago: int, told: str, ticket: Ticket, lead: Agent, ada: Agent, now: datetime, signed_in: SignedIn
) -> None:
    at = now - timedelta(minutes=ago)
    Draft.objects.create(agent=ada, ticket=ticket, kind="reply", text="Hm", updated_at=at)
    page = read(signed_in(lead), ticket, "conversation/")
    assert (f"Ada Quill {told}" in page) == bool(told) and ("Ada Quill" in page) == bool(told)


def test_without_scripts_a_form_still_works_and_comes_back(
    ticket: Ticket, lead: Agent, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "note", lambda *_, **__: 1)
    place = f"http://testserver/tickets/{ticket.pk}/"
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/note/", {"text": "x"}, headers={"Referer": place})
    assert answer.headers["Location"] == place


def test_a_reply_crossing_a_colleague_s_change_says_what_they_did(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    other = rows.agent("Cleo Marsh", "lead")
    client = signed_in(lead)
    page = read(client, ticket)
    assert '<input type="hidden" name="as_of" value="0">' in page
    changing.change(other, [ticket.pk], {"status": "solved"}, now=now)
    form = {"text": "Have you tried again?", "seen": "0", "as_of": "0"}
    answer = client.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "a colleague was faster" in told and "Cleo Marsh changed status Open → Solved" in told
    assert not HeldReply.objects.exists()
