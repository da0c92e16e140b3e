"""Which signals hold: words of the customer's new text that do not stand negated, then the conditions.

A signal found by words stays with the ticket; one that is only a condition is asked again each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskwright.engine.conditions.explaining import shown
from deskwright.engine.facts import Message
from deskwright.engine.negation import Harmless, Hit, hits
from deskwright.engine.ordering import in_order
from deskwright.engine.remembering import once
from deskwright.engine.saying import _
from deskwright.engine.trace import Step, Unsaid, wanted
from deskwright.engine.words import Phrases, word_set
from deskwright.engine.workflow import Signal, Workflow

if TYPE_CHECKING:
    from deskwright.engine.conditions import Condition

OPENING = "ticket_opened"


def held(
    workflow: Workflow, view: Mapping[str, Any], message: Message | None, told: bool = True
) -> tuple[frozenset[str], list[Step]]:
    """The signals that hold now and the steps that say why (none without `told`). The subject counts as the customer's
    words on opening.

    Does not change the view: put the answer there as "signals".
    """
    known = workflow.signals
    lasting = {name for name in view.get("signals") or () if _lasts(known.get(name))}
    steps: list[Step] = [] if told else Unsaid()
    if message is not None and not message.automatic:
        subject = str(view.get("subject") or "") if view.get("event") == OPENING else ""
        lasting |= _by_words(workflow, f"{subject}\n{message.new_text}" if subject else message.new_text, steps)
    return _by_conditions(workflow, view, lasting, steps), steps


def _lasts(signal: Signal | None) -> bool:
    """A signal of words, or one raised from outside, does not go away by itself."""
    return signal is not None and (bool(signal.words) or signal.when is None)


def _by_words(workflow: Workflow, text: str, steps: list[Step]) -> set[str]:
    lexicon = _lexicon(workflow.signals)
    if lexicon.firsts.isdisjoint(word_set(text)):
        return set()
    found = hits(text, lexicon, _harmless(workflow.signals))
    raised = {hit.name for hit in found if hit.negated_by is None}
    if wanted(steps):
        steps += [_said(hit) for hit in found if hit.negated_by is None or hit.name not in raised]
    return raised


def _said(hit: Hit) -> Step:
    seen = {"words": hit.around}
    if hit.negated_by is None:
        said = _("%(signal)s: the customer wrote '%(words)s'", signal=hit.name, words=hit.phrase)
        return Step("signals", said, True, seen)
    values = {"signal": hit.name, "words": hit.phrase, "negation": hit.negated_by}
    return Step("signals", _("%(signal)s: '%(words)s' stands negated by '%(negation)s'", **values), False, seen)


def _by_conditions(workflow: Workflow, view: Mapping[str, Any], found: set[str], steps: list[Step]) -> frozenset[str]:
    """In the order `arranged` gave them, each seeing the signals before it."""
    asked = {**view, "signals": found}
    for name, condition in _conditions(workflow.signals):
        if name not in found and condition.holds(asked):
            if wanted(steps):
                step = condition.explain({**asked, "signals": frozenset(found)}, "signals")
                steps.append(
                    Step(
                        "signals",
                        _("%(signal)s: %(condition)s", signal=name, condition=shown(condition.text)),
                        True,
                        step.seen,
                        step.parts,
                    )
                )
            found.add(name)
    return frozenset(found)


@once
def _lexicon(signals: Mapping[str, Signal]) -> Phrases:
    return Phrases((phrase, name) for name, signal in signals.items() for phrase in signal.words)


@once
def _conditions(signals: Mapping[str, Signal]) -> list[tuple[str, Condition]]:
    return [(name, signal.when) for name, signal in signals.items() if signal.when is not None]


@once
def _harmless(signals: Mapping[str, Signal]) -> Harmless:
    return {name: tuple(tuple(phrase.split()) for phrase in signal.unless) for name, signal in signals.items()}


def arranged(signals: Mapping[str, Signal]) -> tuple[dict[str, Signal], list[str]]:
    """The signals, each after those its condition asks for, and a ring of them if there is one."""
    asked = {name: _asked(signal) for name, signal in signals.items()}
    ordered, waiting = in_order(asked)
    found = {name: signals[name] for name in (*ordered, *waiting)}
    return found, _ring({name: asked[name] for name in waiting}) if waiting else []


def _asked(signal: Signal) -> frozenset[str]:
    return signal.when.signals if signal.when is not None else frozenset()


def _ring(asked: Mapping[str, frozenset[str]]) -> list[str]:
    """Follows what is asked for until a name comes again; everything waiting asks for something waiting."""
    path = {next(iter(asked)): 0}
    name = next(iter(asked))
    while True:
        name = min(other for other in asked[name] if other in asked)
        if name in path:
            return [*list(path)[path[name] :], name]
        path[name] = len(path)
