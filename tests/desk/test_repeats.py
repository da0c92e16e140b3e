"""What comes twice at the same moment: the same key with other words, the same mail in one batch or in two workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk.arriving import intake, keys
from deskwright.desk.arriving.arrivals import Arrival, Key, Person
from deskwright.desk.errors import Invalid
from deskwright.desk.staff import people
from deskwright.store.models import Agent, RawInput, Ticket

QUESTION = Arrival("api", Person("mina@harbor.example"), "Exports are down", "The nightly export is down again.")
RAW = b"From: Mina <mina@harbor.example>\nSubject: Hello\nMessage-ID: <r1@harbor.example>\n\nIt broke.\n"


@pytest.fixture
def agent(db: str) -> Agent:
    team = people.add_team("support", "Support")
    return people.add_agent("Ada Quill", "ada@desk.example", teams=[team], level="senior")


def test_a_known_key_with_another_body_is_refused_also_beside_the_right_one(agent: Agent, now: datetime) -> None:
    right = replace(QUESTION, key=Key(1, "order-7", "a" * 64))
    wrong = replace(QUESTION, text="Something else.", key=Key(1, "order-7", "b" * 64))
    intake.receive([right], now)

    refused, repeated = intake.receive([wrong, right], now)

    assert isinstance(refused.error, Invalid)
    assert repeated.replayed


def test_the_same_mail_twice_in_one_batch_is_a_duplicate_at_once(
    agent: Agent, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    mail = replace(QUESTION, channel="email", mail_id="<same@harbor.example>")

    first, again = intake.receive([mail, replace(mail)], now)

    assert (again.disposition, again.ticket_id) == ("duplicate", first.ticket_id)
    assert not caplog.records, "the batch was not taken apart for it"


def test_input_that_another_worker_has_finished_is_left_alone(agent: Agent, now: datetime) -> None:
    """A lease may run out under a worker that is slow: its input is another's by then."""
    raw = intake.journal("email", {}, RAW, now)
    late = replace(QUESTION, channel="email", text="It broke.", raw_id=raw)
    intake.work_off(now)

    (outcome,) = intake.receive([late], now + timedelta(minutes=1))

    assert outcome.disposition == "duplicate"
    assert RawInput.objects.get(pk=raw).disposition == "ticket"
    assert Ticket.objects.count() == 1


def test_a_claim_holds_only_so_many_bytes(agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "CLAIMED_BYTES", 2 * len(RAW))
    for n in range(3):
        intake.journal("email", {}, RAW.replace(b"r1@", b"r%d@" % n), now)

    assert [intake.work_off(now), intake.work_off(now)] == [2, 1]


def test_one_mail_larger_than_a_claim_is_taken_alone(
    agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CLAIMED_BYTES", 1)
    intake.journal("email", {}, RAW, now)

    assert intake.work_off(now) == 1
    assert Ticket.objects.count() == 1


def test_a_key_that_another_process_takes_at_the_same_moment_gets_its_answer(
    agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look before either has committed; the second meets the first one's key when it writes."""
    keyed = replace(QUESTION, key=Key(1, "order-7", "a" * 64))
    (first,) = intake.receive([keyed], now)
    look, looks = keys.replays, []

    def blind_at_first(sql: Any, batch: Any) -> Any:
        looks.append(batch)
        return {} if len(looks) == 1 else look(sql, batch)

    monkeypatch.setattr(keys, "replays", blind_at_first)
    (second,) = intake.receive([keyed], now)

    assert second.replayed
    assert second.ticket_id == first.ticket_id
