"""What a customer sees of their questions: the lists, a conversation with its files, answering, closing, opening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import clock
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.customers import own
from deskwright.desk.tickets import merging
from deskwright.store.models import Attachment, Customer, Message, Ticket
from deskwright.web.portal.entering import for_customers
from deskwright.web.portal.forms import Answer, carried
from deskwright.web.portal.once import once
from deskwright.web.workspace.files import handed_out


@for_customers
def listing(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Their own questions, or with `of=organisation` those of their colleagues."""
    whose = "organisation" if request.GET.get("of") == "organisation" and customer.sees_organisation else "mine"
    found = own.ours(customer) if whose == "organisation" else own.mine(customer)
    found = found.exclude(merged_into__isnull=False, merged_into__customer=customer).select_related("customer")
    page = Paginator(found.order_by("-updated_at", "-id"), 30).get_page(request.GET.get("page"))
    return show(request, "portal/mine.html", page=page, customer=customer, whose=whose)


@for_customers
def one(request: HttpRequest, customer: Customer, number: int) -> HttpResponse:
    ticket = own.ticket_of(customer, number)
    whole = merging.whole_of(number)
    if whole != number and own.seen(customer).filter(pk=whole).exists():
        return redirect("my_ticket", whole)
    return conversation(request, customer, ticket, whole, Answer())


def conversation(
    request: HttpRequest, customer: Customer, ticket: Ticket, whole: int, form: Answer, status: int = 200
) -> HttpResponse:
    context = {
        "ticket": ticket,
        "said": heard(customer, ticket, whole),
        "reopens": own.opens(customer, ticket, clock.now()),
        "live": ticket.solved_at is None,
        "customer": customer,
        "form": form,
        "lost_files": bool(request.FILES),
    }
    return show(request, "portal/my_ticket.html", status=status, **context)


def heard(customer: Customer, ticket: Ticket, whole: int) -> QuerySet[Message]:
    """What concerns the customer in a conversation that may be made of several tickets, some of them of others."""
    theirs = Q(ticket__customer=customer) | Q(customer=customer)
    answers = Q(ticket=whole, kind="agent", recipients__cc__contains=[customer.email])
    colleagues = Q(ticket__in=own.ours(customer).values("pk"))
    parts = Message.objects.filter(ticket__in=merging.parts_of(whole), kind__in=own.TOLD)
    found = parts.filter(own.believed(whole), theirs | answers | colleagues).select_related("agent", "customer")
    files = Prefetch("attachments", Attachment.objects.exclude(logo=True, inline=True))
    return found.prefetch_related(files).order_by("created_at", "id")


@require_POST
@for_customers
def answer(request: HttpRequest, customer: Customer, number: int) -> HttpResponse:
    """What they write reaches the desk as their mail would; it opens a solved ticket again."""
    ticket, form = own.ticket_of(customer, number), Answer(request.POST, request.FILES)
    if not form.is_valid():
        return conversation(request, customer, ticket, merging.whole_of(number), form, 422)
    (outcome,) = intake.receive([arrival(customer, ticket, form.cleaned_data)], clock.now())
    if outcome.error is not None:
        form.add_error(None, outcome.error.sentence)
        return conversation(request, customer, ticket, merging.whole_of(number), form, outcome.error.status)
    messages.success(request, _("Sent. We will answer as soon as we can."))
    answered = outcome.ticket_id if own.seen(customer).filter(pk=outcome.ticket_id or 0).exists() else number
    return redirect("my_ticket", answered)


def arrival(customer: Customer, ticket: Ticket, said: Mapping[str, Any]) -> Arrival:
    text, person = said["text"].replace("\r\n", "\n"), Person(customer.email, customer.name)
    files = carried(said["attachments"])
    answered = Arrival("portal", person, ticket.subject, text, text, thread_ticket=ticket.pk, files=files, invited=True)
    return once(said["sheet"], answered)


@require_POST
@for_customers
def close(request: HttpRequest, customer: Customer, number: int) -> HttpResponse:
    own.close(customer, number, now=clock.now())
    messages.success(request, _("Closed. Thank you for telling us; you can open it again."))
    return redirect("my_ticket", number)


@require_POST
@for_customers
def reopen(request: HttpRequest, customer: Customer, number: int) -> HttpResponse:
    own.reopen(customer, number, now=clock.now())
    messages.success(request, _("Open again. Please tell us below what is still missing."))
    return redirect("my_ticket", number)


@for_customers
def file(request: HttpRequest, customer: Customer, number: int, attachment: int) -> HttpResponse:
    """A file of what was said to them, as a download; none of what came encrypted."""
    ticket = own.ticket_of(customer, number)
    told = heard(customer, ticket, merging.whole_of(number)).exclude(recipients__has_key="encrypted")
    found = Attachment.objects.filter(pk=attachment, message__in=told.values("pk"))
    return handed_out(found.values("name", "sha256", "content_type").first())


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"now": clock.now(), **context}, status=status)
