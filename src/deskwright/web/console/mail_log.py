"""The mail log: search, what became of each mail, its source, and taking in what was set aside."""

from __future__ import annotations

from typing import Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import audit
from deskwright.desk.arriving import log, storms
from deskwright.store.models import RawInput
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.downloads import download
from deskwright.web.look import Look
from deskwright.web.telling import told

RIGHT, HERE = log.RIGHT, "mail_log"
PAGE: Final = 50
WORDS: Final = {
    "ticket": gettext_lazy("new ticket"),
    "reply": gettext_lazy("reply"),
    "note": gettext_lazy("note"),
    "duplicate": gettext_lazy("duplicate"),
    "quarantined": gettext_lazy("set aside"),
    "pending": gettext_lazy("waiting"),
}
FILTERS: Final = (
    ("", gettext_lazy("All")),
    ("quarantined", gettext_lazy("Set aside")),
    ("duplicate", gettext_lazy("Duplicates")),
    ("pending", gettext_lazy("Waiting")),
)


class AuthorForm(forms.Form):
    author = forms.EmailField(
        label=gettext_lazy("Who wrote it"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Only where the mail does not say."),
    )


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    text, asked = request.GET.get("q", "").replace("\0", "").strip()[:320], request.GET.get("state", "")
    state = asked if asked in log.STATES else ""
    page = Paginator(log.found(look.actor, text, state), PAGE).get_page(request.GET.get("page"))
    audit.looked(look.actor, "mail_log.listed", subject=text, now=look.now, filters={"state": state})
    carried = urlencode({name: value for name, value in (("q", text), ("state", state)) if value})
    rows = [(row, word(row)) for row in page]
    context = {"title": _("Mail log"), "page": page, "rows": rows, "text": text, "state": state, "carried": carried}
    return show(request, "console/mail_log.html", look, HERE, filters=FILTERS, **context)


@settings_page(RIGHT)
def one(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    return mail_page(request, look, number, None)


def mail_page(request: HttpRequest, look: Look, number: int, form: AuthorForm | None) -> HttpResponse:
    """The mail with the form that takes it in; 422 with what is wrong in it."""
    row = log.look_at(look.actor, number, now=look.now)
    mail = log.read(row)
    form = form or AuthorForm(initial={"author": "" if mail.from_ else row.envelope.get("from") or ""})
    title, status = mail.subject or _("(no subject)"), 422 if form.errors else 200
    context = {"title": title, "cancel": reverse(HERE), "trail": _("Mail log"), "row": row, "mail": mail, "form": form}
    context |= {"word": word(row), "open": can_open(row), "storm": storms.of(row).count()}
    return show(request, "console/mail_one.html", look, HERE, status=status, **context)


@settings_page(RIGHT)
def source(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Always as a file: nothing of it is ever shown by a browser."""
    return download(log.source(look.actor, number, now=look.now), f"mail-{number}.eml")


@require_POST
@settings_page(RIGHT)
def take_in(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    form = AuthorForm(request.POST)
    if not form.is_valid():
        return mail_page(request, look, number, form)
    row = log.take_in(look.actor, number, form.cleaned_data["author"], now=look.now)
    back = reverse("mail_one", args=[number])
    if row.state == "quarantined":
        return saved(request, back, _("It was set aside again: %(reason)s") % {"reason": told(row.reason)})
    return saved(request, back, _("Taken in"))


@require_POST
@settings_page(RIGHT)
def take_in_storm(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    count = storms.take_in(look.actor, number, now=look.now)
    text = ngettext("%(number)s mail is taken in", "%(number)s mails are taken in", count) % {"number": count}
    return saved(request, reverse("mail_one", args=[number]), text)


def word(row: RawInput) -> str:
    return str(WORDS.get(row.disposition or row.state, row.disposition or row.state))


def can_open(row: RawInput) -> bool:
    return row.state in {"quarantined", "duplicate"}
