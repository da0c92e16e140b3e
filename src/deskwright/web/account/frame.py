"""The frame around an agent's own account: its pages beside each other, in the shape the settings have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.web.console import frame as console
from deskwright.web.look import Look


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the account. `name` is its url name."""

    name: str
    icon: str
    title: Promise


PLACES: Final = (
    Place("account", "user", gettext_lazy("Profile")),
    Place("account_looks", "contrast", gettext_lazy("Language and looks")),
    Place("account_notices", "bell", gettext_lazy("How I am told")),
    Place("mfa_index", "shield", gettext_lazy("Signing in")),
    Place("account_tokens", "key-round", gettext_lazy("My API tokens")),
)


def own(**context: Any) -> dict[str, Any]:
    """What the templates of the settings need to be the account's."""
    return {"area": _("Your account"), "rail": "account/rail.html", "account_places": PLACES, **context}


def show(request: HttpRequest, template: str, look: Look, here: str, **context: Any) -> HttpResponse:
    """A whole page of the account. `here` is the url name of the place that is open; `status` is 200."""
    return console.show(request, template, look, here, **own(**context))


def form_page(request: HttpRequest, look: Look, here: str, form: BaseForm, **context: Any) -> HttpResponse:
    """A form with its faults beside the fields (422 then); context as the settings' `form_page`."""
    return console.form_page(request, look, here, form, **own(**context))
