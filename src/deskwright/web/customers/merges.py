"""Making two customers or organisations one: look for the other, merge, take apart again."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.customers import merging, suggesting
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.customers.organisations import organisation_for
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.numbers import number_in
from deskwright.store.models import Merge
from deskwright.store.queries import customers as queries
from deskwright.web.customers.showing import listed
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, is_part, page

FIND: Final = {"customer": queries.people, "organisation": queries.organisations}


@page
@asks("customers:change")
def merge(request: HttpRequest, look: Look, of: str, number: int) -> HttpResponse:
    """Look for the other one; with POST merge `other` into this one. The undo is offered beside the sentence."""
    if of not in FIND:
        raise NotFound(_("There is no such page."))
    found: Any = (customer_for if of == "customer" else organisation_for)(look.actor, number, "customers:change")
    here = reverse(of, args=[found.pk])
    if request.method == "POST":
        other = number_in(request.POST.get("other", ""))
        if other is None:
            raise Invalid(_("Choose whom to merge."))
        made = merging.merge(look.actor, of, found.pk, other, now=look.now)
        success(request, _("Merged"), extra_tags=reverse("unmerge", args=[made]))
        return HttpResponseRedirect(here)
    wanted = request.GET.get("q", "").strip()
    context: dict[str, Any] = listed(of, FIND[of], request, look) if wanted else {"rows": [], "text": ""}
    context["rows"] = [row for row in context["rows"] if row["id"] != found.pk]
    context["suggestions"] = suggesting.same_as(look.actor, found.pk) if of == "customer" else []
    whole = {
        "of": of,
        "party": look.veil.masked(str(found)),
        "cancel": here,
        "act": reverse("merge", args=[of, found.pk]),
        **context,
    }
    return show(request, "customers/merge.html", look, f"{of}s", **whole, field="other", verb=_("Merge into this one"))


@require_POST
@page
@asks("customers:change")
def undo(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Take the two apart; the page of the one who is back."""
    back = merging.undo(look.actor, number, now=look.now)
    of = Merge.objects.get(pk=number).of
    success(request, _("Two again: what had moved is back"))
    url = reverse(of, args=[back])
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
