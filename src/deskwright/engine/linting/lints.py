"""Every lint of a workflow, in the document's order."""

from __future__ import annotations

from itertools import islice
from typing import Final

from deskwright.engine.facts import Desk
from deskwright.engine.linting import chains, people, promises, sameness, words
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.reachability import unreachable
from deskwright.engine.problems import Problem
from deskwright.engine.workflow import Workflow

MOST_OF_A_KIND: Final = 100
"""Lints of one kind that are told."""


def lint(workflow: Workflow, desk: Desk | None = None) -> tuple[Problem, ...]:
    """Each with the line and column it concerns; what only the starter says is told on line 1. With a `desk`, also what
    the workflow expects of people who are not there.
    """
    places = Places(workflow.text)
    kinds = [
        unreachable(workflow.rules, places),
        words.impossible(workflow, places),
        words.unknown(workflow, places),
        chains.overflowing(workflow.queues, places),
        chains.stuck(workflow, places),
        chains.setting_off(workflow, places),
        promises.holes(workflow, places),
        promises.misordered(workflow, places),
        promises.unmeetable(workflow, places),
        sameness.hasty(workflow, places),
        sameness.superfluous(workflow, places),
        sameness.idle(workflow, places),
        people.missing(workflow, places, desk) if desk is not None else (),
    ]
    found = [problem for kind in kinds for problem in islice(kind, MOST_OF_A_KIND)]
    return tuple(sorted(set(found), key=lambda problem: (problem.line, problem.column, problem.path, problem.message)))
