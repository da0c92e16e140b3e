"""The workflow in the browser: its versions, what changed between them, the text with problems beside lines.

Publishing goes through a look at what would change; the preview and the deed are the desk's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import reapplying, workflows
from deskwright.desk.numbers import number_in
from deskwright.engine import differences
from deskwright.engine.linting import lint
from deskwright.engine.problems import Problem, WorkflowError
from deskwright.engine.workflow import Workflow
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.look import Look
from deskwright.web.telling import told

RIGHT, HERE = "workflow:publish", "workflow"
MOST = 60


@settings_page(RIGHT)
def versions(request: HttpRequest, look: Look) -> HttpResponse:
    found = workflows.versions()
    return show(request, "console/workflow_versions.html", look, HERE, title=_("Workflow"), versions=found)


@settings_page(RIGHT)
def version(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """One version: its text, and what it changed against another (`?against=`; by itself the one before)."""
    found, text = workflows.published(number)
    wanted = number_in(request.GET.get("against", ""))
    against = number - 1 if wanted is None else wanted
    context = {
        "version": found,
        "text": text,
        "against": against,
        "changes": sectioned(workflows.compared(against, number)),
        "others": [one.number for one in workflows.versions() if one.number != number],
    }
    title = _("Version %(number)s") % {"number": number}
    cancel = reverse(HERE)
    return show(request, "console/workflow_version.html", look, HERE, title=title, cancel=cancel, **context)


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look) -> HttpResponse:
    """The editor: `check` shows problems and lints, `look` also what would change, `publish` does it."""
    text, deed = request.POST.get("text", look.workflow.text).replace("\r\n", "\n"), request.POST.get("do", "check")
    note = request.POST.get("note", "")[:500]
    try:
        draft = workflows.load(text)
    except WorkflowError as error:
        return editor(request, look, text, note, problems=error.problems, status=422)
    if request.method == "POST" and deed == "publish":
        return publish(request, look, text, note)
    lints = lint(draft, facts.present(cursor()).desk)
    effects = look_ahead(look, draft) if request.method == "POST" and deed == "look" else {}
    return editor(request, look, text, note, lints=lints, good=True, **effects)


def publish(request: HttpRequest, look: Look, text: str, note: str) -> HttpResponse:
    before = look.workflow.version
    number = workflows.publish(text, now=look.now, agent=look.actor.pk, note=note)
    if number == before:
        return saved(request, reverse(HERE), _("The live version says this already"))
    if request.POST.get("reapply"):
        reapplying.reapply(look.actor, number, look.now)
    return saved(request, reverse(HERE), _("Version %(number)s is live") % {"number": number})


def look_ahead(look: Look, draft: Workflow) -> dict[str, Any]:
    found = differences.differences(look.workflow, draft)
    return {"changes": sectioned(found), "preview": reapplying.preview(draft, look.now), "looked": True}


def editor(
    request: HttpRequest, look: Look, text: str, note: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    found: list[Problem] = [*context.pop("problems", ()), *context.pop("lints", ())]
    context |= {**marked(text, found), "note": note}
    title, cancel = _("Edit the workflow"), reverse(HERE)
    return show(request, "console/workflow_edit.html", look, HERE, title=title, cancel=cancel, status=status, **context)


def marked(text: str, found: Sequence[Problem]) -> dict[str, Any]:
    """What the editor's two halves need: the text with its lines, and the problems beside them."""
    faulty = {problem.line for problem in found}
    lines = [(number, number in faulty) for number in range(1, text.count("\n") + 2)]
    return {"text": text, "problems": found[:MOST], "lines": lines, "most": MOST}


def sectioned(found: Iterable[differences.Difference]) -> dict[str, list[str]]:
    return by_section((one.section, one.sentence) for one in found)


def by_section(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Sentences under the section of the document they are about."""
    sections: dict[str, list[str]] = {}
    for section, sentence in found:
        sections.setdefault(section, []).append(told(sentence))
    return sections


@require_POST
@settings_page(RIGHT)
def roll_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    made = workflows.roll_back(number, now=look.now, agent=look.actor.pk)
    if request.POST.get("reapply"):
        reapplying.reapply(look.actor, made, look.now)
    said = _("Version %(number)s is live: it says what version %(earlier)s said")
    return saved(request, reverse(HERE), said % {"number": made, "earlier": number})


@require_POST
@settings_page(RIGHT)
def reapply(request: HttpRequest, look: Look) -> HttpResponse:
    moved = reapplying.reapply(look.actor, look.workflow.version, look.now)
    return saved(request, reverse(HERE), _("Open tickets decided anew: %(number)s") % {"number": moved})
