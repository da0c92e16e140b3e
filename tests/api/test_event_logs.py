"""Event logs of other systems through the API: listed, shown, deleted by who may publish."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk import eventlogs
from deskwright.lab.processes.eventlog import Step
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture

READ_AS = {"columns": {"case": "Ticket"}, "delimiter": ";", "times": "%d.%m.%Y"}


def kept(now: datetime) -> str:
    eventlogs.keep(None, "old desk", [(Step("call", "Ada", 0.0, 600.0),)], now=now, read_as=READ_AS)
    return f"/event-logs/{eventlogs.listing()[0].id}"


def test_a_log_says_what_is_in_it_how_it_was_read_and_where_it_was_used(desk: Running, now: datetime) -> None:
    path = kept(now)
    eventlogs.note_use("old desk", {"demand": 1.3, "without": ["Ada"], "like": []}, now)

    log = ask(desk, "GET", path).json

    assert (log["name"], log["cases"], log["steps"], log["people"]) == ("old desk", 1, 1, 1)
    assert (log["begins_at"], log["ends_at"]) == ("1970-01-01T00:00:00+00:00", "1970-01-01T00:10:00+00:00")
    assert log["read_as"] == READ_AS
    assert [(use["demand"], use["without"], use["like"]) for use in log["uses"]] == [(1.3, ["Ada"], [])]
    assert datetime.fromisoformat(log["uses"][0]["at"]) == now
    assert ask(desk, "GET", "/event-logs").json["items"] == [log]


def test_it_is_deleted_by_who_may_publish(desk: Running, now: datetime) -> None:
    path = kept(now)
    problem(ask(desk, "DELETE", path, None, "ada"), 403, "forbidden")
    assert ask(desk, "DELETE", path).json["id"] == int(path.rpartition("/")[2])
    problem(ask(desk, "GET", path), 404, "not_found")
    assert eventlogs.listing() == []
