"""Known issues: an agent says what does not work, customers read it, and nothing else of the ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk import clock
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.knowledge import issues
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, AuditEntry, Customer, KnownIssue, Ticket, TicketEvent, TicketLink
from tests import factories

SignIn = Callable[[Agent], Client]


@pytest.fixture
def problem(mina: Customer, now: datetime) -> Ticket:
    ticket = factories.a_ticket(now, subject="Internal: cluster b is on fire", text="Do not tell.")
    Ticket.objects.filter(pk=ticket.pk).update(type="problem")
    return ticket


def read(path: str = "/help/status/") -> str:
    return Client().get(path).content.decode()


def test_what_is_said_of_a_problem_is_read_by_customers_and_nothing_else_of_it(
    problem: Ticket, lead: Agent, signed_in: SignIn
) -> None:
    assert "We know of nothing that does not work." in read()
    client = signed_in(lead)
    assert "Tell customers…" in client.get(f"/tickets/{problem.pk}/").content.decode()

    said = {"title": "Exports are slow", "text": "Please **wait**."}
    answer = client.post(f"/tickets/{problem.pk}/known-issue/", said)

    assert answer.headers["Location"] == f"/tickets/{problem.pk}/"
    page = read()
    assert "Exports are slow" in page and "<strong>wait</strong>" in page and "We are working on it" in page
    assert "cluster b" not in page and "Do not tell." not in page
    for place in ("/help/", "/help/new"):
        assert "Exports are slow" in read(place), place
    assert "Customers read of it on the status page" in client.get(f"/tickets/{problem.pk}/").content.decode()


def test_a_solved_problem_is_said_to_be_solved_and_leaves_after_a_week(
    problem: Ticket, lead: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    issues.publish(lead, problem.pk, "Exports are slow", "", now=now)
    changing.change(lead, [problem.pk], {"status": "solved"}, now=now)

    assert "Solved in the last week" in read()
    assert "Exports are slow" not in read("/help/"), "no banner any more"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=8))
    assert "Exports are slow" not in read()


def test_words_are_changed_and_taken_back(problem: Ticket, lead: Agent, now: datetime, signed_in: SignIn) -> None:
    issues.publish(lead, problem.pk, "Exports are slow", "", now=now)
    issues.publish(lead, problem.pk, "Exports are late", "By an hour.", now=now + timedelta(hours=1))
    issue = KnownIssue.objects.get()
    assert (issue.title, issue.published_at, issue.updated_at) == ("Exports are late", now, now + timedelta(hours=1))

    signed_in(lead).post(f"/tickets/{problem.pk}/known-issue/withdraw/")

    assert "Exports" not in read()
    with pytest.raises(NotFound):
        issues.withdraw(lead, problem.pk, now=now)
    assert AuditEntry.objects.filter(action__startswith="issue.").count() == 3


def test_only_who_writes_articles_tells_customers(
    problem: Ticket, ada: Agent, now: datetime, signed_in: SignIn
) -> None:
    with pytest.raises(Forbidden):
        issues.publish(ada, problem.pk, "x", "", now=now)
    assert signed_in(ada).get(f"/tickets/{problem.pk}/known-issue/").status_code == 403


def test_without_words_nothing_is_published(problem: Ticket, lead: Agent, now: datetime, signed_in: SignIn) -> None:
    with pytest.raises(Invalid):
        issues.publish(lead, problem.pk, "  ", "text", now=now)
    assert signed_in(lead).post(f"/tickets/{problem.pk}/known-issue/", {"title": "", "text": ""}).status_code == 422
    assert signed_in(lead).get("/tickets/999999/known-issue/").status_code == 404


def test_a_script_in_the_words_is_only_text(problem: Ticket, lead: Agent, now: datetime) -> None:
    issues.publish(lead, problem.pk, "<script>x</script>", "<script>alert(1)</script>", now=now)

    assert "<script>x" not in read() and "<script>alert" not in read()


def test_whom_it_concerns_too_becomes_an_incident_of_the_problem(problem: Ticket, lead: Agent, now: datetime) -> None:
    issues.publish(lead, problem.pk, "Exports are slow", "", now=now)
    issue = KnownIssue.objects.get()
    assert f"/help/new?issue={issue.pk}" in read()
    form = read(f"/help/new?issue={issue.pk}")
    assert 'value="Exports are slow"' in form and "You are asking about a known issue" in form

    asked = {"email": "zoe@elsewhere.example", "subject": "Exports are slow", "text": "Here too.", "type": "question"}
    Client().post("/help/new", {**asked, "issue": issue.pk})

    incident = Ticket.objects.exclude(pk=problem.pk).get()
    assert TicketLink.objects.get().kind == "incident"
    assert (TicketLink.objects.get().ticket_id, TicketLink.objects.get().other_id) == (incident.pk, problem.pk)
    assert TicketEvent.objects.filter(kind="linked").count() == 2


@pytest.mark.parametrize("issue", ["999999", "x", "-1", "99999999999999999999"])
def test_an_issue_nobody_knows_is_simply_a_question(issue: str, desk: None) -> None:
    assert "You are asking about a known issue" not in read(f"/help/new?issue={issue}")
    asked = {"email": "zoe@elsewhere.example", "subject": "Exports", "text": "Slow.", "type": "question"}

    assert Client().post("/help/new", {**asked, "issue": "999999"}).status_code == 302

    assert Ticket.objects.count() == 1 and not TicketLink.objects.exists()


def test_an_issue_solved_meanwhile_links_nothing(problem: Ticket, lead: Agent, mina: Customer, now: datetime) -> None:
    issues.publish(lead, problem.pk, "Exports are slow", "", now=now)
    changing.change(lead, [problem.pk], {"status": "solved"}, now=now)

    issues.concern(factories.a_ticket(now).pk, KnownIssue.objects.get().pk, now=now)

    assert not TicketLink.objects.exists()
