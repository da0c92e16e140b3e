"""The outbox: what waits, what was lost and why, with "try now" and "give up"; and the way to each mail's ticket."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import audit
from deskwright.desk.numbers import number_in
from deskwright.desk.outbox import again, pacing, suppression
from deskwright.desk.said import BEGINNING
from deskwright.store.models import Delivery
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.look import Look
from deskwright.web.telling import told

RIGHT, HERE = suppression.RIGHT, "outbox"
SHOWN: Final = 50
SENTENCES: Final = 200
"""Different sentences of ours that are searched, the latest."""
STATES: Final[dict[str, tuple[Promise, tuple[str, ...]]]] = {
    "waiting": (gettext_lazy("Waiting"), ("due", "sending")),
    "failed": (gettext_lazy("Failed"), ("failed",)),
    "bounced": (gettext_lazy("Came back"), ("bounced",)),
    "withheld": (gettext_lazy("Withheld"), ("withheld",)),
    "given-up": (gettext_lazy("Given up"), ("cancelled",)),
}
"""What the page shows, one at a time: name in the address -> (title, states)."""


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else "waiting"
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    after = number_in(request.GET.get("after", ""))
    found = (
        Delivery.objects.filter(state__in=STATES[chosen][1], channel="email").select_related("ticket").order_by("-id")
    )
    if text:
        found = found.filter(holding(text, found))
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = list(found[: SHOWN + 1])
    audit.looked(look.actor, "mails.listed", subject=text, now=look.now, filters={"state": chosen})
    held = pacing.waiting(rows, look.now)
    context = {
        "title": _("Outbox"),
        "chosen": chosen,
        "text": text,
        "tabs": tabs(),
        "rows": [(row, held.get(row.pk)) for row in rows[:SHOWN]],
        "older": urlencode({"state": chosen, "q": text, "after": rows[SHOWN - 1].pk}) if len(rows) > SHOWN else "",
        "tried": chosen == "waiting"
        and any((*(row.attempts for row in rows), *(one.stopped for one in held.values()))),
    }
    return show(request, "console/outbox.html", look, HERE, **context)


def holding(text: str, among: QuerySet[Delivery]) -> Q:
    """Mails whose address holds the text, or whose reason does: the words of a server as they came, our own
    sentences, of which there are few, as they are read here.
    """
    ours = Q(last_error__startswith=BEGINNING)
    sentences = among.filter(ours).order_by().values("last_error").annotate(latest=Max("id")).order_by("-latest")
    kept = sentences.values_list("last_error", flat=True)[:SENTENCES]
    meant = [one for one in kept if text.casefold() in told(one).casefold()]
    return Q(recipient__icontains=text) | (Q(last_error__icontains=text) & ~ours) | Q(last_error__in=meant)


def tabs() -> list[tuple[str, Promise, int]]:
    """(name, title, how many) of each view; one query."""
    counted = Delivery.objects.filter(channel="email").exclude(state="sent").values_list("state").annotate(Count("id"))
    numbers = dict(counted)
    return [(name, title, sum(numbers.get(one, 0) for one in states)) for name, (title, states) in STATES.items()]


@require_POST
@settings_page(RIGHT)
def try_now(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    again.resend(look.actor, number, now=look.now)
    return saved(request, back(request), _("It is tried now"))


@require_POST
@settings_page(RIGHT)
def give_up(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    again.give_up(look.actor, number, now=look.now)
    return saved(request, back(request), _("It is not tried any more"))


@require_POST
@settings_page(RIGHT)
def try_all(request: HttpRequest, look: Look) -> HttpResponse:
    count = again.try_all(look.actor, now=look.now)
    sentence = ngettext("%(number)s mail is tried now", "%(number)s mails are tried now", count)
    return saved(request, reverse(HERE), sentence % {"number": count})


def back(request: HttpRequest) -> str:
    """The view the button stood in."""
    state = request.POST.get("state", "")
    return reverse(HERE) + (f"?state={state}" if state in STATES else "")
