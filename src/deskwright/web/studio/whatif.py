"""What if: a draft tried on the desk's own past. The page asks, watches and shows; a worker of the desk runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import access, audit, workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import number_in
from deskwright.desk.settings.rights import holds
from deskwright.desk.studio import recommendations, trials
from deskwright.desk.studio.running import DUE, RIGHT
from deskwright.desk.studio.trials import TRIALS
from deskwright.engine.linting import lint
from deskwright.engine.problems import Problem, WorkflowError
from deskwright.engine.workflow import Workflow
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.store.models import Trial
from deskwright.web.console.exporting import CSV, line, safe
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.console.workflow import RIGHT as PUBLISH
from deskwright.web.console.workflow import marked
from deskwright.web.downloads import streamed
from deskwright.web.look import Look, is_part
from deskwright.web.studio import reporting
from deskwright.web.studio.rules import rule_name

HERE = "whatif"
PAGE: Final = 50
PERIODS: Final = (7, 30, 90, 365)
"""Days."""
FIRST, LAST = 1970, 9000
"""Years of a day that is one."""
COLUMNS: Final = ("ticket", "subject", "queue_before", "queue_after", "rule", "priority_before", "priority_after",
                  "agent_before", "agent_after", "broken_before", "broken_after")  # fmt: skip


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    page = Paginator(TRIALS.listing(look.actor).defer("report", "text"), PAGE).get_page(request.GET.get("page"))
    return show(request, "studio/trials.html", look, HERE, title=_("What if"), page=page)


@settings_page(RIGHT)
def draft(request: HttpRequest, look: Look) -> HttpResponse:
    """The draft beside its problems, and over which time to try it. `check` looks at it, `try` lets it run."""
    text, problems = posted(request, look), []
    try:
        loaded = workflows.load(text)
    except WorkflowError as error:
        return editor(request, look, text, error.problems, good=False)
    if request.method == "POST" and request.POST.get("do") == "try":
        try:
            made = trials.ask(look.actor, text, since(request, look), until(request, look), now=look.now)
        except Invalid as refusal:
            return editor(request, look, text, (), good=True, refusal=refusal.sentence)
        return saved(request, reverse("whatif_trial", args=[made.pk]), _("It is being tried"))
    problems = list(lint(loaded, facts.present(cursor()).desk))
    same = loaded.content_hash == look.workflow.content_hash
    return editor(request, look, text, problems, good=True, same=same)


def posted(request: HttpRequest, look: Look) -> str:
    """The text sent, else that of the version, trial or recommendation asked for, else the live one."""
    if request.method == "POST":
        return request.POST.get("text", "").replace("\r\n", "\n")
    names = "version", "trial", "recommendation"
    version, trial, recommended = (number_in(request.GET.get(name, "")) or 0 for name in names)
    if trial:
        return TRIALS.found(look.actor, trial).text
    if recommended:
        return recommendations.proposed(look.actor, recommended)
    return workflows.published(version)[1] if version else look.workflow.text


def since(request: HttpRequest, look: Look) -> datetime | None:
    """The day written, else so many days back, else None for everything. Raises Invalid."""
    day, days = request.POST.get("day", "").strip(), request.POST.get("days", "")
    if day:
        return begin_of(date_of(day), look)
    return days_back(days, look)


def days_back(written: str, look: Look) -> datetime | None:
    """So many days before now; None for what is no number of days within a century."""
    days = number_in(written) or 0
    return look.now - timedelta(days=days) if 0 < days < 36500 else None


def until(request: HttpRequest, look: Look) -> datetime | None:
    """The end of the last day written; None for now. Raises Invalid."""
    day = request.POST.get("last", "").strip()
    return begin_of(date_of(day) + timedelta(days=1), look) if day else None


def date_of(day: str) -> date:
    """Raises Invalid."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = date.max
    if not FIRST <= found.year <= LAST:
        raise Invalid(_("“%(day)s” is not a day: write it like 2026-10-01.") % {"day": day[:40]})
    return found


def begin_of(day: date, look: Look) -> datetime:
    """Its midnight on the desk's own clock."""
    return datetime.combine(day, time(), ZoneInfo(workflows.zone(look.workflow)))


