"""The page behind the way out of mail nobody asked for. Opening it records nothing: scanners open links, people press.

Mail programs post here by themselves (RFC 8058): without a cookie, so the link's own signature is the only proof.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from deskwright.desk import clock
from deskwright.desk.outbox import kinds, unsubscribing
from deskwright.web.portal.rating import open_page, page

TEMPLATE: Final = "portal/unsubscribe.html"
WORDS: Final = {
    kinds.SURVEY: _("mail that asks how satisfied you were"),
    kinds.PROACTIVE: _("mail by which we get in touch with you on our own account"),
    kinds.BROADCAST: _("news of a trouble that we send to everybody it concerns"),
}


@csrf_exempt
@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is about; a post stops that mail, or with `do=again` has it sent again."""
    if request.method == "POST" and request.POST.get("do") == "again":
        unsubscribing.have_again(token)
        return redirect("unsubscribe", token)
    if request.method == "POST":
        unsubscribing.stop(token, now=clock.now())
        return redirect("unsubscribe", token) if "do" in request.POST else HttpResponse(status=204)
    found = unsubscribing.choice(token)
    standing = "stopped" if found.stopped else "sent"
    return page(request, {"standing": standing, "choice": found, "words": WORDS[found.kind]}, template=TEMPLATE)
