"""The page an invitation leads to: a first password, then the desk."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from deskwright.desk import clock
from deskwright.desk.accounts import invitations
from deskwright.desk.errors import NotFound
from deskwright.store.models import Agent


class WelcomeForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=_("Ten signs or more, nothing others would guess."),
    )

    def __init__(self, *args: object, agent: Agent) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.agent = agent

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.agent)
        return password


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The form, and what it sends. A link that works no more is a 404 that says so."""
    now = clock.now()
    try:
        agent = invitations.invited(token, now)
        form = WelcomeForm(request.POST if request.method == "POST" else None, agent=agent)
        if request.method == "POST" and form.is_valid():
            agent = invitations.accept(token, form.cleaned_data["password"], now=now)
            return perform_password_login(request, {"email": agent.email}, Login(user=agent, redirect_url="/"))
    except NotFound as refusal:
        return render(request, "errors/404.html", {"sentence": refusal.sentence}, status=404)
    status = 422 if form.errors else 200
    return render(request, "account/welcome.html", {"form": form, "person": agent}, status=status)
