"""Articles, views, macros, checklists, time and webhooks through the API: the same deeds as on the pages."""

from __future__ import annotations

from datetime import datetime

import pytest

from deskwright.desk.macros import shelf
from deskwright.desk.macros.shelf import Written
from deskwright.store.models import Agent
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture


def test_an_article_is_written_changed_and_published(desk: Running) -> None:
    made = ask(desk, "POST", "/articles", {"title": "Exports", "body": "Press *Export*.", "review_by": "2027-01-31"})
    assert made.status == 201 and made.json["state"] == "draft"
    path = f"/articles/{made.json['id']}"
    changed = ask(desk, "PATCH", path, {"body": "Press Export twice.", "revision": made.json["revision"]})
    assert changed.json["revision"] == made.json["revision"] + 1
    problem(ask(desk, "PATCH", path, {"body": "No.", "revision": made.json["revision"]}), 409, "conflict")
    assert ask(desk, "PUT", f"{path}/state", {"state": "published"}).json["state"] == "published"
    assert [item["id"] for item in ask(desk, "GET", "/articles?q=export").json["items"]] == [made.json["id"]]
    problem(ask(desk, "POST", "/articles", {"title": "A", "body": "B", "review_by": "soon"}), 422, "invalid")


def test_a_view_is_saved_deleted_and_brought_back(desk: Running) -> None:
    made = ask(desk, "POST", "/views", {"name": "Exports", "condition": "subject CONTAINS 'export'"}, "ada")
    assert made.status == 201
    path = f"/views/{made.json['id']}"
    assert ask(desk, "PATCH", path, {"name": "All exports"}, "ada").json["name"] == "All exports"
    problem(ask(desk, "PATCH", path, {"name": "Mine now"}, "ben"), 404, "not_found")
    ask(desk, "DELETE", path, None, "ada")
    assert ask(desk, "GET", "/views", None, "ada").json["items"] == []
    assert ask(desk, "POST", f"{path}/restore", None, "ada").json["name"] == "All exports"
    problem(ask(desk, "POST", "/views", {"name": "No", "condition": "categroy == 1"}, "ada"), 422, "invalid")


def test_a_macro_says_what_it_would_do_and_does_it(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now, subject="An export")
    lead = Agent.objects.get(role="lead")
    macro = shelf.write(lead, Written("Urgent", actions={"priority": "critical"}), now=now)
    asked = {"tickets": [ticket.pk]}
    told = ask(desk, "POST", f"/macros/{macro.pk}/preview", asked).json["tickets"][0]
    assert told["changes"]["priority"][1] == "critical"
    assert ask(desk, "POST", f"/macros/{macro.pk}/apply", asked).status == 200
    ticket.refresh_from_db()
    assert ticket.priority == "critical"


def test_a_checklist_and_the_time_spent(desk: Running, now: datetime) -> None:
    ticket = factories.a_ticket(now, subject="An export")
    items = ask(desk, "POST", f"/tickets/{ticket.pk}/checklist", {"lines": ["Look", "Mend"]}).json["items"]
    assert [item["text"] for item in items] == ["Look", "Mend"]
    ticked = ask(desk, "PUT", f"/checklist/{items[0]['id']}", {"done": True}).json["items"]
    assert ticked[0]["done_at"] is not None
    (entry,) = ask(desk, "POST", f"/tickets/{ticket.pk}/time", {"minutes": 15}).json["entries"]
    (entry,) = ask(desk, "PUT", f"/time/{entry['id']}", {"minutes": 25, "billable": True}).json["entries"]
    assert (entry["minutes"], entry["billable"]) == (25, True)
    problem(ask(desk, "GET", f"/tickets/{ticket.pk}/time", None, "ben"), 404, "not_found")


@pytest.mark.parametrize("token", ["ada", "light"])
def test_webhooks_are_for_those_who_may(desk: Running, token: str) -> None:
    problem(ask(desk, "GET", "/webhooks", None, token), 403, "forbidden")


def test_a_webhook_tells_its_secret_once(desk: Running, now: datetime) -> None:
    wanted = {"name": "Board", "url": "https://hooks.desk.example/in", "events": ["ticket.opened"]}
    made = ask(desk, "POST", "/webhooks", wanted, "nobody")
    assert made.status == 201 and made.json["secret"].startswith("whsec_")
    (listed,) = ask(desk, "GET", "/webhooks", None, "nobody").json["items"]
    assert "secret" not in listed and listed["url"] == wanted["url"]
    assert ask(desk, "PUT", f"/webhooks/{listed['id']}/switch", {"on": False}, "nobody").json["active"] is False
    assert ask(desk, "GET", f"/webhooks/{listed['id']}/deliveries", None, "nobody").json["items"] == []


def test_a_webhook_is_changed_tried_and_sent_again(desk: Running, now: datetime) -> None:
    wanted = {"name": "Board", "url": "https://hooks.desk.example/in", "events": ["ticket.opened"]}
    path = f"/webhooks/{ask(desk, 'POST', '/webhooks', wanted, 'nobody').json['id']}"
    assert ask(desk, "PATCH", path, {"name": "Wall"}, "nobody").json["events"] == ["ticket.opened"]
    problem(ask(desk, "PATCH", path, {"events": ["ticket.eaten"]}, "nobody"), 422, "invalid")
    since = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
    assert ask(desk, "POST", f"{path}/replay-range", since, "nobody").json == {"queued": 0}
    problem(ask(desk, "GET", f"{path}/deliveries/1", None, "nobody"), 404, "not_found")


def test_an_earlier_version_of_an_article_is_brought_back(desk: Running) -> None:
    made = ask(desk, "POST", "/articles", {"title": "Exports", "body": "Press *Export*."}).json
    path = f"/articles/{made['id']}"
    ask(desk, "PATCH", path, {"body": "Press nothing."})
    assert [each["number"] for each in ask(desk, "GET", f"{path}/versions").json["versions"]] == [2, 1]
    assert ask(desk, "POST", f"{path}/versions/1/restore").json["body"] == "Press *Export*."
    problem(ask(desk, "POST", f"{path}/versions/9/restore"), 404, "not_found")
