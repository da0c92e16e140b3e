"""The advise command: its words, its JSON, an empty desk."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta

import pytest

from deskwright.cli import advise
from deskwright.desk import clock, workflows
from deskwright.desk.answering import replies
from deskwright.desk.errors import Invalid
from tests import factories

LIVE = """
extends: nothing
queues: {front: {}}
default_queue: front
routing_rules: [{name: Exports, condition: "subject CONTAINS 'export'", action: {assign: {queue: front}}}]
sla_matrix: {"any, any": {first_response: 1h}}
"""


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    parser = argparse.ArgumentParser()
    advise.add_arguments(parser)
    assert advise.main(parser.parse_args(list(argv))) == 0
    return capsys.readouterr().out


def test_findings_are_told_with_their_evidence(
    db: str, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    workflows.publish(LIVE, now=now)
    with pytest.raises(Invalid, match="nothing to learn from"):
        said(capsys)
    agent = factories.an_agent("Ada Quill", role="lead")
    for number in range(10):
        ticket = factories.a_ticket(now, subject="Hello")
        text = "You can find the invoice under Settings, Billing, Documents."
        replies.reply(agent, ticket.pk, text, now=now + timedelta(minutes=30 + 10 * number))

    told = said(capsys)
    assert "Exports (line 5): 0 of 10 tickets" in told
    assert "medium, first response 1h: kept for 40% of 10; nine in ten were done within 1.9 h" in told
    assert "in 10 tickets: You can find the invoice under Settings" in told
    kinds = {finding["kind"] for finding in json.loads(said(capsys, "--json"))["findings"]}
    assert kinds == {"dead_rule", "broken_target", "macro_candidate"}