def editor(request: HttpRequest, look: Look, text: str, problems: Any, *, good: bool, **context: Any) -> HttpResponse:
    told: list[Problem] = list(problems)
    refused = "refusal" in context or (not good and request.method == "POST")
    context |= {
        **marked(text, told),
        "good": good,
        "versions": workflows.versions(),
        "chosen": request.GET.get("version", ""),
        "periods": PERIODS,
        "days": request.POST.get("days", "30"),
        "day": request.POST.get("day", ""),
        "last": request.POST.get("last", ""),
    }
    title, status = _("Try a change"), 422 if refused else 200
    return show(request, "studio/draft.html", look, HERE, title=title, cancel=reverse(HERE), status=status, **context)


@settings_page(RIGHT)
def trial(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """How far it is, or what came out. Its address can be given to other leads."""
    found = TRIALS.found(look.actor, number)
    context: dict[str, Any] = {"trial": found, "may_publish": holds(look.actor, PUBLISH)}
    if found.report:
        context |= outcome(request, look, found)
    title = found.title or _("Draft")
    answer = show(request, "studio/trial.html", look, HERE, title=title, cancel=reverse(HERE), **context)
    if is_part(request) and found.state not in DUE:
        answer["HX-Refresh"] = "true"  # it has ended: the buttons above are others now
    return answer


def outcome(request: HttpRequest, look: Look, found: Trial) -> dict[str, Any]:
    report = found.report or {}
    rules = {name: rule_name(name, draft_of(found)) for name in reporting.rules(report)}
    wanted = {name: request.GET.get(name, "") for name in ("show", "queue", "rule")}
    kind = wanted["show"] or "all"
    found_ones = reporting.moved(report, kind, queue=wanted["queue"], rule=wanted["rule"])
    page = Paginator(found_ones, PAGE).get_page(request.GET.get("page"))
    subjects = access.subjects(look.visible, [each["ticket"] for each in page])
    return {
        "report": report,
        "won": len(report["won"]),
        "lost": len(report["lost"]),
        "groups": reporting.groups(report),
        "totals": reporting.totals(report),
        "loads": reporting.loads(report),
        "kinds": reporting.kinds(report, queue=wanted["queue"], rule=wanted["rule"]),
        "kind": kind,
        "wanted": wanted,
        "queues": reporting.queues(report),
        "rules": rules,
        "page": page,
        "changes": [reporting.change(report, each, subjects, rules) for each in page],
        "carried": urlencode({name: value for name, value in wanted.items() if value}),
        "carried_filter": urlencode({name: wanted[name] for name in ("queue", "rule") if wanted[name]}),
        "stale": look.workflow.version != found.against,
    }


def draft_of(found: Trial) -> Iterator[Workflow]:
    """The draft, whose rules the report names, as long as the desk still reads it."""
    with suppress(WorkflowError):
        yield workflows.load(found.text)


@require_POST
@settings_page(RIGHT)
def cancel(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    ended = TRIALS.cancel(look.actor, number, now=look.now)
    said = _("Called off") if ended else _("It had ended already")
    return saved(request, reverse("whatif_trial", args=[number]), said)


@require_POST
@settings_page(RIGHT)
def forget(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    TRIALS.forget(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Deleted"))


@settings_page(RIGHT)
def export(request: HttpRequest, look: Look, number: int) -> Any:
    """The tickets that differ as CSV, those the reader may see."""
    report = TRIALS.found(look.actor, number).report
    if report is None:
        raise Invalid(_("There is no report yet."))
    subjects = access.subjects(look.visible, [each["ticket"] for each in report["moved"]])
    audit.taken(look.actor, "trial.exported", f"what-if {number}", now=look.now, rows=len(subjects))
    return streamed(table(report, subjects), f"what-if-{number}.csv", CSV)


def table(report: reporting.Report, subjects: dict[int, str]) -> Iterator[bytes]:
    yield line(COLUMNS)
    for each in reporting.moved(report):
        if each["ticket"] in subjects:
            agents = [reporting.agent_name(report, one) for one in each["agent"]] if each["agent"] else ["", ""]
            queue, priority = each["queue"] or ["", ""], each["priority"] or ["", ""]
            cells = [each["ticket"], subjects[each["ticket"]], *queue, each["rule"], *priority, *agents]
            yield line([safe(str(cell or "")) for cell in cells] + each["breaches"])
