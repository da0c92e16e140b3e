"""Recommendations through the API: asked for, followed, called off, deleted."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.engine.differences.wording import Difference
from deskwright.engine.saying import _
from deskwright.store.connection import from_json, to_json
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture


def test_one_is_asked_for_run_and_read(desk: Running, now: datetime) -> None:
    factories.a_ticket(now)
    made = ask(desk, "POST", "/recommendations", {"allow": []})
    assert (made.status, made.json["state"], made.json["allow"], made.json["runs"]) == (201, "waiting", [], 8)
    path = f"/recommendations/{made.json['id']}"
    assert ask(desk, "GET", path).json["findings"] == []

    RECOMMENDATIONS.run(made.json["id"], now, lambda share: None)

    found = ask(desk, "GET", path).json
    assert (found["state"], found["proposal"], found["fault"]) == ("done", None, "")
    assert ask(desk, "POST", path + "/cancel").json["state"] == "done"


def test_what_would_change_is_told_in_sentences(desk: Running, now: datetime) -> None:
    text = Difference("sla", "warnings", _("changed to %(to)s", to="75%")).as_json()
    report = from_json(to_json({"findings": [], "proposal": {"text": "", "differences": [text]}}))
    made = RECOMMENDATIONS.begin(asked_at=now, state="done", report=report)

    told = ask(desk, "GET", f"/recommendations/{made.pk}").json["proposal"]["differences"]

    assert told == [{"section": "sla", "what": "warnings", "how": "changed to 75%", "text": "warnings: changed to 75%"}]


def test_one_that_waits_is_called_off_and_deleted(desk: Running) -> None:
    first, second = (ask(desk, "POST", "/recommendations", {}).json["id"] for _ in range(2))
    assert [each["id"] for each in ask(desk, "GET", "/recommendations").json["items"]] == [first, second]
    assert ask(desk, "POST", f"/recommendations/{first}/cancel").json["state"] == "cancelled"
    assert ask(desk, "DELETE", f"/recommendations/{first}").json == {"id": first}
    problem(ask(desk, "GET", f"/recommendations/{first}"), 404, "not_found")


def test_what_cannot_be_asked_is_refused(desk: Running) -> None:
    problem(ask(desk, "POST", "/recommendations", {"allow": ["magic"]}), 422, "invalid")
    problem(ask(desk, "POST", "/recommendations", {"runs": 1}), 422, "invalid")
    problem(ask(desk, "POST", "/recommendations", {}, "ada"), 403, "forbidden")
