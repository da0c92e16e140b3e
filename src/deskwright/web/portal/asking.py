"""The customers' form: shows it, hands a question to the desk, says thanks with the ticket's number.

What somebody typed is never lost: every refusal shows the form again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deskwright.desk import clock, workflows
from deskwright.desk.answering.phrases import spoken_time
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Outcome, Person
from deskwright.desk.errors import DeskError
from deskwright.desk.knowledge import issues
from deskwright.desk.numbers import number_in
from deskwright.engine.workflow import FieldSpec
from deskwright.store import outage
from deskwright.store.models import Customer
from deskwright.web.branding import shown_as
from deskwright.web.portal import own_fields as own
from deskwright.web.portal import visitors
from deskwright.web.portal.entering import KEY
from deskwright.web.portal.forms import Question, carried
from deskwright.web.portal.once import once
from deskwright.web.words import spoken

RETRY_AFTER = 5
SALT = "portal.receipt"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    return asked(request)


def asked(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. 422 with the faults, 429 for too many questions, 503 while the desk is away."""
    try:
        outage.check()
        now = clock.now()
        if request.method != "POST":
            return form(request, question_of(request, now))
        return take(request, question_of(request, now), now)
    except outage.AWAY as trouble:
        outage.lookout.notice(trouble)
        outage.let_go()
        return unavailable(request)


def framed(request: HttpRequest) -> bool:
    """Whether the form stands in a frame on somebody else's page."""
    return bool(request.resolver_match and request.resolver_match.url_name in {"embed", "embed_thanks"})


@csrf_exempt  # a frame on another site has no cookie of ours to prove anything with, and nothing is changed
@login_not_required
@never_cache
@require_POST
def own_fields(request: HttpRequest) -> HttpResponse:
    """The fields that are asked for as the form is filled in now; nothing is checked and nothing kept."""
    asked = own.asked(workflows.live(), request.POST, clock.now())
    return render(request, "portal/own_fields.html", {"form": Question(initial=request.POST.dict(), asked=asked)})


def question_of(request: HttpRequest, now: datetime) -> Question:
    """The form as the live workflow wants it, with what was sent."""
    flow = workflows.live()
    types = own.types_offered(flow)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    given = request.POST if sent else {}
    chosen = given.get("type") or (types[0][0] if types else "")
    asked = own.asked(flow, {**{name: given[name] for name in given}, "type": chosen}, now)
    return Question(*sent, topics=topics(), types=types, asked=asked, initial=known_of(request) | about(request))


def about(request: HttpRequest) -> dict[str, Any]:
    """The known issue that the question is about, where the status page led here."""
    number = number_in(request.GET.get("issue", ""))
    issue = issues.current().filter(pk=number).first() if number is not None else None
    return {"issue": issue.pk, "subject": issue.title} if issue else {}


def known_of(request: HttpRequest) -> dict[str, str]:
    """Name and address of a customer who came in by a link: they need not type them again."""
    number = 0 if framed(request) else request.session.get(KEY, 0)
    customer = Customer.objects.filter(pk=number).first() if number else None
    return {"name": customer.name, "email": customer.email} if customer else {}


def topics() -> list[tuple[str, str]]:
    """The main categories of the live workflow, in its order: (name, words)."""
    known = workflows.live().categories.values()
    return [(category.name, spoken(category.name)) for category in known if category.parent is None]


def take(request: HttpRequest, question: Question, now: datetime) -> HttpResponse:
    wait = visitors.wait_seconds(request, now)
    if wait:
        minutes = -(-wait // 60)
        said = _("Many questions came from your network. Please send this one in %(minutes)s min.")
        return form(request, question, said % {"minutes": minutes}, 429, {"Retry-After": str(wait)})
    if not question.is_valid():
        return form(request, question, status=422)
    visitors.count(request, now)
    asking = replace(arrival(question.cleaned_data, question.answers()), host=shown_as(request))
    (outcome,) = intake.receive([asking], now)
    if outcome.error is not None:
        return form(request, question, outcome.error.sentence, outcome.error.status)
    if question.cleaned_data["issue"] and outcome.ticket_id and outcome.disposition == "ticket":
        issues.concern(outcome.ticket_id, question.cleaned_data["issue"], now=now)
    thanks = reverse("embed_thanks" if framed(request) else "thanks", args=[receipt(outcome, asking.requester.value)])
    return redirect(f"{thanks}?{urlencode({'brand': request.GET['brand']})}" if "brand" in request.GET else thanks)


def arrival(said: dict[str, Any], answers: Mapping[str, Any]) -> Arrival:
    text = said["text"].replace("\r\n", "\n")
    asked = Arrival(
        channel="portal",
        requester=Person(said["email"], said["name"]),
        subject=said["subject"],
        text=text,
        new_text=text,
        category=said["category"] or None,
        type=said.get("type") or "question",
        fields=answers,
        files=carried(said["attachments"]),
    )
    return once(said["sheet"], asked)


def form(
    request: HttpRequest,
    question: Question,
    problem: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The form with what is wrong; files must be chosen again, browsers do not give them back."""
    base = "portal/embed_base.html" if framed(request) else "portal/base.html"
    shown = {"form": question, "problem": problem, "lost_files": bool(request.FILES), "base": base}
    answer = render(request, "portal/ask.html", shown, status=status)
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    """The form with everything that was typed; the topics cannot be asked for at the moment."""
    said = _("We cannot take your question at this moment. Your text is kept here: please send it again in a minute.")
    category, kind = request.POST.get("category"), request.POST.get("type")
    question = Question(
        request.POST,
        topics=[(category, category)] if category else [],
        types=[(kind, kind)] if kind else [],
        asked=remembered(request),
    )
    return form(request, question, said, 503, {"Retry-After": str(RETRY_AFTER)})


def remembered(request: HttpRequest) -> list[FieldSpec]:
    """The fields the form asked for, as this process last knew the workflow: the answers are kept too."""
    try:
        return own.asked(workflows.latest(), request.POST, clock.now())
    except outage.AWAY:
        return []


def receipt(outcome: Outcome, email: str) -> str:
    """What the thanks page shows, signed: a number alone opens nothing."""
    due = (outcome.answer or {}).get("first_response_due")
    due = due.isoformat() if isinstance(due, datetime) else due
    return signing.dumps({"n": outcome.ticket_id, "e": email, "d": due}, salt=SALT)


@login_not_required
@never_cache
@require_GET
def thanks(request: HttpRequest, receipt: str) -> HttpResponse:
    return thanked(request, receipt)


def thanked(request: HttpRequest, receipt: str) -> HttpResponse:
    """The number, where the answer goes, and when it may be expected."""
    try:
        known = signing.loads(receipt, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    shown = {"number": known["n"], "email": known["e"], "expected": expected(known["d"])}
    shown["base"] = "portal/embed_base.html" if framed(request) else "portal/base.html"
    return render(request, "portal/thanks.html", shown)


def expected(due: str | None) -> str:
    """The promised moment in the desk's own time zone, as the page's language writes it; empty without a promise."""
    if due is None:
        return ""
    try:
        zone = workflows.zone(workflows.live())
    except (*outage.AWAY, DeskError):
        zone = "UTC"
    return spoken_time(datetime.fromisoformat(due), zone, get_language())
