"""Saved views: who sees which, what they hold, how they are counted, made, changed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import access, workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.views import conditions, keeping, rail
from deskwright.desk.views.keeping import Wanted
from deskwright.store.models import Agent, Customer, SavedView, Team, Ticket
from deskwright.store.queries import inbox, listing, tallying
from tests.web import rows

SignedIn = Callable[[Agent], Client]
Statements = Callable[[], Any]


def held(text: str, agent: Agent, now: datetime) -> set[int]:
    condition = conditions.read(text, workflows.live(), access.OPEN_EYES).condition
    assert condition is not None
    scope = conditions.scope(condition, workflows.live(), now, agent.pk)
    return {row["id"] for row in listing.page(scope, access.visible_tickets(agent), "due").rows}


def counted(agent: Agent, now: datetime) -> dict[int, tuple[int, bool]]:
    asked = [line.asked for line in rail.lines(agent, workflows.live(), now) if line.asked]
    return dict(inbox.counts(access.visible_tickets(agent), [], agent=agent.pk, now=now, saved=asked).saved)


def test_a_view_holds_what_its_condition_means_and_only_what_the_agent_sees(
    ada: Agent, lead: Agent, mina: Customer, now: datetime
) -> None:
    old = now - timedelta(days=3)
    high = rows.ticket(mina, old, priority="high", tags=["export"], queue="technical")
    theirs = rows.ticket(mina, old, priority="high", tags=["export"], queue="billing")
    rows.ticket(mina, now, priority="high", tags=["export"], queue="technical")
    solved = rows.ticket(mina, old, priority="high", tags=["export"], queue="technical", status="solved")
    text = "priority == 'high' AND tags CONTAINS 'export' AND age > 2d"

    assert held(text, lead, now) == {high.pk, theirs.pk}
    assert held(text, ada, now) == {high.pk}
    assert held(f"{text} AND status == 'solved'", lead, now) == {solved.pk}
    assert held("organisation.vip AND age > 2d", ada, now) == {high.pk}


def test_me_is_whoever_looks(ada: Agent, bram: Agent, mina: Customer, now: datetime) -> None:
    mine = rows.ticket(mina, now, assignee=ada)
    theirs = rows.ticket(mina, now, assignee=bram)
    assert held("assignee == me", ada, now) == {mine.pk}
    assert held("assignee == me", bram, now) == {theirs.pk}
    assert held("assignee != me OR assignee IS NULL", ada, now) == {theirs.pk}


@pytest.mark.parametrize(
    ("text", "line", "column", "length", "suggestion"),
    [
        ("priorty == 'high'", 1, 1, 7, "priority"),
        ("age > 2d AND\n  priority == 'hihg'", 2, 15, 6, "'high'"),
        ("event == 'x'", 1, 1, 5, None),
        ("subject MATCHES 'a+'", 1, 1, 7, None),
        ("", 0, 0, 0, None),
    ],
)
def test_a_fault_is_told_where_it_stands(
    text: str, line: int, column: int, length: int, suggestion: str | None, lead: Agent
) -> None:
    read = conditions.read(text, workflows.live(), access.OPEN_EYES)
    told = [(fault.line, fault.column, fault.length, fault.suggestion) for fault in read.faults]
    assert told == ([(line, column, length, suggestion)] if line else [])


def test_the_rail_counts_every_view_in_one_statement_and_says_when_it_did_not_count_all(
    lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch, statements: Statements
) -> None:
    for number in range(6):
        rows.ticket(mina, now, priority="high" if number % 2 else "low", next_due_at=now + timedelta(minutes=number))
    texts = ["priority == 'high'", "subject CONTAINS 'export'", "customer_tier == 'enterprise'", "status == 'solved'"]
    views = [keeping.create(lead, Wanted(text, text), now=now).pk for text in texts]
    assert counted(lead, now) == {views[0]: (3, True), views[1]: (6, True), views[2]: (6, True)}

    monkeypatch.setattr(tallying, "LOOKED", 4)
    monkeypatch.setattr(tallying, "LOOKED_CLOSELY", 2)
    with statements() as sent:
        assert counted(lead, now) == {views[0]: (2, False), views[1]: (2, False), views[2]: (4, False)}
    assert len(sent) == 3, sent  # the live workflow, the views, the counts


def test_a_view_is_seen_by_those_it_is_shared_with(ada: Agent, bram: Agent, lead: Agent, now: datetime) -> None:
    team = Team.objects.get(key="technical")
    own = keeping.create(ada, Wanted("Mine", "priority == 'high'"), now=now)
    ours = keeping.create(ada, Wanted("Ours", "priority == 'high'", audience=str(team.pk)), now=now)
    common = keeping.create(lead, Wanted("Common", "", audience="everybody"), now=now)

    def names(agent: Agent) -> list[str]:
        return [line.name for line in rail.lines(agent, workflows.live(), now)]

    assert names(ada) == ["Mine", "Ours", "Common"] == [view.name for view in keeping.seen_by(ada)]
    assert names(bram) == ["Common"] == [view.name for view in keeping.seen_by(bram)]
    for hidden in (own, ours):
        with pytest.raises(NotFound):
            keeping.view_for(bram, hidden.pk)
    with pytest.raises(Forbidden):
        keeping.change(bram, common.pk, Wanted("Stolen", ""), now=now)
    with pytest.raises(Forbidden):
        keeping.create(ada, Wanted("Too wide", "", audience="everybody"), now=now)
    with pytest.raises(Invalid) as refusal:
        keeping.create(bram, Wanted("", "priorty", sort="up", columns=["x"], audience=str(team.pk)), now=now)
    assert set(refusal.value.fields) == {"name", "condition", "sort", "columns"}


def test_a_deleted_view_comes_back_for_an_hour(ada: Agent, now: datetime) -> None:
    view = keeping.create(ada, Wanted("Mine", ""), now=now)
    keeping.delete(ada, view.pk, now=now)
    with pytest.raises(NotFound):
        keeping.view_for(ada, view.pk)
    keeping.restore(ada, view.pk, now=now + timedelta(minutes=59))
    assert keeping.view_for(ada, view.pk).name == "Mine"

    keeping.delete(ada, view.pk, now=now)
    with pytest.raises(Conflict):
        keeping.restore(ada, view.pk, now=now + timedelta(minutes=61))
    assert keeping.forget_deleted(now + timedelta(minutes=61)) == 1


def test_views_stand_in_the_order_they_were_moved_to(ada: Agent, now: datetime) -> None:
    first, second, third = (keeping.create(ada, Wanted(name, ""), now=now) for name in ("A", "B", "C"))
    keeping.move(ada, third.pk, -1, now=now)
    keeping.move(ada, first.pk, -1, now=now)
    assert [view.name for view in keeping.seen_by(ada)] == ["A", "C", "B"]
    keeping.move(ada, second.pk, 1, now=now)
    assert [view.name for view in keeping.seen_by(ada)] == ["A", "C", "B"]


def test_the_page_makes_changes_and_deletes_a_view(
    ada: Agent, bram: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    client = signed_in(ada)
    made = rows.ticket(mina, now, "Donaudampfschifffahrtsgesellschaft", priority="high", queue="technical")
    answer = client.post("/views/new/", {"name": "High", "condition": "priority = 'hi'", "audience": "me"})
    assert answer.status_code == 422 and "priority is never" in answer.content.decode()

    form = {"name": "High", "condition": "priority == 'high'", "icon": "flame", "sort": "-created", "columns": ["tags"]}
    answer = client.post("/views/new/", form)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/views/{view.pk}/"
    page = client.get(f"/views/{view.pk}/").content.decode()
    assert made.subject in page and 'class="row-tags"' in page and "row-customer" not in page
    assert f'id="place-view{view.pk}"' in page
    assert signed_in(bram).get(f"/views/{view.pk}/").status_code == 404

    assert client.post(f"/views/{view.pk}/edit/", {**form, "name": "Higher"}).status_code == 302
    copy = client.get("/views/new/", {"copy": view.pk}).content.decode()
    assert "Higher, my copy" in copy and "flame" in copy
    assert client.post(f"/views/{view.pk}/delete/", headers={"HX-Request": "true"}).status_code == 204
    assert client.get(f"/views/{view.pk}/").status_code == 404
    assert client.post(f"/views/{view.pk}/restore/", headers={"HX-Request": "true"}).status_code == 204
    assert client.get(f"/views/{view.pk}/").status_code == 200


def test_a_view_whose_condition_the_workflow_no_longer_understands_says_so(
    ada: Agent, now: datetime, signed_in: SignedIn
) -> None:
    view = keeping.create(ada, Wanted("Odd", "priority == 'high'"), now=now)
    SavedView.objects.filter(pk=view.pk).update(condition="shoe_size > 40")
    page = signed_in(ada).get(f"/views/{view.pk}/")
    assert page.status_code == 200 and "shoe_size" in page.content.decode()


def test_checking_tells_faults_chips_and_the_first_tickets(
    ada: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    for _ in range(7):
        rows.ticket(mina, now, priority="high", queue="technical")
    client = signed_in(ada)
    part = client.post("/views/check/", {"by": "text", "condition": "priority == 'high'"}).content.decode()
    assert "7 tickets" in part and part.count("<li>") == 5 and 'name="operator"' in part
    wrong = client.post("/views/check/", {"by": "text", "condition": "a == 1 AND"}).content.decode()
    assert "Line 1" in wrong

    chips = {"by": "chips", "joined": "or", "field": ["priority", "age"], "operator": ["least", "more"]}
    answer = client.post("/views/check/", {**chips, "value": ["high", "2d"]})
    assert "priority >= 'high' OR age > '2d'" in answer.headers["HX-Trigger"]


def test_a_list_looks_as_its_agent_chose_and_the_others_do_not_mind(
    ada: Agent, lead: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    first = rows.ticket(mina, now, priority="low", queue="technical", next_due_at=now)
    second = rows.ticket(mina, now, priority="critical", queue="technical")
    client = signed_in(ada)

    def order(client: Client) -> bool:
        page = client.get("/inbox/all_open/").content.decode()
        return page.index(f"open-{first.pk}") < page.index(f"open-{second.pk}")

    assert order(client)
    client.post("/lists/choose/", {"view": "all_open", "sort": "priority", "density": "compact", "columns": ["tags"]})
    assert not order(client)
    page = client.get("/inbox/all_open/").content.decode()
    assert 'class="list compact with-tags"' in page and "row-clock" not in page
    assert 'class="list compact' in client.get("/inbox/recent/").content.decode()
    assert order(signed_in(lead))
    client.post("/lists/choose/", {"view": "all_open", "usual": "1"})
    assert order(client)


def test_all_numbers_of_a_view_are_told_up_to_a_bound(
    ada: Agent, mina: Customer, now: datetime, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [rows.ticket(mina, now, queue="technical").pk for _ in range(4)]
    rows.ticket(mina, now, queue="billing")
    client = signed_in(ada)
    assert client.get("/inbox/all_open/?only=ids").json() == {"ids": made, "more": False}
    monkeypatch.setattr("deskwright.web.lists.page.MOST_CHANGED", 3)
    assert client.get("/queues/technical/?only=ids").json() == {"ids": made[:3], "more": True}


@pytest.mark.parametrize("sort", ["due", "updated", "created", "-created"])
def test_a_view_of_ended_tickets_looks_at_a_bounded_number_for_a_page_and_loses_none(
    sort: str, lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "WALKED", 3)
    made = [rows.ticket(mina, now + timedelta(minutes=n), status="solved").pk for n in range(12)]
    rated = [made[0], *made[7:10]]
    Ticket.objects.filter(pk__in=rated).update(csat=1)
    condition = conditions.read("csat == 1", workflows.live(), access.OPEN_EYES).condition
    assert condition is not None
    scope = conditions.scope(condition, workflows.live(), now, lead.pk)
    seen, after = [], ""
    for _ in range(9):
        page = listing.page(scope, access.visible_tickets(lead), sort, after=after, size=2)
        seen += [row["id"] for row in page.rows]
        if not page.older:
            break
        after = page.older
    assert sorted(seen) == sorted(rated) and seen == (sorted(seen) if sort == "-created" else sorted(seen)[::-1])
    back, met = after, []
    for _ in range(9):
        page = listing.page(scope, access.visible_tickets(lead), sort, before=back, size=2)
        met = [row["id"] for row in page.rows] + met
        back = page.newer
        if not back:
            break
    assert met == [number for number in seen if number in met] and len(met) >= 3


def test_a_page_that_found_none_so_far_offers_to_look_further_back(
    lead: Agent, mina: Customer, now: datetime, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [rows.ticket(mina, now + timedelta(minutes=n), status="solved").pk for n in range(5)]
    Ticket.objects.filter(pk=made[0]).update(csat=1)
    view = keeping.create(lead, Wanted("Bad", "csat == 1"), now=now)
    client = signed_in(lead)
    assert f"/tickets/{made[0]}/" in client.get(f"/views/{view.pk}/").content.decode()
    monkeypatch.setattr(listing, "WALKED", 2)
    page = client.get(f"/views/{view.pk}/").content.decode()
    assert f"/tickets/{made[0]}/" not in page and "Look further back" in page
    assert client.get(f"/views/{view.pk}/?only=ids").json() == {"ids": [], "more": True}
    assert "0 tickets or more" in client.post("/views/check/", {"condition": "csat == 1"}).content.decode()
