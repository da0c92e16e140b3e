"""Lints of promises, chains and people; each points at the line and column it concerns."""

import pytest

from deskwright.engine.facts import Agent, Desk
from deskwright.engine.linting import lint
from deskwright.engine.loading import load

MINIMAL = "extends: nothing\n"


def told(text, desk=None):
    return [(problem.line, problem.column, problem.message) for problem in lint(load(MINIMAL + text), desk)]


def test_a_word_is_told_where_it_stands_in_its_condition():
    written = "  - condition: \"amount > 1 AND category IN ('billing', 'biling')\""
    text = f"categories: {{billing: {{}}}}\nrouting_rules:\n{written}\n"
    text += "    action: {set: {category: bills}, assign: {queue: general}}\nfields: {amount: {type: number}}"
    assert told(text) == [
        (4, written.index("'biling") + 1, "no category of this workflow is named 'biling'"),
        (5, 30, "no category of this workflow is named 'bills'"),
    ]


def test_what_only_the_starter_says_is_told_on_the_first_line():
    found = lint(load("categories: {technical: {}, product: {}}"))
    assert {(problem.line, problem.column) for problem in found} == {(1, 1)}
    assert {problem.suggestion for problem in found} == {None}


CLINIC = """
calendars: {clinic: {timezone: Europe/Berlin, hours: {mon: ["09:00-11:00"]}}}
sla: {calendar: clinic}
sla_matrix:
  any, any: {first_response: 15m, resolution: 120h}
"""


def test_a_target_longer_than_its_calendar_is_open_in_a_year_is_told():
    ((line, column, message),) = told(CLINIC)
    assert (line, column) == (6, 13)
    assert (
        message == "the calendar clinic is open 104 h a year, so the resolution is not due for more than a year (120h)"
    )


def test_targets_on_the_wall_clock_need_no_calendar():
    assert told(CLINIC.replace("120h", "30d")) == []


def test_a_target_of_a_rule_is_looked_at_too():
    rule = "routing_rules: [{condition: true, sla_target: {first_response: 200h, resolution: 1h}}]"
    messages = [message for _, _, message in told(CLINIC.replace("120h", "20h") + rule)]
    assert "the first response (200h) may come later than the resolution (1h)" in messages
    assert any("the first response is not due for more than a year (200h)" in message for message in messages)


def test_the_next_response_belongs_before_the_resolution():
    found = told("sla_matrix: {'any, any': {first_response: 1h, next_response: 9h, resolution: 8h}}")
    assert [message for _, _, message in found] == ["the next response (9h) may come later than the resolution (8h)"]


def test_warnings_out_of_order_are_told_each_at_its_place():
    assert told("sla: {warn_at: [50%, 90%, 75%, 100%]}") == [
        (2, 27, "warnings come in rising order, and 75% stands after 90%"),
        (2, 32, "a warning is given between 0% and 100%; this one never is"),
    ]


# Chains

AUTOMATION = 'automations:\n  - {name: A, on: %s, when: "%s", do: [%s]}\n'


@pytest.mark.parametrize(
    ("on", "when", "do"),
    [
        ("priority_changed", "priority >= 'medium'", "{boost_priority: 1}"),
        ("fields_changed", "true", "{set: {priority: high}}"),
        ("ticket_solved", "channel == 'email'", "{status: closed}"),
        ("escalated", "true", "escalate"),
    ],
)
def test_an_automation_that_sets_itself_off_is_told(on, when, do):
    ((line, column, message),) = told(AUTOMATION % (on, when, do))
    assert (line, column) == (3, 5)
    assert message.startswith("this automation sets itself off: A -> A")


@pytest.mark.parametrize(
    ("on", "when", "do"),
    [
        ("priority_changed", "priority == 'low'", "{set: {priority: high}}"),
        ("fields_changed", "true", "{tag: seen}"),
        ("ticket_solved", "true", "{status: open}"),
        ("sla_warning", "true", "{boost_priority: 1}"),
    ],
)
def test_an_automation_that_comes_to_rest_is_left_alone(on, when, do):
    assert told(AUTOMATION % (on, when, do)) == []


def test_automations_that_set_each_other_off_are_told_once():
    text = "automations:\n"
    text += "  - {name: Up, on: ticket_reopened, do: [{set: {priority: high}}]}\n"
    text += "  - {name: Away, on: priority_changed, do: [{status: solved}]}\n"
    text += "  - {name: Back, on: ticket_solved, when: \"status == 'solved'\", do: [{status: open}]}\n"
    ((line, _, message),) = told(text)
    assert line == 3
    assert message.startswith("these automations set each other off in a ring: Up -> Away -> Back -> Up")


def test_tiers_that_lead_nowhere_are_told():
    text = "queues: {second: {}}\nescalation_matrix:\n  one: {timeout: 1h, escalate_to: second}\n"
    text += "  two: {timeout: 1h, conditions: [no_response], escalate_to: second}\n"
    assert told(text) == [
        (4, 8, "nothing escalates from one, so two is reached by hand only"),
        (5, 62, "two escalates to the same as one, so a ticket goes round in a ring"),
    ]


# People

DESK = Desk(
    {
        1: Agent(1, "Ada", role="lead", teams=frozenset({"billing"}), skills={"invoices": 2}, shift="berlin"),
        2: Agent(2, "Ben", level="junior", teams=frozenset({"technical"}), shift="atlantis"),
    }
)
PEOPLE = """
calendars: {berlin: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}
audiences: {leads_here: {role: lead}, directors: {role: lead, team: technical}, admins: {role: admin}}
queues:
  billing: {skills: {invoices: 3}}
  tech: {team: tecnical}
assignees:
  expert: {queue: billing, level: senior}
  helper: {queue: billing, level: junior}
"""


def test_who_is_asked_for_and_is_not_there_is_told():
    assert told(PEOPLE, DESK) == [
        (3, 12, "Ben works by the calendar atlantis, which this workflow does not have"),
        (4, 50, "nobody is in the audience directors: no lead is in the team technical"),
        (4, 89, "nobody is in the audience admins: the desk has no admin"),
        (6, 21, "nobody who serves the queue billing has the skill invoices at level 3"),
        (7, 16, "nobody is in the team tecnical, so nobody serves the queue tech"),
        (9, 11, "nobody in the queue billing is what expert asks for (senior)"),
    ]


def test_without_people_nothing_is_said_of_them():
    assert told(PEOPLE) == []


def test_merging_what_only_resembles_and_a_window_of_no_use_are_told():
    text = "duplicates: {suggest_at: 0.5, merge_at: 60%}\nqueues: {general: {}, billing: {}}\ndefault_queue: general\n"
    text += "reopen: {within: 14d, queues: {billing: 14d, general: 3d}}"
    assert [message for _, _, message in told(text)] == [
        "from 60% on, tickets that only resemble each other are merged without asking",
        "billing has the window of all the others anyhow",
    ]
