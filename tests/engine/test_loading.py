"""Loading: the published fragments unchanged, every section, every problem at once with its place and suggestion."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskwright.engine.durations import parse
from deskwright.engine.loading import SECTIONS, WorkflowError, load
from deskwright.engine.workflow import Assignee, Audience, FieldSpec

DATA = Path(__file__).parent / "data"
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "brief.md"
RULES = (DATA / "routing_rules.yaml").read_text(encoding="utf-8")
LADDER = (DATA / "escalation_matrix.json").read_text(encoding="utf-8")
WHOLE = (DATA / "whole_language.yaml").read_text(encoding="utf-8")


def christmas(country, subdivision, year):
    return [date(year, 12, 25)]


def problems(text):
    with pytest.raises(WorkflowError) as refused:
        load(text)
    return [str(problem) for problem in refused.value.problems]


def fragments():
    yield RULES, LADDER
    if REFERENCE.exists():
        text = REFERENCE.read_text(encoding="utf-8")
        yield tuple(re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1] for kind in ("yaml", "json"))


def together(rules, ladder):
    """Both fragments as one document: the outer braces of the JSON make way for the YAML's keys."""
    return rules + "\n" + json.dumps(json.loads(ladder), indent=2).strip("{}").replace("\n  ", "\n")


# What a document means


def check_rules(workflow):
    assert [rule.name for rule in workflow.rules] == ["rule 1", "rule 2", "rule 3"]
    first, second, third = workflow.rules
    assert first.condition.text == "priority == 'critical' AND category == 'technical'"
    assert first.action.assign == Assignee("senior_engineer", queue="technical", level="senior")
    assert first.action.notify == ("manager_escalation",)
    assert [str(rule.sla_target) for rule in workflow.rules] == ["15m", "1h", "4h"]
    assert second.action.assign.from_fact == "organisation.csm"
    assert second.action.assign.otherwise == Assignee("dedicated_csm", queue="success")
    assert third.action.cc == ("account_manager",)
    assert third.condition.names == {"category", "amount"}


def check_ladder(workflow):
    first, second = workflow.tiers
    assert (first.name, str(first.timeout), first.next) == ("tier_1", "2h", "tier_2")
    assert first.conditions == ("no_response", "customer_frustration")
    assert first.escalate_to.name == "tier_2_specialist"
    assert second.conditions == ("technical_complexity", "product_bug")
    assert second.escalate_to == Assignee("engineering_team", queue="engineering")
    assert second.next is None
    assert workflow.management.triggers == ("vip_customer", "public_complaint", "legal_threat")
    assert workflow.management.notify == ("support_manager", "customer_success_director")


@pytest.mark.parametrize(("rules", "ladder"), list(fragments()))
def test_the_published_fragments_load_unchanged_alone_and_together(rules, ladder):
    check_rules(load(rules))
    check_ladder(load(ladder))
    both = load(together(rules, ladder))
    check_rules(both)
    check_ladder(both)


def test_the_empty_document_is_the_whole_starter():
    workflow = load("")
    assert workflow.default_queue == "general"
    assert workflow.sla.warn_at == (0.5, 0.75, 0.9)
    assert workflow.sla_matrix["critical", "enterprise"].by_metric == {
        "first_response": parse("15m"),
        "resolution": parse("4h"),
    }
    assert workflow.sla_matrix["medium", "any"].by_metric["resolution"] == parse("24h")
    assert workflow.categories["outage"].parent == "technical"
    assert {"urgent", "down", "broken", "asap"} <= set(workflow.signals["urgency"].words)
    assert workflow.tests == ()
    assert workflow.version == 0


