"""Opening a ticket to a customer, and giving a ticket to another customer."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.customers import tickets
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import number_in
from deskwright.store.queries import customers as queries
from deskwright.web.customers.forms import FirstMail
from deskwright.web.customers.showing import editor, listed
from deskwright.web.filling import made
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page


@page
@asks("tickets:reply")
def write(request: HttpRequest, look: Look) -> HttpResponse:
    """A first mail to somebody: `customer` names one who is known."""
    access.allow(look.actor, "tickets:reply")
    asked = number_in(request.GET.get("customer", ""))
    known = customer_for(look.actor, asked) if asked is not None else None
    form = FirstMail(request.POST or None, initial={"to": known.email if known else ""})
    if known is not None:
        del form.fields["to"]

    def act(said: dict[str, Any]) -> int:
        to = known.pk if known else said["to"]
        return tickets.write_to(look.actor, to, said["subject"], said["text"], now=look.now, mine=said["mine"])

    number = made(form, act) if request.method == "POST" else None
    if number:
        success(request, _("Sent"))
        return HttpResponseRedirect(reverse("ticket", args=[number]))
    title = _("New ticket for %(name)s") % {"name": look.veil.masked(str(known))} if known else _("New ticket")
    cancel = reverse("customer", args=[known.pk]) if known else reverse("home")
    return editor(request, look, "", form, title=title, cancel=cancel, save=_("Send"))


@page
@asks("tickets:change")
def change_requester(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Look for the customer whose ticket it is; with POST it is `other`'s."""
    ticket = access.ticket_for(look.actor, number, "change")
    here = reverse("ticket", args=[number])
    if request.method == "POST":
        other = number_in(request.POST.get("other", ""))
        if other is None:
            raise Invalid(_("Choose a customer."))
        tickets.change_requester(look.actor, number, other, now=look.now)
        success(request, _("The ticket is theirs now"))
        return HttpResponseRedirect(here)
    wanted = request.GET.get("q", "").strip()
    context: dict[str, Any] = listed("customer", queries.people, request, look) if wanted else {"rows": [], "text": ""}
    context["rows"] = [row for row in context["rows"] if row["id"] != ticket.customer_id]
    act, party = reverse("requester", args=[number]), _("Ticket #%(number)s") % {"number": number}
    context |= {"of": "customer", "party": party, "cancel": here, "act": act, "verb": _("Their ticket")}
    return show(request, "customers/merge.html", look, "", **context, requester=True)
