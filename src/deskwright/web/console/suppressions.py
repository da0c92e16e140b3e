"""Addresses nothing is sent to: search, add, lift, and the whole list as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import audit
from deskwright.desk.outbox import suppression
from deskwright.web.console.exporting import CSV, export_page, line, safe
from deskwright.web.console.exporting import RIGHT as EXPORT
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.downloads import streamed
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.mail_words import SUPPRESSED

RIGHT, HERE = suppression.RIGHT, "suppressions"
SHOWN: Final = 50
COLUMNS: Final = ("address", "kind", "because", "detail", "created_at")


class AddressForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("Address"), max_length=320)
    detail = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Agents read it when they write to this address."),
    )


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    text, because = asked(request)
    page = Paginator(suppression.listed(text, because), SHOWN).get_page(request.GET.get("page"))
    audit.looked(look.actor, "suppressions.listed", subject=text, now=look.now, filters={"because": because})
    carried = urlencode({name: value for name, value in (("q", text), ("because", because)) if value})
    context: dict[str, Any] = {"title": _("Suppressed addresses"), "page": page, "text": text, "because": because}
    context["may_export"] = look.may(EXPORT)
    return show(
        request, "console/suppressions.html", look, HERE, reasons=SUPPRESSED.items(), carried=carried, **context
    )


def asked(request: HttpRequest) -> tuple[str, str]:
    because = request.GET.get("because", "")
    return request.GET.get("q", "").replace("\0", "").strip()[:320], because if because in SUPPRESSED else ""


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and saving(form, lambda said: suppression.add(look.actor, **said, now=look.now)):
        return saved(request, reverse(HERE), _("Nothing is sent to this address any more"))
    about = _("Mails to it stay in the outbox, and the ticket says why.")
    title, trail = _("Send nothing to an address"), _("Suppressed addresses")
    return form_page(request, look, HERE, form, title=title, about=about, cancel=reverse(HERE), trail=trail)


@require_POST
@settings_page(RIGHT)
def lift(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    address = suppression.lift(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Mail to %(address)s is sent again") % {"address": address})


@export_page(RIGHT)
def export(request: HttpRequest, look: Look) -> Any:
    """What the filter finds, as CSV. That it was exported is noted too."""
    text, because = asked(request)
    found = suppression.listed(text, because)
    filters = {"because": because}
    audit.taken(look.actor, "suppressions.exported", text, now=look.now, rows=found.count(), filters=filters)
    rows = found.values_list(*COLUMNS).iterator(chunk_size=2000)
    return streamed(lines(rows), "suppressed.csv", CSV)


def lines(rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    yield line(COLUMNS)
    for *texts, at in rows:
        yield line([*(safe(str(text)) for text in texts), at.isoformat()])
