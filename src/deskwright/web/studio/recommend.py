"""Recommend: what the history says of the workflow, and a draft that would keep more promises. A worker looks for both.

Nothing is applied: a proposal is opened as a draft, tried, and published by somebody, or not.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import optimising, workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import number_in
from deskwright.desk.settings.rights import holds
from deskwright.desk.studio import recommendations
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.desk.studio.running import DUE, RIGHT
from deskwright.store.models import Recommendation
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.console.macros import RIGHT as WRITES_MACROS
from deskwright.web.console.workflow import by_section
from deskwright.web.look import Look, is_part
from deskwright.web.studio import findings, proposing
from deskwright.web.studio.whatif import PERIODS, days_back

HERE: Final = "recommend"
PAGE: Final = 50
MANY: Final = 100_000
"""Runs nobody means."""
MAY_MOVE: Final[dict[str, tuple[Promise, Promise]]] = {
    "capacity": (gettext_lazy("Capacity"), gettext_lazy("Units an agent carries, and what each complexity weighs.")),
    "skills": (gettext_lazy("Skills"), gettext_lazy("After what wait skills become wishes.")),
    "warnings": (gettext_lazy("Warnings"), gettext_lazy("At which shares of a target somebody is warned.")),
    "thresholds": (gettext_lazy("Escalation"), gettext_lazy("How long each tier waits before it escalates.")),
    "teams": (gettext_lazy("People"), gettext_lazy("What one more in each team would bring: told, never written.")),
    "targets": (
        gettext_lazy("Targets"),
        gettext_lazy("Longer targets. Promising less is easily kept: allow it only if you mean it."),
    ),
}
EFFORTS: Final[dict[int, Promise]] = {
    4: gettext_lazy("Quick: 4 runs of each change"),
    8: gettext_lazy("Usual: 8 runs"),
    24: gettext_lazy("Thorough: 24 runs"),
    60: gettext_lazy("Very thorough: 60 runs"),
}


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    """What was recommended so far, and the form that asks for more. A POST asks."""
    fault, posted = "", request.method == "POST"
    if posted:
        try:
            since = days_back(request.POST.get("days", ""), look)
            made = recommendations.ask(look.actor, allowed(request), since, runs(request), now=look.now)
            return saved(request, reverse("recommendation", args=[made.pk]), _("It is being looked for"))
        except Invalid as refusal:
            fault = refusal.sentence
    chosen = allowed(request) if posted else list(optimising.USUALLY)
    context: dict[str, Any] = {
        "page": Paginator(RECOMMENDATIONS.listing(look.actor), PAGE).get_page(request.GET.get("page")),
        "kinds": [(name, *MAY_MOVE[name], name in chosen) for name in optimising.ALLOWED],
        "efforts": EFFORTS.items(),
        "runs": runs(request) if posted else optimising.RUNS,
        "periods": PERIODS,
        "days": request.POST.get("days", "90"),
        "fault": fault,
        "status": 422 if fault else 200,
    }
    return show(request, "studio/recommendations.html", look, HERE, title=_("Recommend"), **context)


def allowed(request: HttpRequest) -> list[str]:
    return request.POST.getlist("allow")


def runs(request: HttpRequest) -> int:
    written = number_in(request.POST.get("runs", ""))
    return written if written is not None and written < MANY else optimising.RUNS


@settings_page(RIGHT)
def one(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """How far it is, or what came out. Its address can be given to other leads."""
    found = RECOMMENDATIONS.found(look.actor, number)
    context: dict[str, Any] = {"run": found, "moved": [MAY_MOVE[kind][0] for kind in found.allowed]}
    if found.report:
        context |= outcome(look, found)
    answer = show(
        request,
        "studio/recommendation.html",
        look,
        HERE,
        title=_("Recommendation %(number)s") % {"number": number},
        cancel=reverse(HERE),
        trail=_("Recommend"),
        **context,
    )
    if is_part(request) and found.state not in DUE:
        answer["HX-Refresh"] = "true"  # it has ended: the buttons above are others now
    return answer


def outcome(look: Look, found: Recommendation) -> dict[str, Any]:
    report = recommendations.seen(look.actor, found.report or {})
    proposal = report["proposal"]
    return {
        "report": report,
        "groups": list(findings.grouped(report["findings"], workflows.version(found.against))),
        "proposal": proposing.shown(report) if proposal else None,
        "changes": by_section((one["section"], one["text"]) for one in proposal["differences"]) if proposal else {},
        "stale": look.workflow.version != found.against,
        "writes_macros": holds(look.actor, WRITES_MACROS),
    }


@require_POST
@settings_page(RIGHT)
def cancel(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    ended = RECOMMENDATIONS.cancel(look.actor, number, now=look.now)
    said = _("Called off") if ended else _("It had ended already")
    return saved(request, reverse("recommendation", args=[number]), said)


@require_POST
@settings_page(RIGHT)
def forget(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    RECOMMENDATIONS.forget(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Deleted"))