def test_the_whole_language_loads():
    workflow = load(WHOLE, version=7, holidays=christmas)
    assert (workflow.name, workflow.version) == ("Acme support", 7)
    assert workflow.fields["renewal_date"] == FieldSpec("renewal_date", "date", "organisation")
    assert workflow.priority_matrix["high", "high"] == "critical"
    assert workflow.complexity[0][0] == "level_3"
    assert workflow.queues["technical_integrations"].skills == (("api_expert", 1), ("integration_specialist", 1))
    assert workflow.audiences["manager_escalation"] == Audience(
        "manager_escalation", role="lead", by=("mail", "in_app")
    )
    integrations = workflow.rules[1]
    assert integrations.action.set == {"complexity": "level_2"}
    assert integrations.action.tag == ("integration",)
    assert integrations.action.assign == Assignee("", queue="technical_integrations")
    assert workflow.assignment.weights == {"level_1": 1, "level_2": 2, "level_3": 3}
    assert workflow.assignment.repeat_over == 2
    assert workflow.sla.pause == {"resolution": {"waiting_on_customer"}}
    warning, survey = workflow.automations
    assert (warning.on, warning.do[1].boost_priority) == ("sla_warning", 1)
    assert survey.do[0].open_follow_up == {"assign": {"role": "lead"}}
    assert workflow.replies.with_ == ("expected_first_response", "suggested_articles")
    assert workflow.duplicates == {"same_customer_within": parse("3d"), "suggest_at": 0.75, "merge_at": 0.95}
    assert workflow.surveys["csat"]["expires"] == parse("14d")
    assert workflow.proactive["open"]["assign"].name == "dedicated_csm"
    assert workflow.proactive["risk_factors"]["usage_decline"].holds({"organisation.usage_trend": -25})
    assert workflow.experiments["faster_first_touch"]["share"] == 0.5
    assert workflow.tests[0].expect["assignee"] == "senior_engineer"


def test_json_says_the_same_as_yaml():
    text = '{\n\t"routing_rules": [{"condition": "priority == \'high\'", "action": {"tag": "x"}, "continue": true}]\n}'
    rule = load(text).rules[0]
    assert (rule.action.tag, rule.go_on, rule.line) == (("x",), True, 2)


def test_names_of_the_starter_stay_known_beside_those_of_the_document():
    workflow = load("queues: {own: {overflow: general}}\nassignees: {senior_engineer: {queue: own}}")
    assert workflow.queues.keys() >= {"own", "general", "technical"}
    assert workflow.rules[0].action.assign == Assignee("senior_engineer", queue="own")


def test_a_policy_keeps_what_it_does_not_mention():
    workflow = load("sla: {on_reopen: restart}")
    assert (workflow.sla.on_reopen, workflow.sla.calendar) == ("restart", "office_hours")


def test_calendars_may_unite_calendars_that_stand_after_them():
    workflow = load("calendars: {all: {union: [later, berlin]}, later: {hours: {sat: '10:00-12:00'}}}")
    assert workflow.calendars["all"] != workflow.calendars["berlin"]


def test_the_same_text_has_the_same_hash():
    assert load(RULES).content_hash == load(RULES, version=3).content_hash != load(LADDER).content_hash


def test_a_target_may_name_its_metric():
    rule = load("routing_rules: [{condition: true, sla_target: {first_response: 5m, resolution: 1bd}}]").rules[0]
    assert (str(rule.sla_target), {metric: str(target) for metric, target in rule.targets.items()}) == (
        "5m",
        {"resolution": "1bd"},
    )


def test_several_deeds_make_one_action():
    text = "routing_rules: [{condition: true, action: [{tag: a}, assign_to_billing, {tag: [a, b], boost_priority: 1}]}]"
    action = load(text).rules[0].action
    assert (action.tag, action.boost_priority, action.assign) == (("a", "b"), 1, Assignee("billing", queue="billing"))


def test_an_automation_may_wait_for_several_things():
    text = "automations: [{name: N, on: [ticket_solved, sla_breach], do: {tag: x}}, {every: 1h, do: escalate}]"
    assert [(each.name, each.on) for each in load(text).automations] == [
        ("N", "ticket_solved"),
        ("N", "sla_breach"),
        ("automation 2", "every"),
    ]


# What is refused


def test_every_problem_is_told_at_once_in_order():
    found = problems(
        """\
routing_rule: []
queues:
  billing: {calender: berlin}
routing_rules:
  - condition: "categroy == 'billing' AND priority > 5"
    action: assign_to_biling_specialist
    sla_target: fiveteen minutes
"""
    )
    assert found == [
        "line 1, column 1 (routing_rule): 'routing_rule' is not part of the language; did you mean routing_rules?",
        "line 3, column 13 (queues.billing.calender): 'calender' is not part of a queue; did you mean calendar?",
        "line 5, column 17 (routing_rules[1].condition): nothing is named 'categroy'; did you mean category?",
        "line 5, column 54 (routing_rules[1].condition): priority is never 5; it is one of low, medium, high, critical",
        "line 6, column 13 (routing_rules[1].action): no assignee and no queue is named 'biling_specialist'; "
        "did you mean assign_to_billing_specialist?",
        "line 7, column 17 (routing_rules[1].sla_target): 'fiveteen minutes' is not a duration; write it like 15m, "
        "2h30m, 1d (a calendar day) or 1bd (a business day)",
    ]


