"""Sending domains: their DKIM keys with the records to publish, and the test of what DNS says."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.channels.email import signing
from deskwright.channels.email.dns_records import Network, Pasted, pasted
from deskwright.desk.domains import judging, keys
from deskwright.desk.domains.ours import Sending, sending, sendings
from deskwright.desk.errors import Invalid, NotFound
from deskwright.store.models import DkimKey
from deskwright.web.console.frame import confirm_page, confirmed, saved, settings_page, show
from deskwright.web.look import Look

RIGHT, HERE = keys.RIGHT, "domains"
SIGNS: Final = {
    judging.GOOD: "circle-check",
    judging.WARNING: "triangle-alert",
    judging.BROKEN: "octagon-alert",
    judging.UNKNOWN: "circle-question-mark",
}
LONGEST: Final = 20_000


class PasteForm(forms.Form):
    records = forms.CharField(
        label=gettext_lazy("Records, one in a line"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "input code"}),
        help_text=gettext_lazy("As a zone file, dig or your provider shows them: name, type, value. @ is the domain."),
    )


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = [(one, signing_key(one)) for one in sendings()]
    return show(request, "console/domains.html", look, HERE, title=_("Sending domains"), rows=rows)


def signing_key(one: Sending) -> str:
    return next((selector for selector, _public, state in one.keys if state == "signing"), "")


@settings_page(RIGHT)
def domain(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """A domain with its keys. `look_up` asks DNS now; posted records are judged instead and kept nowhere."""
    known = one_of_ours(name)
    form = PasteForm(request.POST or None)
    context: dict[str, Any] = {"title": known.domain, "cancel": reverse(HERE), "trail": _("Sending domains")}
    context |= {"form": form, "domain": known, "keys": shown_keys(known), "most": len(known.keys) >= keys.MOST}
    if request.method == "POST" and form.is_valid():
        records = pasted(form.cleaned_data["records"], known.domain)
        context |= {"findings": judged(known, records), "strange": records.strange, "by": "pasted"}
    elif request.GET.get("look_up") == "1":
        context |= {"findings": judged(known, Network()), "by": "network"}
    return show(request, "console/domain.html", look, HERE, **context)


def one_of_ours(name: str) -> Sending:
    try:
        return sending(keys.known_domain(name))
    except Invalid as refusal:
        raise NotFound(refusal.sentence) from refusal


def judged(known: Sending, records: Network | Pasted) -> list[tuple[str, judging.Finding, list[str]]]:
    """(sign, finding, the value in the pieces of a TXT record where it is too long for one)"""
    found = judging.judge(known, records)
    return [(SIGNS[one.grade], one, signing.pieces(one.value)) for one in found]


def shown_keys(known: Sending) -> list[dict[str, Any]]:
    rows = DkimKey.objects.filter(domain=known.domain).order_by("-created_at", "-pk")
    return [
        {"row": row, "name": signing.record_name(row.domain, row.selector), "value": signing.record(row.public)}
        for row in rows
    ]


@require_POST
@settings_page(RIGHT)
def make_key(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    known = one_of_ours(name)
    keys.make(look.actor, known.domain, now=look.now)
    return saved(request, place(known.domain), _("A key is made: publish its record, then sign with it"))


@require_POST
@settings_page(RIGHT)
def use_key(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    key = keys.use(look.actor, number, now=look.now)
    return saved(request, place(key.domain), _("Mails are signed with %(name)s now") % {"name": key.selector})


@require_POST
@settings_page(RIGHT)
def rest_key(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    key = keys.rest(look.actor, number, now=look.now)
    return saved(request, place(key.domain), _("Nothing is signed with %(name)s any more") % {"name": key.selector})


@settings_page(RIGHT)
def remove_key(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    key = DkimKey.objects.filter(pk=number).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    if confirmed(request, key.selector):
        keys.remove(look.actor, number, now=look.now)
        return saved(request, place(key.domain), _("Key deleted"))
    consequence = _("It cannot come back. Mails it has signed can be checked as long as its record is published.")
    title, act = _("Delete %(name)s?") % {"name": key.selector}, _("Delete the key")
    cancel = place(key.domain)
    return confirm_page(request, look, HERE, key.selector, title=title, consequence=consequence, act=act, cancel=cancel)


def place(domain_name: str) -> str:
    return reverse("domain", args=[domain_name])
