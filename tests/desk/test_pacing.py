"""How fast mail leaves: gently to a domain at first, faster while it takes it, less when it says so; nobody held up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Sent
from deskwright.channels.email.smtp import judged
from deskwright.desk.outbox import again, delivery, pace, pacing
from deskwright.desk.outbox.pace import BURST, TO, Pace
from deskwright.desk.settings import furnishing
from deskwright.store.connection import cursor, deed, from_json
from deskwright.store.models import Delivery, MailPace
from tests.factories import an_agent

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BIG, SMALL = "harbor.example", "lantern.example"
LATER = Deferred("451 4.7.0 too many mails from you", slower=True)


def queue(now: datetime, domain: str, number: int) -> list[int]:
    content = {"from": "support@desk.example", "subject": "Hello", "text": "Hello."}
    rows = [
        Delivery(recipient=f"r{n}@{domain}", mail_id=f"<{domain}.{n}.{now.timestamp()}@desk.example>", content=content,
                 due_at=now, created_at=now)
        for n in range(number)
    ]  # fmt: skip
    return [row.pk for row in Delivery.objects.bulk_create(rows)]


class World:
    """Takes mail, unless told otherwise by the domain of its reader; remembers to whom it went."""

    def __init__(self, **answers: Outcome) -> None:
        self.answers = answers
        self.sent: list[str] = []

    def send(self, mail: Outgoing) -> Outcome:
        domain = mail.envelope[0].rpartition("@")[2]
        self.sent.append(domain)
        return self.answers.get(domain.split(".")[0], Sent("250 ok"))


def work_off(now: datetime, send: Callable[[Outgoing], Outcome], batch: int = 8) -> int:
    """What a worker does until there is nothing it may send."""
    done = 0
    while tried := delivery.deliver(now, batch, send):
        done += tried
    return done


def limits(**changed: int) -> None:
    furnishing.mail_limits(None, {"per_minute": 0, "at_once": 0, "to_domain": 60} | changed, now=START)


START = datetime.fromisoformat("2026-11-24T09:00:00+00:00")


def sent(pks: Iterable[int]) -> int:
    return Delivery.objects.filter(pk__in=pks, state="sent").count()


def test_a_domain_is_begun_gently_and_sent_more_as_it_takes_it(db: str, now: datetime) -> None:
    queue(now, BIG, 400)
    world = World()
    minutes = []
    assert work_off(now, world.send) == BURST
    for minute in range(3):
        before = len(world.sent)
        for second in range(0, 60, 2):
            work_off(now + minute * MINUTE + (second + 2) * SECOND, world.send)
        minutes.append(len(world.sent) - before)

    assert minutes == [70, 86, 105]


def test_a_domain_that_has_a_long_queue_holds_nobody_up(db: str, now: datetime) -> None:
    crowd = queue(now, BIG, 100)
    later = queue(now + SECOND, SMALL, 2)
    world = World()
    assert delivery.deliver(now + SECOND, 8, world.send) == 8

    assert sent(later) == 2, "they take turns"
    assert sent(crowd) == 6
    work_off(now + SECOND, world.send)
    assert Delivery.objects.filter(pk__in=crowd, state="due", attempts=0).count() == 100 - BURST


def test_a_claim_reads_the_heads_of_long_queues_only(db: str, now: datetime) -> None:
    queue(now, BIG, 3000)
    queue(now, SMALL, 3000)
    sql = cursor()
    sql.execute("ANALYZE store_delivery")
    asked = {"now": now, "limit": 8, "looked": 32}
    plan = sql.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {pacing.DUE}", asked).fetchone()
    assert plan is not None
    (explained,) = from_json(plan["QUERY PLAN"])
    steps = list(steps_of(explained["Plan"]))
    assert "delivery_turns" in {step.get("Index Name") for step in steps}
    assert max(step["Actual Rows"] + step.get("Rows Removed by Filter", 0) for step in steps) <= 64


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for step in plan.get("Plans", ()):
        yield from steps_of(step)


def test_a_domain_that_says_not_now_is_left_alone_for_longer_each_time(db: str, now: datetime) -> None:
    queue(now, BIG, 12)
    others = queue(now, SMALL, 4)
    world = World(harbor=LATER)
    work_off(now, world.send)

    assert world.sent.count(BIG) == 1 and sent(others) == 4
    held = MailPace.objects.get(key=TO + BIG)
    assert (held.held_until, held.because, held.per_minute) == (now + MINUTE, LATER.reason, 30)
    assert work_off(now + MINUTE - SECOND, world.send) == 0
    assert work_off(now + MINUTE, world.send) == 1
    held.refresh_from_db()
    assert (held.held_until, held.per_minute) == (now + MINUTE * 3, 15)

    assert work_off(now + MINUTE * 3, World().send) == 12
    held.refresh_from_db()
    assert (held.held_until, held.refusals) == (None, 0) and held.per_minute > 15


def test_the_pace_of_a_domain_stays_within_its_bounds() -> None:
    one = Pace(TO + BIG, 60, START)
    for _ in range(40):
        one.wait("421", one.held_until or START)
    assert one.per_minute == pace.SLOWEST
    assert one.held_until is not None and pace.hold(39, pace.FIRST_HOLD, pace.LONGEST_HOLD) == pace.LONGEST_HOLD
    one.taken(1_000_000, one.held_until)
    assert one.per_minute == pace.FASTEST
    one.wait("421", START)
    one.wait("421", START + SECOND)
    assert (one.refusals, one.per_minute) == (1, pace.FASTEST / 2), "what two workers hear at once counts once"
    one.taken(5, START + SECOND)
    assert one.held_until == START + MINUTE, "a mail that another worker got rid of does not end it"


def test_one_mail_a_filter_always_defers_keeps_no_other_of_its_domain_waiting(db: str, now: datetime) -> None:
    suspicious, *others = queue(now, BIG, 12)
    reader = Delivery.objects.get(pk=suspicious).recipient

    def send(mail: Outgoing) -> Outcome:
        return Deferred("451 4.7.1 looked at again", slower=True) if mail.envelope == (reader,) else Sent("250 ok")

    work_off(now, send)
    assert sent(others) == 0, "it was the first to leave"
    work_off(now + MINUTE, send, batch=12)
    assert sent(others) == len(others)
    assert Delivery.objects.get(pk=suspicious).attempts == 2


@pytest.mark.parametrize(
    ("code", "words", "slower"),
    [
        (450, "too many connections", True),
        (451, "4.7.1 greylisted", True),
        (450, "4.2.1 this mailbox is busy", False),
        (452, "4.2.2 mailbox full", False),
    ],
)
def test_answers_about_one_mailbox_do_not_slow_its_domain(code: int, words: str, slower: bool) -> None:
    outcome = judged(code, words)
    assert isinstance(outcome, Deferred) and outcome.slower is slower


def test_a_server_is_given_no_more_than_it_may_be_given(db: str, now: datetime) -> None:
    limits(per_minute=60, to_domain=0)
    queue(now, BIG, 40)
    queue(now, SMALL, 40)
    world = World()
    for second in range(0, 20, 2):
        work_off(now + second * SECOND, world.send)
    assert len(world.sent) == pytest.approx(20, abs=3)
    limits(per_minute=0, to_domain=0)
    work_off(now + MINUTE, world.send)
    assert len(world.sent) == 80


def test_no_more_connections_are_opened_than_allowed_and_dead_workers_lose_theirs(db: str, now: datetime) -> None:
    limits(at_once=1)
    queue(now, BIG, 3)
    meanwhile: list[int] = []

    def send(mail: Outgoing) -> Outcome:
        meanwhile.append(delivery.deliver(now, 8, World().send))
        return Sent("250 ok")

    assert delivery.deliver(now, 1, send) == 1
    assert meanwhile == [0]
    with pytest.raises(KeyboardInterrupt):
        delivery.deliver(now, 1, lambda mail: (_ for _ in ()).throw(KeyboardInterrupt))
    assert delivery.deliver(now, 8, World().send) == 0
    assert delivery.deliver(now + delivery.LEASE, 8, World().send) == 2


def test_a_server_that_is_away_is_asked_less_and_less_and_at_once_when_somebody_wants_it(
    db: str, now: datetime
) -> None:
    queue(now, BIG, 30)
    away = World(harbor=Deferred("No connection to mail.desk.example", server=True))
    assert work_off(now, away.send) == 1
    assert work_off(now + SECOND, away.send) == 0
    assert work_off(now + 30 * SECOND, away.send) == 1
    assert work_off(now + 89 * SECOND, away.send) == 0
    (row,) = Delivery.objects.filter(attempts=0).order_by("id")[:1]
    waits = pacing.waiting([row], now + 60 * SECOND)[row.pk]
    assert (waits.kind, waits.until, waits.said) == ("away", now + 90 * SECOND, "No connection to mail.desk.example")

    again.try_all(an_agent("Odile", role="admin"), now=now + 60 * SECOND)
    assert work_off(now + 60 * SECOND, World().send) == BURST


def test_what_waits_says_for_what_and_until_when(db: str, now: datetime) -> None:
    queue(now, BIG, 30)
    queue(now, SMALL, 2)
    work_off(now, World(lantern=LATER).send)
    rows = list(Delivery.objects.filter(state="due").order_by("id"))
    waits = pacing.waiting(rows, now)
    paced = waits[rows[0].pk]
    assert (paced.kind, paced.domain) == ("paced", BIG)
    assert now < paced.until <= now + SECOND
    held = waits[rows[-1].pk]
    assert (held.kind, held.until, held.said) == ("held", now + MINUTE, LATER.reason)
    assert pacing.waiting(rows, now + 2 * MINUTE) == {}


def test_somebody_who_tries_one_mail_now_is_not_told_to_wait_for_its_domain(db: str, now: datetime) -> None:
    (one, _) = queue(now, BIG, 2)
    work_off(now, World(harbor=LATER).send)
    again.resend(an_agent("Odile", role="admin"), one, now=now + SECOND)
    assert work_off(now + SECOND, World().send) == 2


def test_a_pace_nobody_used_for_long_is_forgotten(db: str, now: datetime) -> None:
    queue(now, BIG, 1)
    work_off(now, World().send)
    with deed() as sql:
        assert pacing.forget(sql, now + timedelta(days=29), 100) == 0
        assert pacing.forget(sql, now + timedelta(days=31), 100) > 0
    assert cursor().execute("SELECT count(*) AS n FROM store_mailpace").fetchone() == {"n": 0}
