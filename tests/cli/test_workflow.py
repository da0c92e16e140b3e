"""`check` and `explain` judge a file on its own; `publish`, `diff` and `rollback` work on a desk."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskwright.cli import diff as comparing
from deskwright.cli import publish as publishing
from deskwright.cli import workflow as judging
from deskwright.cli.failures import Refused
from deskwright.desk import clock, workflows
from deskwright.desk.errors import Conflict, Forbidden
from deskwright.store.models import Agent, Ticket
from tests import factories
from tests.cli.test_command import deskwright

GOOD = """\
calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}
sla: {calendar: office}
routing_rules:
  - {name: Outage, condition: "category == 'outage'", action: assign_to_senior_engineer, sla_target: 1h}
tests:
  - {name: outages are urgent, given: {category: outage}, expect: {rule: Outage, first_response: 1h}}
"""
SLOW = "workflow: Slow\nsla_matrix: {any: {first_response: 4h, resolution: 24h}}\n"
FAST = "workflow: Fast\nsla_matrix: {any: {first_response: 2h, resolution: 24h}}\n"


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(text: str | bytes, name: str = "workflow.yaml") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def call(module: Any, command: str, *arguments: str) -> int:
    parser = ArgumentParser()
    getattr(module, f"add_{command}_arguments")(parser)
    return int(getattr(module, command)(parser.parse_args(arguments, Namespace())))


def compare(*sides: str, database_url: str = "postgresql:///desk") -> int:
    parser = ArgumentParser()
    comparing.add_arguments(parser)
    return comparing.main(parser.parse_args(sides, Namespace(environment=Namespace(database_url=database_url))))


# check


def test_a_sound_workflow_passes(file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(judging, "check", file(GOOD)) == 0
    assert "It loads. 1 test passed" in capsys.readouterr().out


def test_every_problem_is_told_with_its_place(file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    path = file("queus: {}\nsla: {calendar: moon}\nsla_matrix: {high: {first_response: soon}}\n")

    assert call(judging, "check", path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}:1:1: 'queus' is not part of the language; did you mean queues? (queus)"
    assert [line.split(":")[1] for line in lines[:3]] == ["1", "2", "3"]
    assert lines[-1] == "3 problems: this workflow does not load."


def test_a_failing_test_of_the_document_fails_the_check(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(GOOD.replace("first_response: 1h}}", "first_response: 5m}}"))

    assert call(judging, "check", path) == 1
    assert f"{path}:6: outages are urgent fails: first_response is '1h', not '5m'" in capsys.readouterr().out


def test_lints_are_told_and_fail_only_a_strict_check(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(GOOD.replace("tests:", "  - {condition: \"category == 'outage'\", action: {tag: [again]}}\ntests:"))

    assert call(judging, "check", path) == 0
    assert f"{path}:5:5: lint: no ticket gets here: rule 1 has the same condition" in capsys.readouterr().out
    assert call(judging, "check", "--strict", path) == 1


def test_what_is_mechanical_is_mended_in_the_file_and_told(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file("# ours\nqueus: {bulk: {}}   # for later\n")

    assert call(judging, "check", "--fix", path) == 0
    assert Path(path).read_text() == "# ours\nqueues: {bulk: {}}   # for later\n"
    assert "fixed: line 2: queus is now queues" in capsys.readouterr().err
    with pytest.raises(Refused, match="needs a file"):
        call(judging, "check", "--fix", "-")


def test_json_says_the_same_to_programs(file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(judging, "check", "--json", file("queus: {}")) == 1
    told = json.loads(capsys.readouterr().out)

    assert (told["ok"], told["problems"][0]["line"], told["problems"][0]["suggestion"]) == (False, 1, "queues")
    assert call(judging, "check", "--json", file(GOOD)) == 0
    assert json.loads(capsys.readouterr().out)["tests"][0]["passed"] is True


def test_holidays_of_a_country_are_known_to_the_command(file: Callable[..., str]) -> None:
    text = 'calendars: {b: {hours: {mon-fri: ["09:00-17:00"]}, holidays: {country: DE, subdivision: BE}}}'

    assert call(judging, "check", file(text)) == 0


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe\x00", "is not UTF-8 text (byte 0)"), (None, "cannot be read: No such file")]
)
def test_what_is_no_text_is_wrong_usage(file: Callable[..., str], content: bytes | None, said: str) -> None:
    path = "no/such/file.yaml" if content is None else file(content)

    with pytest.raises(Refused) as refused:
        call(judging, "check", path)
    assert said in str(refused.value)


def test_the_command_needs_no_desk_and_no_database(file: Callable[..., str], tmp_path: Path) -> None:
    fine, wrong, missing = file(GOOD), file("queus: {}", "wrong.yaml"), str(tmp_path / "none.yaml")

    assert [deskwright("check", path).returncode for path in (fine, wrong, missing)] == [0, 1, 2]


# explain


def explained(file: Callable[..., str], ticket: Any, *more: str) -> int:
    written = ticket if isinstance(ticket, str) else json.dumps(ticket)
    return call(judging, "explain", file(GOOD), file(written, "ticket.json"), *more)


def test_a_decision_is_told_in_plain_sentences(file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(file, {"category": "outage", "text": "All is down"}, "--at", "2026-11-20T16:30") == 0
    told = capsys.readouterr().out

    assert "It goes to the queue technical by the rule Outage, line 4." in told
    assert "It asks for senior engineer." in told
    assert (
        "First response: 1h of office time, due Mon 2026-11-23 09:30 CET. Warnings: 50% at Fri 2026-11-20 17:00 CET, "
        "75% at Mon 2026-11-23 09:15 CET, 90% at Mon 2026-11-23 09:24 CET."
    ) in told
    assert "routing: yes: rule 1, Outage (category is outage)" in told


def test_an_explanation_as_json_has_every_instant_in_utc(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    explained(file, {"customer": {"tier": "enterprise"}, "category": "outage"}, "--at", "2026-11-20T15:30Z", "--json")
    told = json.loads(capsys.readouterr().out)

    (first,) = [one for one in told["clocks"] if one["metric"] == "first_response"]
    assert first["due_at"] == "2026-11-23T08:30:00+00:00"
    assert [warning["share"] for warning in first["warnings"]] == [0.5, 0.75, 0.9]
    assert told["at"] == "2026-11-20T15:30:00+00:00"


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        ({"categroy": "outage"}, "nothing is named 'categroy'; did you mean category?"),
        ({"priority": "hihg"}, "priority is one of low, medium, high, critical, not 'hihg'; did you mean high?"),
        ({"amount": "much"}, "amount is a number, not 'much'"),
        ({"organisation": {"vip": 1}}, "organisation.vip is true or false, not 1"),
        ({"age": "soon"}, "age: 'soon' is not a duration"),
        (["outage"], "a ticket is described by a JSON object"),
        ("{not json", "is not JSON"),
    ],
)
def test_a_wrong_description_is_refused_with_what_was_meant(file: Callable[..., str], ticket: Any, said: str) -> None:
    with pytest.raises(Refused) as refused:
        explained(file, ticket)
    assert said in str(refused.value)


def test_a_moment_nobody_can_read_is_refused(file: Callable[..., str]) -> None:
    with pytest.raises(Refused, match="--at 'noon' is no moment"):
        explained(file, {}, "--at", "noon")


def test_explaining_a_workflow_with_problems_tells_them(
    file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(judging, "explain", file("queus: {}"), file("{}", "ticket.json")) == 1
    assert "did you mean queues?" in capsys.readouterr().err


# diff


def test_two_files_are_compared_without_a_desk(file: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(file(SLOW, "slow.yaml"), file(FAST, "fast.yaml"), database_url="") == 1
    assert "name changed from Slow to Fast" in capsys.readouterr().out
    with pytest.raises(Refused, match="No desk is running, so nothing is published as live"):
        compare(file(SLOW), database_url="")


# On a desk


@pytest.fixture
def lead(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Agent:
    monkeypatch.setattr(clock, "now", lambda: now)
    return factories.an_agent("Mira Lund", role="lead", email="mira@desk.example")


def test_a_file_is_published_listed_and_compared(
    lead: Agent, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(publishing, "publish", file(SLOW), "--note", "Calm", "--by", "Mira@desk.example") == 0
    assert call(publishing, "publish", file(SLOW)) == 0
    assert call(publishing, "versions") == 0
    assert compare("1", file(FAST)) == 1
    assert compare("live") == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "Version 1 is live."
    assert lines[2] == "Version 1 says this already: it stays live."
    assert "*    1  2026-11-23 09:00 UTC  Slow, by Mira Lund: Calm" in lines
    assert lines[-3:] == [
        "name changed from Slow to Fast",
        "target any, any: first_response 4h -> 2h",
        "Both mean the same.",
    ]


def test_a_preview_publishes_nothing(
    lead: Agent, now: datetime, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now, subject="Export")

    assert call(publishing, "publish", file(FAST), "--preview") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Of 1 open ticket, 1 would change."
    assert lines[2] == f"  #{ticket.pk} Export: first_response 4h -> 2h"
    assert [version.number for version in workflows.versions()] == [1]


def test_publishing_and_going_back_can_take_open_tickets_along(
    lead: Agent, now: datetime, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    workflows.publish(SLOW, now=now)
    factories.a_ticket(now)

    assert call(publishing, "publish", file(FAST), "--reapply") == 0
    assert call(publishing, "rollback", "1", "--reapply") == 0

    assert capsys.readouterr().out.splitlines() == [
        "Version 2 is live.",
        "Re-applied to 1 open ticket.",
        "Version 3 is live; it says what version 1 said.",
        "Re-applied to 1 open ticket.",
    ]
    assert Ticket.objects.get().workflow_version == 3
    with pytest.raises(Conflict):
        call(publishing, "rollback", "3")


def test_a_file_with_problems_is_not_published(
    lead: Agent, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(publishing, "publish", file("queus: {}")) == 1
    assert "1 problem; nothing was changed." in capsys.readouterr().err
    assert workflows.versions() == []


def test_an_author_must_be_a_lead_of_this_desk(lead: Agent, file: Callable[..., str]) -> None:
    factories.an_agent("Ben Marsh", email="ben@desk.example")

    with pytest.raises(Refused, match="No agent has the address"):
        call(publishing, "publish", file(SLOW), "--by", "nobody@desk.example")
    with pytest.raises(Forbidden):
        call(publishing, "publish", file(SLOW), "--by", "ben@desk.example")
