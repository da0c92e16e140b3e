"""What customers say of themselves: their name, the language and the way they like to be answered in."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.channels.telephony import numbers
from deskwright.desk import clock
from deskwright.desk.customers import number_proofs, own, proofs
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.engine.values import CHANNELS
from deskwright.store.models import Customer, Identity
from deskwright.web.portal.entering import for_customers
from deskwright.web.portal.mine import show
from deskwright.web.words import word

WAYS: Final = tuple(one for one in ("email", "phone", "sms", "whatsapp", "chat") if one in CHANNELS)
"""Channels somebody can wish for; the others are ours to choose."""


class Details(forms.Form):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200, required=False)
    language = forms.ChoiceField(label=gettext_lazy("We should write in"), required=False)
    preferred_channel = forms.ChoiceField(
        label=gettext_lazy("I like to be answered by"),
        required=False,
        help_text=gettext_lazy("A wish: where it cannot be done, we answer by mail."),
    )

    def __init__(self, *args: Any, customer: Customer, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        held, spoken = customer.preferred_channel, dict(settings.LANGUAGES)
        if customer.language:
            spoken.setdefault(customer.language, customer.language)
        fields["language"].choices = [("", _("As I write")), *spoken.items()]
        ways = [*WAYS, *([held] if held and held not in WAYS else [])]
        fields["preferred_channel"].choices = [("", _("No matter")), *((one, word("channel", one)) for one in ways)]


@for_customers
def page(request: HttpRequest, customer: Customer) -> HttpResponse:
    initial = {name: getattr(customer, name) or "" for name in own.READERS}
    form = Details(request.POST or None, customer=customer, initial=initial)
    if request.method == "POST" and form.is_valid():
        own.change(customer, form.cleaned_data, now=clock.now())
        messages.success(request, _("Saved"))
        return redirect("my_details")
    points = Identity.objects.filter(customer=customer).order_by("id")
    status = 422 if form.errors else 200
    shown = [(point, numbers.shown(point.value) if point.kind == "phone" else point.value) for point in points]
    context = {"form": form, "customer": customer, "points": shown, "texts": number_proofs.sender() is not None}
    return show(request, "portal/details.html", status, whose="details", **context)


class NewAddress(forms.Form):
    address = forms.CharField(label=gettext_lazy("Another address of yours"), max_length=254)


@require_POST
@for_customers
def add(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Mail a link to the address; it is theirs once they follow it."""
    form = NewAddress(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is not an email address."))
        return redirect("my_details")
    try:
        here = request.META.get("HTTP_HOST", "")
        proofs.ask(customer, form.cleaned_data["address"], now=clock.now(), host=here)
        messages.success(request, _("A link is on its way there. Follow it in this browser."))
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.sentence)
    return redirect("my_details")


@for_customers
def prove(request: HttpRequest, customer: Customer, token: str) -> HttpResponse:
    """GET asks to go on and uses nothing up, as scanners look; POST joins the address."""
    if request.method != "POST":
        proof = proofs.asked(customer, token, clock.now())
        return show(request, "portal/prove.html", proof=proof, customer=customer, whose="details")
    address = proofs.prove(customer, token, now=clock.now())
    messages.success(request, _("We know you by %(address)s too.") % {"address": address})
    return redirect("my_details")


@require_POST
@for_customers
def add_number(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Send a code to the number; it is theirs once they type it."""
    try:
        here = request.META.get("HTTP_HOST", "")
        number_proofs.ask(customer, request.POST.get("number", "")[:40], now=clock.now(), host=here)
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.sentence)
        return redirect("my_details")
    return redirect("my_number_prove")


@for_customers
def prove_number(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Asks for the code that was sent; without one that is waited for it leads back."""
    fault = ""
    try:
        if request.method == "POST":
            try:
                number_proofs.prove(customer, request.POST.get("code", "")[:20], now=clock.now())
                messages.success(request, _("We know you by this number too."))
                return redirect("my_details")
            except Invalid as refusal:
                fault = refusal.sentence
        proof = number_proofs.open_one(customer, clock.now())
    except NotFound as refusal:
        messages.error(request, refusal.sentence)
        return redirect("my_details")
    context = {"number": numbers.shown(proof.value), "fault": fault, "customer": customer}
    return show(request, "portal/prove_number.html", 422 if fault else 200, whose="details", **context)
