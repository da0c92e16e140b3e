"""Roles: the built-in ones as they are, the desk's own as sets of rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.access import ALL, CATALOGUE, TEAMS
from deskwright.desk.access.fields import NAMED
from deskwright.desk.errors import NotFound
from deskwright.desk.settings import roles
from deskwright.store.models import Agent, Role
from deskwright.web.account.guard import confirmed
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "roles:manage", "roles"
PLAIN: Final = ("name", "about", "base", "two_factor")
GROUPS: Final = (
    (gettext_lazy("Tickets"), {"tickets", "time"}),
    (gettext_lazy("Customers"), {"customers", "organisations"}),
    (gettext_lazy("Knowledge, macros and views"), {"knowledge", "macros", "views"}),
    (
        gettext_lazy("How work is done"),
        {"workflow", "automations", "queues", "skills", "absences", "tags", "templates", "surveys", "reports"},
    ),
)
"""Rights by what they are about; the rest is the installation's."""


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    about = forms.CharField(label=gettext_lazy("What for"), max_length=200, required=False)
    base = forms.ChoiceField(
        label=gettext_lazy("The workflow takes them for"), choices=[one for one in Agent.ROLES if one[0] != "admin"]
    )

    two_factor = forms.BooleanField(
        label=gettext_lazy("Needs a second step to sign in"),
        required=False,
        help_text=gettext_lazy("Who has none sets one up before anything else."),
    )

    def __init__(self, *args: Any, role: Role | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        held = role.grants if role else {}
        hidden = role.hidden if role else []
        for right in CATALOGUE:
            choices = [("", _("No")), *([(TEAMS, _("Own teams"))] if right.per_team else []), (ALL, _("Everywhere"))]
            self.fields[right.name] = forms.ChoiceField(
                label=_("May %(do)s") % {"do": _(right.about)},
                choices=choices,
                required=False,
                initial=held.get(right.name, ""),
            )

        self.fields["hidden"] = forms.MultipleChoiceField(
            label=_("Does not get to see"),
            choices=[*hideable(hidden).items()],
            required=False,
            initial=hidden,
            widget=forms.CheckboxSelectMultiple,
        )

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The choices of rights as the page shows them: (title, fields)."""
        named = {resource for _title, resources in GROUPS for resource in resources}
        rest = {right.resource for right in CATALOGUE} - named
        return [
            (title, [self[right.name] for right in CATALOGUE if right.resource in resources])
            for title, resources in (*GROUPS, (_("The installation"), rest))
        ]

    def plain(self) -> list[Any]:
        return [self[name] for name in PLAIN]

    def values(self) -> dict[str, Any]:
        """What the deed takes."""
        said = self.cleaned_data
        plain = {name: said[name] for name in PLAIN}
        grants = {right.name: said[right.name] for right in CATALOGUE if said[right.name]}
        return plain | {"grants": grants, "hidden": said["hidden"]}


def hideable(held: Iterable[str]) -> dict[str, str]:
    """What can be hidden: the named things, the live workflow's fields, and what the role hides already."""
    own = {f"ticket.{name}": _("Field: %(name)s") % {"name": name} for name in workflows.live().fields}
    named = {name: str(words) for name, words in NAMED.items()}
    return {name: name for name in held} | named | own


def initial(role: Role) -> dict[str, Any]:
    return {name: getattr(role, name) for name in PLAIN}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    found = Role.objects.prefetch_related("agents")
    return show(request, "console/roles.html", look, HERE, title=_("Roles"), roles=found)


@confirmed
@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form = RoleForm(request.POST or None, initial={"base": "agent"})
    make = lambda said: roles.make(look.actor, slugify(said["name"])[:40] or "role", form.values(), now=look.now)  # noqa: E731
    if request.method == "POST" and saving(form, make):
        return saved(request, reverse(HERE))
    context = {"title": _("New role"), "cancel": reverse(HERE), "trail": _("Roles")}
    return form_page(request, look, HERE, form, template="console/role.html", **context)


@confirmed
@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    role = Role.objects.filter(pk=number).first()
    if role is None:
        raise NotFound(_("There is no such role."))
    form = RoleForm(request.POST or None, role=role, initial=initial(role))
    if request.method == "POST" and saving(
        form, lambda _said: roles.change(look.actor, number, form.values(), now=look.now)
    ):
        return saved(request, reverse(HERE))
    context = {"title": role.name, "cancel": reverse(HERE), "trail": _("Roles")}
    return form_page(request, look, HERE, form, template="console/role.html", **context)


@require_POST
@confirmed
@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    roles.delete(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Deleted"))
