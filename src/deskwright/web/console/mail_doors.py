"""Mail by HTTP: the address each provider hands in mail at, opened and shut here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk.errors import NotFound
from deskwright.desk.mailboxes import doors, setting
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = setting.RIGHT, "mailboxes"


class DoorForm(forms.Form):
    key = forms.CharField(
        label=gettext_lazy("Signing key"),
        max_length=300,
        help_text=gettext_lazy("With which the provider signs what it hands in. It is sealed in the database."),
    )


@never_cache
@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    context = {"title": _("Mail by HTTP"), "cancel": reverse(HERE), "trail": _("Mail in")}
    return show(request, "console/mail_doors.html", look, HERE, doors=doors.listed(look.actor), **context)


@settings_page(RIGHT)
def open_door(request: HttpRequest, look: Look, provider: str) -> HttpResponse:
    """Asks for the key of a provider that signs; for others there is nothing to ask."""
    known = doors.PROVIDERS.get(provider)
    if known is None:
        raise NotFound(_("There is no such provider."))
    form = DoorForm(request.POST or None)
    form.fields["key"].required = known.signs

    def act(said: dict[str, Any]) -> None:
        doors.open_door(look.actor, provider, said["key"], now=look.now)

    back = reverse("mail_doors")
    if request.method == "POST" and not known.signs:
        act({"key": ""})
        return saved(request, back, _("The door is open"))
    if request.method == "POST" and saving(form, act):
        return saved(request, back, _("The door is open"))
    title = _("Mail by %(provider)s") % {"provider": known.name}
    return form_page(request, look, HERE, form, title=title, cancel=back, trail=_("Mail by HTTP"))


@require_POST
@settings_page(RIGHT)
def shut(request: HttpRequest, look: Look, provider: str) -> HttpResponse:
    doors.shut(look.actor, provider, now=look.now)
    return saved(request, reverse("mail_doors"), _("The door is shut"))
