"""People: who works at the desk, what they are, where they belong. Nobody is deleted; people retire and come back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.accounts import invitations, policy
from deskwright.desk.errors import NotFound
from deskwright.desk.settings import roles
from deskwright.desk.staff import members
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent, Invitation, Role
from deskwright.web.account.guard import confirmed
from deskwright.web.console.forms import Names, teams
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look, done
from deskwright.web.words import spoken

RIGHT, HERE = "people:manage", "people"


class PersonForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Agent.ROLES,
        help_text=gettext_lazy("Light agents read and write notes; leads design the workflow; admins do everything."),
    )
    level = forms.ChoiceField(label=gettext_lazy("Seniority"), choices=Agent.LEVELS)
    teams = teams(label=gettext_lazy("Teams"))
    languages = Names(
        label=gettext_lazy("Languages"),
        required=False,
        help_text=gettext_lazy("Two-letter codes, separated by commas: en, de."),
    )
    shift = forms.ChoiceField(
        label=gettext_lazy("Shift"),
        required=False,
        help_text=gettext_lazy("A calendar of the workflow. Outside of it, no tickets are given."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Capacity"),
        required=False,
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("How much at once, in units of the workflow. Empty: as the workflow says."),
    )

    def __init__(self, *args: Any, workflow: Workflow, **more: Any) -> None:
        super().__init__(*args, **more)
        shifts = sorted({*workflow.calendars, *filter(None, [self.initial.get("shift")])})
        choices = [("", _("Any time")), *((name, spoken(name)) for name in shifts)]
        self.fields["shift"].choices = choices  # type: ignore[attr-defined]


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    text, gone = request.GET.get("q", "").strip(), request.GET.get("gone") == "1"
    found = Agent.objects.filter(is_active=not gone).prefetch_related("teams", "skills").select_related("load")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(teams__name__icontains=text))
    context = {"title": _("People"), "people": found.order_by("name").distinct(), "text": text, "gone": gone}
    return show(request, "console/people.html", look, HERE, **context)


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form = PersonForm(request.POST or None, workflow=look.workflow, initial={"role": "agent", "level": "regular"})
    if request.method == "POST" and saving(form, lambda said: members.take_on(look.actor, said, now=look.now)):
        return saved(request, reverse(HERE), _("%(name)s works here now") % {"name": form.cleaned_data["name"]})
    return form_page(request, look, HERE, form, title=_("New person"), cancel=reverse(HERE), trail=_("People"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    agent = Agent.objects.filter(pk=number).first()
    if agent is None:
        raise NotFound(_("There is nobody like that at this desk."))
    initial = {name: getattr(agent, name) for name in members.PLAIN} | {"teams": agent.teams.all()}
    form = PersonForm(request.POST or None, workflow=look.workflow, initial=initial)
    if request.method == "POST" and saving(form, lambda said: members.change(look.actor, number, said, now=look.now)):
        return saved(request, reverse(HERE))
    context = {"title": agent.name, "cancel": reverse(HERE), "trail": _("People"), "person": agent}
    context |= {"has_step": policy.has_second_step(agent), "needs_step": policy.needs_second_step(agent)}
    context |= {"invitation": Invitation.objects.filter(agent=agent).first(), "roles": Role.objects.all()}
    return form_page(request, look, HERE, form, template="console/person.html", **context)


@require_POST
@settings_page(RIGHT)
def invite(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    invitations.invite(look.actor, number, now=look.now)
    return saved(request, reverse("person", args=[number]), _("The invitation is on its way"))


@require_POST
@settings_page(RIGHT)
def uninvite(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    invitations.revoke(look.actor, number, now=look.now)
    return saved(request, reverse("person", args=[number]), _("The invitation works no more"))


@require_POST
@confirmed
@settings_page("roles:manage")
def give_role(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    chosen = request.POST.get("role", "")
    role = Role.objects.filter(key=chosen).first()
    if chosen and role is None:
        raise NotFound(_("There is no such role."))
    roles.give(look.actor, number, role, now=look.now)
    return saved(request, reverse("person", args=[number]))


@require_POST
@confirmed
@settings_page(RIGHT)
def forget_steps(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    policy.forget_steps(look.actor, number, now=look.now)
    return saved(request, reverse("person", args=[number]), _("Signed out everywhere; the password alone lets them in"))


@require_POST
@settings_page(RIGHT)
def retire(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    members.retire(look.actor, number, now=look.now)
    undo = reverse("person_back", args=[number])
    return saved(request, reverse(HERE), _("Retired: nothing is given to them any more"), undo)


@require_POST
@settings_page(RIGHT)
def bring_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    members.bring_back(look.actor, number, now=look.now)
    return done(request, _("Back at the desk"), settled=True)
