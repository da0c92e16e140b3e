"""The engine's names in sentences people read: made readable, while conditions stay as they were written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.web.words import plain
from deskwright.web.workspace.sentences import told
from deskwright.web.workspace.timeline import Happened, timeline


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("escalated from tier_1", "escalated from Tier 1"),
        ("it enters tier_2, which waits 4h", "it enters Tier 2, which waits 4h"),
        ("management is told of legal_threat", "management is told of legal threat"),
        ("product_bug, technical_complexity rose", "product bug, technical complexity rose"),
        ("nobody of technical_integrations can take it", "nobody of technical integrations can take it"),
        ("customer_wrote", "the customer wrote"),
        ("level_2: no condition of a higher level holds", "Level 2: no condition of a higher level holds"),
        ("technical_complexity: complexity == 'level_2'", "technical complexity: complexity == 'level_2'"),
        ("customer_tier == 'enterprise'", "customer_tier == 'enterprise'"),
        ("rule “send_to_billing”", "rule “send_to_billing”"),
        ("the customer wrote 'error_42'", "the customer wrote 'error_42'"),
        ("rule 7", "rule 7"),
        ("", ""),
    ],
)
def test_a_name_of_the_workflow_is_read_as_words(said: str, read: str) -> None:
    assert plain(said) == read


@pytest.mark.parametrize(
    ("tier", "reason", "text", "because"),
    [
        ("tier_1", "opened", "Starts in Tier 1", ""),
        ("tier_2", "no_response", "Escalation: now in Tier 2", "nobody responded in time"),
        ("tier_2", "customer_frustration", "Escalation: now in Tier 2", "customer frustration"),
        ("tier_2", "manual", "Escalation: now in Tier 2", "by hand"),
        ("tier_1", "handed_back", "Back in Tier 1", "handed back"),
        (None, "no_response", "Escalation: past the last tier", "nobody responded in time"),
        ("tier_3", "They need api_v2 today", "Escalation: now in Tier 3", "They need api_v2 today"),
    ],
)
def test_a_tier_is_entered_in_plain_words(tier: str | None, reason: str, text: str, because: str) -> None:
    effect = {"effect": "EnterTier", "tier": tier, "reason": reason, "because": "x"}
    (sentence,) = told({"kind": "", "data": {"effects": [effect]}}, {})
    assert (sentence.text, sentence.because) == (text, because)


def events(now: datetime, *effects: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": place, "at": now + timedelta(minutes=place), "kind": "", "data": {"effects": [effect]}}
        for place, effect in enumerate(effects)
    ]


def test_a_folded_run_counts_its_repeats_by_sort(now: datetime) -> None:
    notice = {"effect": "Notify", "audience": "leads", "agents": [], "because": "late"}
    moved = [{"effect": "Assign", "agent": number, "because": "load"} for number in (1, 2, 3, 4)]
    tier = {"effect": "EnterTier", "tier": "tier_2", "reason": "manual"}
    (run,) = timeline(
        [], events(now, tier, *moved, notice, notice | {"audience": "team"}, {"effect": "MarkBoosted"}), {}
    )
    assert isinstance(run, Happened)
    assert [sentence.text for sentence in run.shown] == ["Escalation: now in Tier 2", "Assigned to somebody"]
    assert run.hidden == 6 and run.rest == "3 reassignments, 2 notices, 1 more"
