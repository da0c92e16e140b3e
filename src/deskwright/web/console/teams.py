"""Teams: who is in them, which queues they serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.errors import NotFound
from deskwright.desk.staff import teams
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent, Team
from deskwright.web.console.forms import active, people
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.words import spoken

RIGHT, HERE = "teams:manage", "teams"


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("The name the workflow uses. It cannot be changed later."),
    )
    members = people(label=gettext_lazy("Members"))


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = list(lines(look.workflow))
    return show(request, "console/teams.html", look, HERE, title=_("Teams"), rows=rows)


def lines(workflow: Workflow) -> Iterator[dict[str, Any]]:
    members = Prefetch("agents", queryset=active(), to_attr="members")
    for team in Team.objects.prefetch_related(members):
        queues = [spoken(name) for name in teams.queues_of(team.key, workflow)]
        yield {"team": team, "members": team.members, "queues": queues}


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form = TeamForm(request.POST or None)

    def act(said: dict[str, Any]) -> None:
        teams.found(look.actor, said["key"], said["name"], said["members"], now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE), _("Team added"))
    return form_page(request, look, HERE, form, title=_("New team"), cancel=reverse(HERE), trail=_("Teams"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    team = one(number)
    initial = {"name": team.name, "members": Agent.objects.filter(teams=team, is_active=True)}
    form = TeamForm(request.POST or None, initial=initial)
    del form.fields["key"]

    def act(said: dict[str, Any]) -> None:
        teams.change(look.actor, number, said["name"], said["members"], now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    about = _("The workflow knows this team as “%(key)s”.") % {"key": team.key}
    remove = reverse("team_remove", args=[number])
    cancel = reverse(HERE)
    return form_page(
        request, look, HERE, form, title=team.name, about=about, cancel=cancel, trail=_("Teams"), remove=remove
    )


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    team = one(number)
    if confirmed(request, team.name):
        teams.dissolve(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("Team deleted"))
    queues = ", ".join(spoken(name) for name in teams.queues_of(team.key, look.workflow))
    consequence = _("Its members stay at the desk. This cannot be undone.")
    if queues:
        consequence = _("It serves %(queues)s; nobody of it will any more. Its members stay.") % {"queues": queues}
    title = _("Delete %(name)s?") % {"name": team.name}
    cancel = reverse("team", args=[number])
    return confirm_page(
        request, look, HERE, team.name, title=title, consequence=consequence, act=_("Delete the team"), cancel=cancel
    )


def one(number: int) -> Team:
    team = Team.objects.filter(pk=number).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    return team
