"""The engine's names in sentences people read: made readable, while conditions stay as they were written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from deskwright.engine.saying import Said, _, ngettext
from deskwright.store.connection import from_json, to_json
from deskwright.web import telling
from deskwright.web.workspace.sentences import told, value_of
from deskwright.web.workspace.timeline import Happened, timeline


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        (_("escalated from %(tier)s", tier="tier_1"), "escalated from Tier 1"),
        (_("waits %(timeout)s", timeout="4h"), "waits 4 h"),
        (_("%(signals)s rose", signals="product_bug, legal_threat"), "product bug, legal threat rose"),
        (_("nobody of %(queue)s can take it", queue="night_shift"), "nobody of Night shift can take it"),
        (_("no mark of the %(metric)s clock", metric="first response"), "no mark of the first response clock"),
        (_("%(because)s: %(target)s", because=_("no rule"), target="2bd"), "no rule: 2 business days"),
        (_("%(signal)s: %(condition)s", signal="too_big", condition="size == 'xx_l'"), "too big: size == 'xx_l'"),
        (ngettext("%(count)s rule", "%(count)s rules", 2), "2 rules"),
        (_("asked again at %(moment)s", moment="2026-11-26 04:00 UTC"), "asked again at 26 Nov 2026, 04:00 UTC"),
    ],
)
def test_a_sentence_is_read_with_its_names_as_words_however_it_was_kept(sentence: Said, read: str) -> None:
    kept = to_json(sentence)
    assert [telling.told(one) for one in (sentence, kept, from_json(kept))] == [read] * 3


@pytest.mark.parametrize("plain", ["rule “send_to_billing”", "", None])
def test_a_plain_text_is_read_as_it_is(plain: str | None) -> None:
    assert telling.told(plain) == (plain or "")


def test_a_sentence_is_told_in_the_readers_language() -> None:
    with translation.override("de"):
        assert telling.told(_("Yes")) == "Ja"


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


@pytest.mark.parametrize(("field", "value", "read"), [("complexity", "level_2", "Stufe 2"), ("impact", "high", "hoch")])
def test_what_a_field_was_changed_to_is_said_in_the_readers_language(field: str, value: str, read: str) -> None:
    with translation.override("de"):
        assert value_of(field, value, {}) == read
