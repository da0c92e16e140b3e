"""Recommend in the browser: what may be moved, the bar, the findings with their tickets, the proposal and its draft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import workflows
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.engine.differences.wording import Difference
from deskwright.engine.saying import _
from deskwright.lab.advice import findings
from deskwright.store.connection import from_json, to_json
from deskwright.store.models import Agent, Recommendation
from deskwright.web.studio import proposing
from deskwright.web.studio.findings import KINDS, grouped, said
from tests import factories
from tests.web.conftest import WORKFLOW

SignIn = Callable[[Agent], Client]
HOUR = timedelta(hours=1)
FIGURES: dict[str, dict[str, Any]] = {
    findings.DEAD: {"opened": 12, "line": 4},
    findings.LOSING: {"held": 3, "winner": "Others", "won": 2, "line": 0},
    findings.BROKEN: {"target": "4h", "promised": 14400.0, "ended": 20, "kept": 0.5, "nine_in_ten": 30000.0},
    findings.EASY: {"target": "8h", "promised": 28800.0, "ended": 20, "kept": 1.0, "nine_in_ten": 600.0},
    findings.SCARCE: {"waited": 4, "tickets": 9, "half_waited": 7200.0, "skills": ["sso"], "able": 1, "members": 3},
    findings.MACRO: {"tickets": 6},
}
SUBJECTS = {findings.BROKEN: "high, first_response", findings.EASY: "low, resolution", findings.SCARCE: "technical"}
CHANGED = WORKFLOW + "sla: {warn_at: [75%]}\n"
GAIN = {"kind": "warnings", "said": "sla.warn_at: [50%] -> [75%]", "gain": 2.0, "low": 1.0, "high": 3.0}
GAIN |= {"runs": 8, "lasted": True}
GIVEN_UP = {**GAIN, "said": "sla.warn_at: [40%]", "gain": -1.0, "low": -9.0, "high": 0.5, "runs": 2, "lasted": False}
COMPARED = {"name": "all", "before": 70.0, "after": 72.0, "difference": 2.0, "low": 1.0, "high": 3.0}


@pytest.fixture
def client(lead: Agent, signed_in: SignIn) -> Client:
    return signed_in(lead)


def proposal(**more: Any) -> dict[str, Any]:
    usual = {
        "text": CHANGED,
        "chosen": [GAIN],
        "tried": [GAIN, GIVEN_UP],
        "people": [{**GAIN, "kind": "people", "said": "technical", "runs": 4}],
        "kept": [{**COMPARED, "group": "all", "what": "first_response"}],
        "figures": [{**COMPARED, "group": "all", "what": "half are answered within", "low": -7200.0}],
        "runs": 8,
        "expected": None,
        "honesty": {"distance": 0.07, "tickets": 40, "chance": 0.1, "later": None},
        "differences": [Difference("sla", "warnings", _("changed to %(to)s", to="75%")).as_json()],
    }
    return {**usual, **more}


def done(lead: Agent, now: datetime, **report: Any) -> Recommendation:
    workflows.publish(WORKFLOW, now=now)
    made = from_json(to_json({"findings": [], "live": WORKFLOW, "proposal": proposal(), **report}))
    live = workflows.live().version
    return RECOMMENDATIONS.begin(asked_by=lead, asked_at=now, state="done", against=live, report=made)


def test_what_may_be_moved_is_the_leads_to_say(client: Client, now: datetime) -> None:
    assert 'value="targets" >' in client.get("/studio/recommend/").content.decode()

    answer = client.post("/studio/recommend/", {"allow": ["capacity", "targets"], "runs": "24", "days": "30"})

    asked = Recommendation.objects.get()
    assert answer["Location"] == f"/studio/recommend/{asked.pk}/"
    assert (asked.allowed, asked.runs, asked.since) == (["capacity", "targets"], 24, now - timedelta(days=30))
    page = client.get(answer["Location"]).content.decode()
    assert "Waiting for a worker" in page
    assert "live:studio from:body" in page

    client.post(f"/studio/recommend/{asked.pk}/cancel/")
    page = client.get(answer["Location"]).content.decode()
    assert "called off" in page
    assert "live:studio" not in page


def test_what_cannot_be_asked_is_said_in_a_sentence(client: Client) -> None:
    answer = client.post("/studio/recommend/", {"allow": ["magic"], "runs": "1"})

    assert answer.status_code == 422
    assert "magic cannot be moved" in answer.content.decode()
    assert not Recommendation.objects.exists()


def test_a_proposal_is_a_difference_that_opens_as_a_draft(client: Client, lead: Agent, now: datetime) -> None:
    made = done(lead, now)

    page = client.get(f"/studio/recommend/{made.pk}/").content.decode()

    assert "sla.warn_at: [50%] → [75%]" in page
    assert "+2.00 points (+1.00 to +3.00)" in page
    assert "<ins>sla: {warn_at: [75%]}</ins>" in page
    assert "<li>warnings: changed to 75%</li>" in page
    assert "One more in Technical" in page
    assert "close to the record" in page
    assert "2 changes were tried, at most 8 times each" in page
    assert f"?recommendation={made.pk}" in page
    assert "warn_at: [75%]" in client.get(f"/studio/what-if/new/?recommendation={made.pk}").content.decode()
    assert workflows.live().text == WORKFLOW


def test_a_change_that_was_given_up_has_no_interval(now: datetime) -> None:
    found = proposing.shown({"live": WORKFLOW, "proposal": proposal()})

    lasted, given_up = found["tried"]
    assert (lasted.runs, lasted.picture.says, found["people"][0].runs) == (8, "good", 4)
    assert (given_up.runs, given_up.picture, given_up.says) == (2, None, "given up after 2 runs")
    assert lasted.picture.width == found["chosen"][0].picture.width > 20


def test_later_answers_are_judged_beside_first_ones() -> None:
    judged = {"distance": 0.34, "tickets": 90, "chance": 0.1, "later": None}
    first, later = proposing.trust({**judged, "distance": 0.07, "later": judged})
    assert "close to the record" in first.said and not first.doubt
    assert later.said.startswith("Answers to later messages: at most 34 points off. ")
    (few,) = proposing.trust({"distance": 0.14, "tickets": 40, "chance": 0.25, "later": None})
    assert few.said.endswith("So few tickets allow up to 25 points by chance alone.")
    assert "far from the record" in later.said and later.doubt


def test_a_gain_that_is_not_found_again_with_other_chances_is_said_to_be_doubtful(
    client: Client, lead: Agent, now: datetime
) -> None:
    whole = {**COMPARED, "group": "all", "what": "all promises"}
    sure = done(lead, now, proposal=proposal(expected=whole))
    doubtful = done(lead, now, proposal=proposal(expected={**whole, "low": -0.1}))

    pages = [client.get(f"/studio/recommend/{made.pk}/").content.decode() for made in (sure, doubtful)]

    assert ["chance alone may have chosen this" in page for page in pages] == [False, True]
    assert all("All promises" in page for page in pages)


@pytest.mark.parametrize("days", ["00000099999999", "9" * 5000, "²", ""])
def test_days_that_are_none_ask_for_everything(client: Client, days: str) -> None:
    assert client.post("/studio/recommend/", {"allow": ["capacity"], "days": days}).status_code == 302
    assert Recommendation.objects.get().since is None


def test_where_nothing_helps_for_sure_nothing_is_proposed(client: Client, lead: Agent, now: datetime) -> None:
    made = done(lead, now, proposal=proposal(chosen=[], text=WORKFLOW, differences=[], honesty=None))

    page = client.get(f"/studio/recommend/{made.pk}/").content.decode()

    assert "none keeps more promises for sure" in page
    assert "too short to judge" in page
    assert "Open as draft" not in page


def test_findings_lead_to_their_tickets(client: Client, lead: Agent, now: datetime) -> None:
    ticket = factories.a_ticket(now - HOUR, subject="The export is empty").pk
    found = [
        {"kind": kind, "subject": SUBJECTS.get(kind, "Exports"), "figures": figures, "tickets": [ticket]}
        for kind, figures in FIGURES.items()
    ]
    made = done(lead, now, findings=found, proposal=None)

    page = client.get(f"/studio/recommend/{made.pk}/").content.decode()

    assert f'href="/tickets/{ticket}/" title="The export is empty"' in page
    assert 'href="/console/macros/new/?words=Exports"' in page
    assert "Exports</textarea>" in client.get("/console/macros/new/?words=Exports").content.decode()
    for kind in KINDS.values():
        assert str(kind.title) in page


def test_a_finding_says_what_a_rule_without_a_name_does(db: str) -> None:
    rules = "[{condition: false, action: {tag: [x]}}, {condition: true, action: {assign: {queue: billing}}}]"
    judged = workflows.load(f"{WORKFLOW}routing_rules: {rules}\n")
    figures = {**FIGURES[findings.LOSING], "winner": "rule 2"}
    found = {"kind": findings.LOSING, "subject": "rule 1", "figures": figures, "tickets": [], "subjects": []}

    ((_kind, _title, (told,)),) = grouped([found], judged)

    assert told.subject == "Tag x (rule 1) (from the starter)"
    assert "“To billing (rule 2)” decided 2 of them." in told.evidence


@pytest.mark.parametrize(
    ("kind", "subject", "evidence"),
    [
        (findings.DEAD, "Exports (line 4)", "True for none of 12 tickets."),
        (findings.LOSING, "Exports (from the starter)", "True for 3 tickets. “Others” decided 2 of them."),
        (findings.BROKEN, "High · First response: 4h", "Kept for 50% of 20. Nine in ten were done within 8.3 h."),
        (findings.EASY, "Low · Resolution: 8h", "Kept for 100% of 20. Nine in ten were done within 10 min."),
        (findings.MACRO, "“Exports”", "In 6 tickets."),
    ],
)
def test_each_finding_says_its_evidence(kind: str, subject: str, evidence: str) -> None:
    found = said(
        {
            "kind": kind,
            "subject": SUBJECTS.get(kind, "Exports"),
            "figures": FIGURES[kind],
            "tickets": [],
            "subjects": [],
        }
    )
    assert (found.subject, found.evidence) == (subject, evidence)


def test_too_few_with_the_skill_are_counted() -> None:
    found = {"kind": findings.SCARCE, "subject": "technical", "figures": FIGURES[findings.SCARCE]}
    told = said({**found, "tickets": [], "subjects": []})
    assert "4 of 9 tickets waited half an hour or longer, half of them 2.0 h." in told.evidence
    assert "1 of the 3 who serve it have what it asks: SSO." in told.evidence


def test_less_of_a_wait_is_better() -> None:
    row = {**COMPARED, "group": "all", "what": "half are answered within"}
    slower = proposing.figure_line({**row, "difference": 3600.0, "low": 1800.0, "high": 7200.0})
    assert (slower.change, slower.says) == ("+1.0 (+0.5 to +2.0)", "worse")


def test_a_version_that_is_live_no_more_is_said_to_be(client: Client, lead: Agent, now: datetime) -> None:
    made = done(lead, now)
    workflows.publish(CHANGED, now=now)
    assert "Another one is live now" in client.get(f"/studio/recommend/{made.pk}/").content.decode()


def test_one_can_be_deleted_and_an_agent_sees_none(
    client: Client, lead: Agent, ada: Agent, now: datetime, signed_in: SignIn
) -> None:
    made = done(lead, now)
    other = signed_in(ada)
    assert [other.get(path).status_code for path in ("/studio/recommend/", f"/studio/recommend/{made.pk}/")] == [
        403
    ] * 2
    client = signed_in(lead)
    client.post(f"/studio/recommend/{made.pk}/delete/")
    assert not Recommendation.objects.exists()
    assert client.get(f"/studio/recommend/{made.pk}/").status_code == 404
