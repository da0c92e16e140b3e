"""The customers' form: shows it, hands a question to the desk, says thanks with the ticket's number.

What somebody typed is never lost: every refusal shows the form again as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from deskwright.desk import clock, intake, letters, workflows
from deskwright.desk.arrivals import Arrival, File, Key, Outcome, Person
from deskwright.desk.errors import DeskError
from deskwright.store import outage
from deskwright.web.portal import visitors
from deskwright.web.portal.forms import Question
from deskwright.web.words import spoken

RETRY_AFTER = 5
SALT = "portal.receipt"
UNKNOWN = "application/octet-stream"
NO_TOKEN = 0
"""The keys of the portal stand beside those of API tokens, whose numbers begin at 1."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. 422 with the faults, 429 for too many questions, 503 while the desk is away."""
    try:
        outage.check()
        known = topics()
        if request.method != "POST":
            return form(request, Question(topics=known))
        return take(request, Question(request.POST, request.FILES, topics=known), clock.now())
    except outage.AWAY as trouble:
        outage.lookout.notice(trouble)
        outage.let_go()
        return unavailable(request)


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
    (outcome,) = intake.receive([arrival(question.cleaned_data)], now)
    if outcome.error is not None:
        return form(request, question, outcome.error.sentence, outcome.error.status)
    return redirect("thanks", receipt(outcome, question.cleaned_data["email"]))


def arrival(said: dict[str, Any]) -> Arrival:
    text = said["text"].replace("\r\n", "\n")
    asked = Arrival(
        channel="portal",
        requester=Person(said["email"], said["name"]),
        subject=said["subject"],
        text=text,
        new_text=text,
        category=said["category"] or None,
        files=tuple(File(file.name or "", file.content_type or UNKNOWN, file.read()) for file in said["attachments"]),
    )
    return replace(asked, key=once(said["sheet"], asked)) if said["sheet"] else asked


def once(sheet: str, asked: Arrival) -> Key:
    """A second click on "Send" must not ask twice; the same sheet with other words is another question."""
    files = [(file.name, hashlib.sha256(file.content).hexdigest()) for file in asked.files]
    words = repr((sheet, asked.requester, asked.subject, asked.text, asked.category, files))
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Key(NO_TOKEN, digest, digest)


def form(
    request: HttpRequest,
    question: Question,
    problem: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The form with what is wrong; files must be chosen again, browsers do not give them back."""
    shown = {"form": question, "problem": problem, "desk": settings.DESK_NAME, "lost_files": bool(request.FILES)}
    answer = render(request, "portal/ask.html", shown, status=status)
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    """The form with everything that was typed; the topics cannot be asked for at the moment."""
    said = _("We cannot take your question at this moment. Your text is kept here: please send it again in a minute.")
    question = Question(request.POST, topics=[(request.POST["category"],) * 2] if request.POST.get("category") else [])
    return form(request, question, said, 503, {"Retry-After": str(RETRY_AFTER)})


def receipt(outcome: Outcome, email: str) -> str:
    """What the thanks page shows, signed: a number alone opens nothing."""
    due = (outcome.answer or {}).get("first_response_due")
    due = due.isoformat() if isinstance(due, datetime) else due
    return signing.dumps({"n": outcome.ticket_id, "e": email, "d": due}, salt=SALT)


@login_not_required
@never_cache
@require_GET
def thanks(request: HttpRequest, receipt: str) -> HttpResponse:
    """The number, where the answer goes, and when it may be expected."""
    try:
        known = signing.loads(receipt, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    shown = {"number": known["n"], "email": known["e"], "expected": expected(known["d"]), "desk": settings.DESK_NAME}
    return render(request, "portal/thanks.html", shown)


def expected(due: str | None) -> str:
    """The promised moment in the desk's own time zone; empty when nothing was promised."""
    if due is None:
        return ""
    try:
        zone = workflows.zone(workflows.live())
    except (*outage.AWAY, DeskError):
        zone = "UTC"
    return letters.spoken_time(datetime.fromisoformat(due), zone)
