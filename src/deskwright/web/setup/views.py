"""The first run, page by page: account, desk, mail, people, workflow. It may be taken up again, and steps skipped."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import success
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from deskwright.channels.contract import Sent
from deskwright.desk import clock, workflows
from deskwright.desk.access import FIRST_RUN, Demand
from deskwright.desk.errors import Conflict, DeskError, Forbidden, Invalid
from deskwright.desk.outbox import trying
from deskwright.desk.settings import first_run, furnishing, house, mail
from deskwright.desk.staff import members, teams
from deskwright.desk.starters import STARTERS, starter
from deskwright.store.models import Team
from deskwright.web.filling import saving
from deskwright.web.gate import declared
from deskwright.web.look import Look, page
from deskwright.web.setup import forms

BACKEND = "django.contrib.auth.backends.ModelBackend"
TITLES = {"desk": _("Your desk"), "mail": _("Mail"), "people": _("People"), "workflow": _("Workflow")}
View = Callable[[HttpRequest, Look], HttpResponse]


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def begin(request: HttpRequest) -> HttpResponse:
    """The account while nobody works here; afterwards the step that comes next, for an admin who is signed in."""
    if not first_run.is_new():
        return onward(request)
    form = forms.AccountForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and saving(form, lambda said: sign_up(request, said)):
        return redirect("setup")
    return sheet(request, form, "account", _("Your account"))


def sign_up(request: HttpRequest, said: dict[str, Any]) -> None:
    try:
        agent = first_run.first_admin(**said, now=clock.now())
    except (Forbidden, Conflict) as refusal:
        raise Invalid(refusal.sentence, {"code": refusal.sentence}) from refusal
    login(request, agent, backend=BACKEND)


def onward(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    try:
        following = first_run.next_step(first_run.progress(request.user))
    except DeskError as refusal:
        raise Http404 from refusal
    return redirect(f"setup_{following}") if following else redirect("home")


def step(name: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """A page of an admin during the first run; `do=skip` passes over it."""

    def made(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @page
        @wraps(view)
        def answer(request: HttpRequest, look: Look) -> HttpResponse:
            first_run.progress(look.actor)
            if request.method == "POST" and request.POST.get("do") == "skip":
                return passed(request, look, name, first_run.SKIPPED)
            return view(request, look)

        return declared(answer, Demand((FIRST_RUN,)))

    return made


def passed(request: HttpRequest, look: Look, name: str, how: str = first_run.DONE) -> HttpResponse:
    following = first_run.passed(look.actor, name, how, now=look.now)
    if following:
        return redirect(f"setup_{following}")
    success(request, _("The desk is ready. Send it a mail, or look around in the settings."))
    return redirect("home")


@step("desk")
def desk(request: HttpRequest, look: Look) -> HttpResponse:
    known = house.house()
    form = forms.DeskForm(request.POST or None, initial={"name": known.name, "portal_title": known.portal_title})
    if request.method == "POST" and saving(form, lambda said: furnishing.brand(look.actor, said, now=look.now)):
        return passed(request, look, "desk")
    return sheet(request, form, "desk", TITLES["desk"])


@step("mail")
def post(request: HttpRequest, look: Look) -> HttpResponse:
    """The address and the server; `do=test` sends a mail by what was typed."""
    by_environment = bool(settings.ENV.smtp_host)
    initial = {"mail_from": house.house().mail_from}
    form = forms.MailForm(request.POST or None, initial=initial, by_environment=by_environment)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = tried(look, form) if request.POST.get("do") == "test" else None
        if request.POST.get("do") != "test":
            keep_mail(look, form)
            return passed(request, look, "mail")
    context = {"outcome": outcome, "came": isinstance(outcome, Sent), "env": settings.ENV}
    return sheet(request, form, "mail", TITLES["mail"], template="setup/mail.html", **context)


def server_of(form: forms.MailForm) -> dict[str, Any] | None:
    """What was typed of the server; None where it was left empty."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "mail_from"}
    return mail.with_password(said) if said.get("host") else None


def tried(look: Look, form: forms.MailForm) -> Any:
    entered = server_of(form)
    found = mail.settings_of(entered, timeout=10) if entered else mail.smtp_settings(timeout=10)
    if found is None:
        form.add_error(None, _("Enter a mail server first."))
        return None
    return trying.try_out(look.actor, found, now=look.now)


def keep_mail(look: Look, form: forms.MailForm) -> None:
    furnishing.address(look.actor, {"mail_from": form.cleaned_data["mail_from"]}, now=look.now)
    entered = server_of(form)
    if entered:
        furnishing.mail_server(look.actor, entered, now=look.now)


@step("people")
def people(request: HttpRequest, look: Look) -> HttpResponse:
    form = forms.PeopleForm(request.POST or None)
    if request.method == "POST" and saving(form, lambda said: take_on(look, said["people"])):
        return passed(request, look, "people")
    return sheet(request, form, "people", TITLES["people"])


def take_on(look: Look, colleagues: list[forms.Colleague]) -> None:
    known = {team.name.casefold(): team for team in Team.objects.all()}
    for one in colleagues:
        name = one.team.casefold()
        if name and name not in known:
            known[name] = teams.found(look.actor, forms.key_of(one.team), one.team, now=look.now)
        values = {"name": one.name, "email": one.email, "role": "agent", "teams": [known[name]] if name else []}
        try:
            members.take_on(look.actor, values, now=look.now)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, {"people": f"{one.email}: {refusal.sentence}"}) from refusal


@step("workflow")
def workflow(request: HttpRequest, look: Look) -> HttpResponse:
    """Choose, look at the document, publish it: `do=publish` does."""
    form = forms.WorkflowForm(request.POST or None, initial={"starter": "small", "zone": "Europe/Berlin"})
    chosen = (
        form.cleaned_data
        if request.method == "POST" and form.is_valid()
        else {"starter": "small", "zone": "Europe/Berlin"}
    )
    text = starter(chosen["starter"], chosen["zone"])
    if request.POST.get("do") == "publish" and form.is_valid():
        workflows.publish(text, now=look.now, agent=look.actor.pk, note=STARTERS[chosen["starter"]])
        return passed(request, look, "workflow")
    return sheet(request, form, "workflow", TITLES["workflow"], template="setup/workflow.html", text=text)


def sheet(
    request: HttpRequest, form: BaseForm, here: str, title: str, template: str = "setup/sheet.html", **more: Any
) -> HttpResponse:
    """One step with its place among all of them."""
    names = [("account", _("Account")), *((name, str(TITLES[name])) for name in first_run.STEPS)]
    place = [name for name, _title in names].index(here)
    steps = [(title, "done" if at < place else "now" if at == place else "") for at, (_name, title) in enumerate(names)]
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "here": here, "title": title, "steps": steps, "agent": request.user, **more}
    return render(request, template, context, status=status)
