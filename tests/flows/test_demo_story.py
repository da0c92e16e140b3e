"""The demo's story, a few days of it, played through the desk: what it leaves behind is what a desk would leave."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import transaction

from deskwright.cli import seed
from deskwright.desk import workflows
from deskwright.desk.demo import making
from deskwright.desk.demo.plan import Size
from deskwright.store import facts
from deskwright.store.models import (
    Agent,
    ApiToken,
    Article,
    Clock,
    Delivery,
    Message,
    Organisation,
    Ticket,
    TicketEvent,
)

DAYS = Size(days=6, older=14, recent=14)
SHORT = Size(days=3, older=2, recent=2)


@pytest.fixture
def played(db: str, now: datetime) -> datetime:
    making.make(now, "a password", DAYS)
    return now


def test_the_tickets_live_through_their_days_in_the_order_of_time(played: datetime) -> None:
    assert Ticket.objects.count() > 30
    for ticket in Ticket.objects.all():
        moments = list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert played - timedelta(days=6) <= moments[0] <= moments[-1] <= played


def test_every_decision_was_the_workflows_own(played: datetime) -> None:
    assert not TicketEvent.objects.filter(data__has_key="failed").exists()
    assert not TicketEvent.objects.filter(kind="cut_off").exists()
    assert set(Ticket.objects.values_list("workflow_version", flat=True)) == {1}
    assert workflows.live().name == "Lanternfish support"


def test_people_on_both_sides_have_spoken(played: datetime) -> None:
    assert {"customer", "agent", "note", "automatic"} <= set(Message.objects.values_list("kind", flat=True))
    solved = Ticket.objects.filter(status="solved").exclude(type="follow_up").exclude(channel="alert")
    assert solved.exists()
    assert all(ticket.first_response_at is not None for ticket in solved)


def test_customers_rated_answers_and_a_lead_looked_after_those_who_were_not_content(played: datetime) -> None:
    ratings = set(Ticket.objects.exclude(csat=None).values_list("csat", flat=True))
    low = Ticket.objects.filter(csat__lte=2).count()
    assert {4, 5} <= ratings
    assert Ticket.objects.filter(type="follow_up").count() == low > 0
    looked_after = Ticket.objects.filter(type="follow_up", messages__kind="note")
    assert set(looked_after.values_list("status", flat=True)) <= {"solved"}


def test_the_shelf_is_stocked(played: datetime) -> None:
    assert Article.objects.filter(state="published", audience="public").count() >= 12


def test_no_mark_of_the_past_is_left_for_the_worker(played: datetime) -> None:
    assert not Clock.objects.filter(next_mark_at__lte=played).exists()
    assert Clock.objects.filter(next_mark_at__gt=played).exists()


def test_no_mail_of_the_story_waits_to_be_sent_and_two_are_lost(played: datetime) -> None:
    sent = Delivery.objects.filter(state="sent")
    assert sent.exists()
    assert sorted(Delivery.objects.exclude(state="sent").values_list("state", flat=True)) == ["bounced", "failed"]
    left = sent.exclude(channel="chat")
    assert all(one.sent_at and one.sent_at - one.created_at == timedelta(seconds=2) for one in left)


def test_the_same_moment_is_played_the_same_way(db: str, now: datetime) -> None:
    assert what_is_played(now) == what_is_played(now)


def what_is_played(now: datetime) -> list[tuple[object, ...]]:
    with transaction.atomic():
        making.make(now, "a password", SHORT)
        names = ("subject", "status", "queue", "assignee__name", "first_response_at")
        found = list(Ticket.objects.order_by("id").values_list(*names))
        transaction.set_rollback(True)
    forget()
    return found


def forget() -> None:
    workflows.forget()
    facts.forget()


def test_a_desk_in_use_is_left_alone(db: str, now: datetime) -> None:
    Agent.objects.create(name="Somebody", email="somebody@desk.example")

    assert seed.ensure_demo(now) == {}

    assert Agent.objects.count() == 1
    assert not Ticket.objects.exists()


def test_making_that_fails_leaves_nothing(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskwright.desk.demo.post.send", lambda until: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        making.make(now, "a password", SHORT)

    assert making.is_empty()
    assert not Organisation.objects.exists()


def test_seeding_tells_who_can_sign_in_and_keeps_the_tokens_hash_only(db: str, now: datetime) -> None:
    made = seed.ensure_demo(now, SHORT)

    assert [login["who"] for login in made["logins"]] == ["Admin", "Lead", "Agent", "Engineer"]
    for login in made["logins"]:
        found = authenticate(username=login["email"], password=login["password"])
        assert found is not None and found.email == login["email"]
    (token,) = ApiToken.objects.all()
    assert made["token"] not in token.token_sha256
    assert seed.ensure_demo(now) == {}
