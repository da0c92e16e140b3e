"""The demo's contents: its workflow loads, its texts have no holes, its plan is the same for the same dice."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from deskwright.desk.demo import bonds, people, plan
from deskwright.desk.demo.conversations import CUSTOMERS, fill, flowing, scenarios
from deskwright.desk.demo.plan import Size
from deskwright.desk.demo.work import DEEDS
from deskwright.engine.loading import load
from deskwright.store.models import Customer, Ticket
from tests import factories

WORKFLOW = load((people.HERE / "workflow.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("said", scenarios(), ids=lambda one: one.key)
def test_every_scenario_can_be_filled_in_for_those_it_suits(said) -> None:
    suiting = [one for one in people.requesters() if said.suits(one)]
    assert suiting, "nobody can say this"
    script = fill(said, suiting[0], Random(1))
    texts = [script.subject, script.opening, *(line.text for line in script.lines)]
    assert all(text and "{" not in text for text in texts)
    assert {line.deed for line in script.lines} <= set(DEEDS) | CUSTOMERS


def test_nobody_breaks_their_lines_where_the_files_do() -> None:
    long = "Nothing arrives any more since this morning, and every retry that we have tried ends with a 502."
    assert flowing(f"Hello,\n\n{long}\nPlease help.\n\nMina\nHarbour Pike\n") == (
        f"Hello,\n\n{long} Please help.\n\nMina\nHarbour Pike"
    )


def test_a_follow_up_that_nobody_has_written_on_is_not_tied_to_others(db: str, now: datetime) -> None:
    ada = factories.an_agent("Ada Quill")
    written, opened = factories.a_ticket(now), factories.a_ticket(now)
    Ticket.objects.update(assignee=ada)
    Customer.objects.update(email="mina@harbor.example")
    opened.messages.all().delete()
    assert [one.pk for one in bonds.asked_lately()] == [written.pk]


def test_scenarios_have_names_of_their_own() -> None:
    keys = [one.key for one in scenarios()]
    assert len(keys) == len(set(keys))


def test_every_conversation_ends_solved_or_with_thanks() -> None:
    assert {one.then[-1].deed for one in scenarios()} <= {"solve", "thanks"}


def test_people_are_fictional_and_unmistakably_so() -> None:
    addresses = [one.person.value for one in people.requesters()] + [email for _, email in people.logins()]
    assert all(address.endswith(".example") for address in addresses)
    assert all(address.isascii() and " " not in address for address in addresses)
    assert len(addresses) == len(set(addresses))


def test_agents_work_in_shifts_and_queues_that_the_workflow_knows() -> None:
    agents = people.read("agents.yaml")["agents"]
    teams = set(people.read("agents.yaml")["teams"])
    assert {one["shift"] for one in agents if "shift" in one} <= set(WORKFLOW.calendars)
    assert {queue.team for queue in WORKFLOW.queues.values() if queue.team} == teams


def test_twelve_agents_work_in_three_teams_for_four_tiers_of_customers() -> None:
    document = people.read("agents.yaml")
    assert len(document["teams"]) == 3
    assert sum("teams" in one for one in document["agents"]) == 12
    organisations = people.read("organisations.yaml")["organisations"]
    assert len(organisations) == 25
    assert {one["tier"] for one in organisations} == {"free", "standard", "professional", "enterprise"}


def test_somebody_is_at_work_at_every_hour_of_the_week(now: datetime) -> None:
    hours = WORKFLOW.calendars["around_the_clock"]
    closed = [now + timedelta(hours=hour) for hour in range(24 * 7) if not hours.is_open(now + timedelta(hours=hour))]
    assert closed == []


def test_the_plan_is_the_same_for_the_same_dice(now: datetime) -> None:
    assert plan.plan(now, Random(3)) == plan.plan(now, Random(3))


def test_the_plan_fills_sixty_days_and_ends_in_the_present(now: datetime) -> None:
    openings = plan.plan(now, Random(3))
    moments = [opening.at for opening in openings]
    assert 390 <= len(openings) <= 420
    assert moments == sorted(moments)
    assert now - timedelta(days=60) <= moments[0] < now - timedelta(days=58)
    assert now - timedelta(hours=2) < moments[-1] <= now


def test_a_short_plan_holds_no_incident_from_before_its_beginning(now: datetime) -> None:
    openings = plan.plan(now, Random(3), Size(days=5, older=4, recent=3))
    assert min(opening.at for opening in openings) >= now - timedelta(days=5)