REFUSED = [
    ("[]", "the language as a mapping is expected"),
    ("just words", "the language as a mapping is expected"),
    ("workflow: {a: 1}", "a text is expected here, not a mapping"),
    ("fields: {priority: text}", "already has a fact named 'priority'"),
    ("fields: {Amount: number}", "cannot be named in a condition"),
    ("fields: {x: {type: nmber}}", "did you mean number?"),
    ("fields: {x: {type: choice}}", "lists its choices"),
    ("fields: [x]", "fields as a mapping of names"),
    ("calendars: {x: {hours: {mon: '9-17'}}}", "is not an opening time"),
    ("calendars: {x: {timezone: Europe/Berln, hours: {mon: '09:00-17:00'}}}", "did you mean Europe/Berlin?"),
    ("calendars: {x: {union: [berln]}}", "no calendar is named 'berln'"),
    ("calendars: {a: {union: [b]}, b: {union: [a]}}", "no calendar is named"),
    ("calendars: {x: {holidays: {country: DE}, hours: {mon: '09:00-17:00'}}}", "need holiday data"),
    ("priority_matrix: {high: {high: urgent}}", "'urgent' is not a priority"),
    ("priority_matrix: {high: {high: critical}}", "says nothing for impact low with urgency low, medium, high"),
    ("priority_matrix: {huge: {high: critical}}", "'huge' is no impact"),
    ("categories: {a: {children: {a: }}}", "stands at two places"),
    ("categories: {a: {keywords: ['!!']}}", "holds no word"),
    ("complexity: {level_9: 'true'}", "'level_9' is no level"),
    ("signals: {a: {when: \"signal('b')\"}, b: {when: \"signal('a')\"}}", "in a ring: a -> b -> a"),
    ("signals: {a: {words: [x], wen: 'true'}}", "did you mean when?"),
    ("queues: {a: {overflow: b}}", "no queue is named 'b'"),
    ("queues: {a: {overflow: a}}", "overflows into itself"),
    ("queues: {a: {strategy: random}}", "is not a strategy"),
    ("queues: {a: {skills: {x: 9}}}", "from 1 to 3"),
    ("default_queue: nowhere", "no queue is named 'nowhere'"),
    ("assignees: {a: {queue: biling}}", "did you mean billing?"),
    ("assignees: {a: {}}", "needs a queue, a role"),
    ("assignees: {a: {from: organisation.cms}}", "did you mean organisation.csm?"),
    ("audiences: {a: {by: [mail]}}", "is nobody"),
    ("audiences: {a: {role: boss}}", "is not a role"),
    ("routing_rules: {}", "a list of rules is expected"),
    ("routing_rules: [{action: assign_to_billing}]", "needs a condition"),
    ("routing_rules: [{condition: true}]", "needs something to do"),
    ("routing_rules: [{condition: 5, action: escalate}]", "a condition in quotes is expected"),
    ("routing_rules: [{condition: true, action: asign_to_billing}]", "did you mean assign_to_billing?"),
    ("routing_rules: [{condition: true, action: {set: {prority: low}}}]", "did you mean priority?"),
    ("routing_rules: [{condition: true, action: {set: {priority: lowest}}}]", "priority is never 'lowest'"),
    ("routing_rules: [{condition: true, action: {set: {age: 5}}}]", "age cannot be set"),
    ("routing_rules: [{condition: true, action: {boost_priority: 9}}]", "from -3 to 3"),
    ("routing_rules: [{condition: true, notify: manager_escalaton}]", "did you mean manager_escalation?"),
    ("routing_rules: [{condition: true, action: escalate, continue: maybe}]", "true or false is expected"),
    (
        "routing_rules: [{name: a, condition: true, cc: leads}, {name: a, condition: true, cc: leads}]",
        "the name of rule 1",
    ),
    ("assignment: {capacity: {per_agent: 0}}", "from 1 to 10000"),
    ("assignment: {capacity: {per_agent: 1.5}}", "a whole number"),
    ("assignment: {capacity: {weights: {level_4: 1}}}", "'level_4' is not part of the weights"),
    ("sla_matrix: {'critcal, any': {first_response: 5m}}", "did you mean critical?"),
    ("sla_matrix: {'a, b, c': {first_response: 5m}}", "names no cell"),
    ("sla_matrix: {'high': {first_response: 5m}, 'high, any': {first_response: 5m}}", "given twice"),
    ("sla_matrix: {'high': {first_reply: 5m}}", "'first_reply' is not part of the targets"),
    ("sla: {calendar: berln}", "did you mean berlin?"),
    ("sla: {warn_at: [150%]}", "a share from 0% to 100%"),
    ("sla: {pause: {resolution: [waiting]}}", "did you mean waiting_on_customer?"),
    ("sla: {on_reopen: again}", "resume, restart, none"),
    ("escalation_matrix: {tier_1: {conditions: [no_response]}}", "needs a timeout"),
    ("escalation_matrix: {tier_1: {conditions: [product_bugs]}}", "did you mean product_bug?"),
    ("escalation_matrix: {tier_1: {escalate_to: tier_3_specialist}}", "did you mean tier_2_specialist?"),
    ("escalation_matrix: {management: {triggers: [vip]}}", "did you mean vip_customer?"),
    ("automations: [{do: escalate}]", "needs `on`"),
    ("automations: [{on: sla_warnin, do: escalate}]", "did you mean sla_warning?"),
    ("automations: [{on: sla_warning}]", "something to do"),
    ("duplicates: {suggest_at: 0.9, merge_at: 0.5}", "below suggest_at"),
    ("surveys: {csat: {after: solvd}}", "did you mean solved?"),
    ("proactive: {risk_factors: {a: 'true'}, at_least: 2}", "only 1 risk factors"),
    ("experiments: {a: {share: 50%, change: {slamatrix: {}}}}", "did you mean sla_matrix?"),
    ("experiments: {a: {share: 50%}}", "needs a change"),
    ("tests: [{given: {priorty: high}, expect: {rule: 1}}]", "did you mean priority?"),
    ("tests: [{given: {priority: highest}, expect: {rule: 1}}]", "is not a priority"),
    ("tests: [{given: {}, expect: {asignee: x}}]", "did you mean assignee?"),
    ("tests: [{given: {}}]", "needs to expect something"),
    ("fields: {amount: text}", "what the starter workflow says there no longer fits: amount is a text"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[text for text, _ in REFUSED])
def test_it_is_refused_with_a_sentence(text, said):
    assert any(said in problem for problem in problems(text)), problems(text)


def test_an_assignee_that_names_a_queue_nobody_knows_is_told_only_that():
    found = problems("queues: {billing: }\nrouting_rules: [{condition: 'true', action: {assign: {queue: biling}}}]\n")
    assert found == [
        "line 2, column 62 (routing_rules[1].action.assign.queue): no queue is named 'biling'; did you mean billing?"
    ]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("value", ["5", "true", "[5]", "[[x]]", "{x: 5}", "{x: {y: z}}", "x", "{x: }", "[{}]"])
def test_any_value_in_any_section_loads_or_is_refused(section, value):
    try:
        load(f"{section}: {value}")
    except WorkflowError as refused:
        assert refused.problems


def test_an_empty_section_means_the_starters():
    assert load("\n".join(f"{section}:" for section in SECTIONS)).rules == load("").rules


# No document crashes


def mutated(text, cut, length, put):
    at = cut % len(text)
    return text[:at] + put + text[at + length :]


pieces = st.sampled_from(
    ["", " ", "\n", "'", '"', "{", "}", "[", "]", ":", "- ", "&a ", "*a", "5", "true", "\t", "%", "!x "]
)
damaged = st.builds(
    mutated,
    st.sampled_from([RULES, LADDER, WHOLE]),
    st.integers(0, 10_000),
    st.integers(0, 40),
    pieces | st.text(max_size=5),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged | st.text(max_size=300))
def test_damaged_documents_load_or_are_refused(text):
    try:
        workflow = load(text, holidays=christmas)
    except WorkflowError as refused:
        assert all(problem.line >= 1 and problem.message for problem in refused.problems)
    else:
        assert replace(workflow, version=1).text == text


def test_a_document_with_countless_mistakes_is_refused_after_the_first_two_hundred():
    many = "\n".join(f"wrong_{number}: 1" for number in range(20_000))
    assert len(problems(many)) == 200
    names = " OR ".join(f"wrng_{number} == 1" for number in range(400))
    rules = "\n".join(f'  - {{condition: "{names}", action: escalate}}' for _ in range(50))
    assert len(problems(f"routing_rules:\n{rules}")) == 200


def test_what_is_wrong_with_a_calendar_is_told_sentence_by_sentence_for_any_language():
    with pytest.raises(WorkflowError) as refused:
        load("calendars: {x: {timezone: Mars, hours: {mon: [late]}}}")
    assert {problem.message.values["sentence"].template for problem in refused.value.problems} == {
        "no time zone is named %(name)s%(near)s",
        "%(text)s is not an opening time; write it like 09:00-17:00",
    }
