"""What if in the browser: a draft beside its problems, the bar while it runs, the report with honest intervals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import workflows
from deskwright.desk.studio import trials
from deskwright.desk.studio.trials import TRIALS
from deskwright.store.models import Agent, Role, Ticket, Trial
from deskwright.web.studio import reporting
from deskwright.web.studio.charts import Axis, interval, reach, rounded
from tests import factories
from tests.web.conftest import WORKFLOW

SignIn = Callable[[Agent], Client]
MOVED = WORKFLOW + "routing_rules: [{name: All to night, condition: true, action: {assign: {queue: billing}}}]\n"
HOUR = timedelta(hours=1)


@pytest.fixture
def client(lead: Agent, signed_in: SignIn) -> Client:
    return signed_in(lead)


def done(lead: Agent, now: datetime) -> Trial:
    factories.a_ticket(now - HOUR, subject="The export is empty", text="See above.")
    trial = trials.ask(lead, MOVED, None, now=now)
    TRIALS.run(trial.pk, now, lambda share: None)
    return TRIALS.found(lead, trial.pk)


def test_a_draft_with_a_problem_is_shown_beside_it_and_not_tried(client: Client) -> None:
    answer = client.post("/studio/what-if/new/", {"text": WORKFLOW + "quues: {}\n", "do": "try"})

    assert answer.status_code == 422
    assert 'data-line="7"' in answer.content.decode()
    assert not Trial.objects.exists()


def test_trying_leads_to_a_page_that_fetches_itself_until_it_is_done(client: Client, now: datetime) -> None:
    answer = client.post("/studio/what-if/new/", {"text": MOVED, "do": "try", "days": "30"})

    trial = Trial.objects.get()
    assert trial.since == now - timedelta(days=30)
    assert answer["Location"] == f"/studio/what-if/{trial.pk}/"
    page = client.get(answer["Location"]).content.decode()
    assert "live:studio from:body" in page

    client.post(f"/studio/what-if/{trial.pk}/cancel/")
    page = client.get(answer["Location"]).content.decode()
    assert "called off" in page
    assert "live:studio" not in page


@pytest.mark.parametrize(("day", "status"), [("2026-11-20", 302), ("yesterday", 422), ("2027-01-01", 422)])
def test_a_day_is_taken_at_its_word_or_refused_with_a_sentence(client: Client, day: str, status: int) -> None:
    answer = client.post("/studio/what-if/new/", {"text": MOVED, "do": "try", "days": "7", "day": day})

    assert answer.status_code == status
    assert Trial.objects.count() == (status == 302)


def test_the_report_names_the_ticket_the_way_and_the_rule(client: Client, lead: Agent, now: datetime) -> None:
    trial = done(lead, now)

    page = client.get(f"/studio/what-if/{trial.pk}/").content.decode()

    ticket = trial.report["moved"][0]["ticket"]
    assert f'href="/tickets/{ticket}/"' in page
    assert "All to night" in page
    assert "Billing" in page
    assert 'name="do" value="look"' in page


def test_the_tickets_are_a_file_for_a_spreadsheet(client: Client, lead: Agent, now: datetime) -> None:
    trial = done(lead, now)

    answer: Any = client.get(f"/studio/what-if/{trial.pk}/tickets.csv")

    head, row = b"".join(answer.streaming_content).decode().splitlines()
    assert head.startswith("ticket,subject,queue_before,queue_after,rule")
    before = trial.report["moved"][0]["queue"][0]
    assert row.split(",")[1:5] == ["The export is empty", before, "billing", "All to night"]


def test_one_who_does_not_see_a_ticket_reads_no_subject_of_it(lead: Agent, now: datetime, signed_in: SignIn) -> None:
    trial = done(lead, now)
    role = Role.objects.create(name="analyst", base="light", grants={"workflow:see": "all", "tickets:see": "teams"})
    analyst = factories.an_agent("Ines Vale", teams=(factories.a_team("elsewhere"),))
    Agent.objects.filter(pk=analyst.pk).update(custom_role=role)
    client = signed_in(Agent.objects.get(pk=analyst.pk))
    Ticket.objects.update(queue="technical")

    page = client.get(f"/studio/what-if/{trial.pk}/").content.decode()
    rows: Any = client.get(f"/studio/what-if/{trial.pk}/tickets.csv")

    assert "a ticket you cannot see" in page
    assert "The export is empty" not in page
    assert b"export" not in b"".join(rows.streaming_content)
    assert 'name="do" value="look"' not in page


def test_an_agent_sees_no_trials(lead: Agent, ada: Agent, now: datetime, signed_in: SignIn) -> None:
    trial = done(lead, now)
    for path in ("", "new/", f"{trial.pk}/", f"{trial.pk}/tickets.csv"):
        assert signed_in(ada).get(f"/studio/what-if/{path}").status_code == 403
    assert signed_in(lead).get("/studio/what-if/999/").status_code == 404


def test_the_pages_take_a_fixed_number_of_statements(
    client: Client, lead: Agent, now: datetime, statements: Callable[[], Any]
) -> None:
    def sent(path: str) -> int:
        with statements() as found:
            assert client.get(path).status_code == 200
        return len(found)

    first = done(lead, now)
    client.get("/studio/what-if/")
    before = sent("/studio/what-if/"), sent(f"/studio/what-if/{first.pk}/")
    second = done(lead, now)
    assert (sent("/studio/what-if/"), sent(f"/studio/what-if/{second.pk}/")) == before


def test_an_interval_that_crosses_zero_could_be_nothing() -> None:
    row = {"group": "all", "name": "all", "metric": "resolution", "ended": [10, 10], "kept": [8, 9]}
    crossing = reporting.kept_line({**row, "difference": 10.0, "low": -5.0, "high": 25.0}, 25.0)
    sure = reporting.kept_line({**row, "difference": 10.0, "low": 5.0, "high": 15.0}, 25.0)
    assert (crossing.says, sure.says) == ("could be nothing", "better")


def test_marks_stand_where_their_numbers_are() -> None:
    assert reach([-3.0, None, 2.0]) == 3.0
    drawn = interval(-1.0, -2.0, 0.5, 2.0)
    assert (drawn.left, drawn.at, drawn.says) == (4.0, 42.0, "open")
    assert interval(-1.0, -2.0, -0.5, 2.0, lower_is_better=True).says == "good"
    assert [rounded(step) for step in (0.3, 1, 1.2, 7, 40)] == [0.5, 1, 2, 10, 50]
    axis = Axis(0, 10, 100, 0)
    assert [(tick.at, tick.label) for tick in axis.ticks(2)] == [(100, "0"), (50, "5"), (0, "10")]


def test_a_version_or_an_earlier_draft_is_where_one_begins(client: Client, lead: Agent, now: datetime) -> None:
    first = workflows.live().version
    workflows.publish(MOVED, now=now)
    assert "All to night" not in client.get(f"/studio/what-if/new/?version={first}").content.decode()
    trial = done(lead, now)
    assert "All to night" in client.get(f"/studio/what-if/new/?trial={trial.pk}").content.decode()
    assert client.get("/studio/what-if/new/?version=99").status_code == 404


def test_an_end_is_the_end_of_its_day(client: Client) -> None:
    answer = client.post(
        "/studio/what-if/new/", {"text": MOVED, "do": "try", "day": "2026-11-02", "last": "2026-11-03"}
    )
    assert answer.status_code == 302
    trial = Trial.objects.get()
    assert trial.until is not None and trial.since is not None
    assert trial.until - trial.since == timedelta(days=2)


@pytest.mark.parametrize(
    ("last", "said"),
    [("2026-11-01", "ends before it begins"), ("soon", "is not a day"), ("9999-12-31", "is not a day")],
)
def test_an_end_that_is_none_is_refused_with_a_sentence(client: Client, last: str, said: str) -> None:
    answer = client.post("/studio/what-if/new/", {"text": MOVED, "do": "try", "day": "2026-11-02", "last": last})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert f'value="{last}"' in answer.content.decode()


def test_tickets_opened_after_the_end_are_not_counted(client: Client, lead: Agent, now: datetime) -> None:
    workflows.publish(WORKFLOW, now=now - 72 * HOUR)
    early, _late = (factories.a_ticket(now - hours * HOUR, subject="The export is empty") for hours in (48, 1))
    trial = trials.ask(lead, MOVED, None, now - 24 * HOUR, now=now)

    TRIALS.run(trial.pk, now, lambda share: None)

    report = TRIALS.found(lead, trial.pk).report
    assert (report["tickets"], [each["ticket"] for each in report["moved"]]) == (1, [early.pk])


def test_promises_are_told_by_team_too(lead: Agent, now: datetime) -> None:
    workflows.publish(WORKFLOW + "sla_matrix: {'any, any': {first_response: 4h}}\n", now=now - 48 * HOUR)
    factories.a_ticket(now - 26 * HOUR, subject="The import is empty")
    report = done(lead, now).report
    assert {row["group"] for row in report["kept"]} >= {"all", "priority", "tier", "team"}


def test_the_tickets_are_narrowed_to_a_queue_and_a_rule(client: Client, lead: Agent, now: datetime) -> None:
    trial = done(lead, now)
    path = f"/studio/what-if/{trial.pk}/"
    shown = client.get(path, {"queue": "billing", "rule": "All to night"}).content.decode()
    assert "The export is empty" in shown
    assert "show=all&amp;queue=billing&amp;rule=All+to+night#tickets" in shown
    nothing = client.get(path, {"queue": "nowhere"}).content.decode()
    assert "No ticket differs in this way." in nothing
    assert "The export is empty" not in nothing


def test_a_rule_of_the_draft_without_a_name_says_what_it_does(client: Client, lead: Agent, now: datetime) -> None:
    factories.a_ticket(now - HOUR, subject="The export is empty", text="See above.")
    trial = trials.ask(lead, MOVED.replace("name: All to night, ", ""), None, now=now)
    TRIALS.run(trial.pk, now, lambda share: None)

    page = client.get(f"/studio/what-if/{trial.pk}/", {"rule": "rule 1"}).content.decode()

    assert '<option value="rule 1" selected>To billing (rule 1)</option>' in page
    assert '<td data-label="By which rule">To billing (rule 1)</td>' in page


@pytest.mark.parametrize("asked", ["days", "version", "trial", "recommendation"])
def test_a_number_that_is_too_long_is_none(client: Client, asked: str) -> None:
    written = "9" * 5000
    posted = client.post("/studio/what-if/new/", {"text": MOVED, "do": "try", "days": written})
    assert posted.status_code == 302
    assert client.get("/studio/what-if/new/", {asked: written}).status_code == 200
