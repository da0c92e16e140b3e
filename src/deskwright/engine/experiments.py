"""Variants of a workflow on trial: who gets which, and the workflow that decides about a ticket with its arms.

Pure: the same customer gets the same arm of an experiment for ever, and a ticket keeps the arms it was opened with.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Final

from deskwright.engine.workflow import Workflow

VARIANT, CONTROL = "variant", "control"
_KEPT: Final = 256
"""Workflows as experiments vary them that a process keeps."""
_WHOLE: Final = 2**64


def arms(workflow: Workflow, customer: int, organisation: int | None, stopped: Collection[str] = ()) -> list[str]:
    """`experiment=variant` or `experiment=control` for each experiment that runs. An organisation's customers share
    theirs.
    """
    unit = f"customer {customer}" if organisation is None else f"organisation {organisation}"
    return sorted(
        f"{name}={VARIANT if drawn(name, unit) < entry['share'] else CONTROL}"
        for name, entry in workflow.experiments.items()
        if entry["enabled"] and name not in stopped
    )


def drawn(experiment: str, unit: str) -> float:
    """From 0 to below 1, even over units and independent from experiment to experiment: the name is the salt."""
    digest = sha256(f"{experiment}\0{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / _WHOLE


def under(workflow: Workflow, arms: Collection[str]) -> Workflow:
    """The workflow as the ticket's arms vary it. An experiment this version does not have varies nothing."""
    if not arms or not workflow.variants:
        return workflow
    names = frozenset(name for name, _, arm in (one.rpartition("=") for one in arms) if arm == VARIANT)
    tried = frozenset(names & workflow.variants.keys())
    return _varied(workflow, tried) if tried else workflow


@lru_cache(_KEPT)
def _varied(workflow: Workflow, names: frozenset[str]) -> Workflow:
    """No two experiments change one section, so their order does not matter."""
    changed = {part: value for name in sorted(names) for part, value in workflow.variants[name].items()}
    return replace(workflow, **changed)
