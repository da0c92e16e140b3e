"""Where providers hand in mail over HTTP: django-anymail reads and checks their requests, the raw mail is kept.

A provider hears 200 only after the commit; it tries again after anything else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailCoreWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.mailboxes import doors
from deskwright.desk.settings.sealing import unseal
from deskwright.store import outage
from deskwright.store.models import MailDoor

VIEWS: Final[Mapping[str, tuple[type[AnymailCoreWebhookView], str]]] = {
    "mailgun": (MailgunInboundWebhookView, "webhook_signing_key"),
    "postmark": (PostmarkInboundWebhookView, ""),
    "sparkpost": (SparkPostInboundWebhookView, ""),
    "mailjet": (MailjetInboundWebhookView, ""),
}
"""How each is read, and what its key is called. The secret in the address takes the place of basic authentication."""
QUIET: Final = {
    name: type(view.__name__, (view,), {"warn_if_no_basic_auth": False}) for name, (view, _) in VIEWS.items()
}
log = logging.getLogger("deskwright.mail")


@csrf_exempt
@login_not_required
@require_http_methods(["POST", "HEAD"])
def hand_in(request: HttpRequest, provider: str, secret: str) -> HttpResponse:
    try:
        door = doors.entered(provider, secret)
    except NotFound:
        return said(404, "There is no such address.")
    if request.method == "HEAD":
        return HttpResponse()
    try:
        doors.take_in(door, mails(request, door), clock.now())
    except RequestDataTooBig:
        log.warning(
            "%s handed in more than %s bytes, which were not taken", provider, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        )
        return said(413, "This is larger than the desk takes.")
    except AnymailWebhookValidationFailure:
        return said(403, "The signature does not hold.")
    except (AnymailError, LookupError, ValueError, TypeError, AttributeError) as trouble:
        return said(400, f"This is no mail as {provider} hands it in: {trouble}")
    except outage.AWAY:
        return said(503, "Not now; try again.")
    return HttpResponse()


def said(status: int, words: str) -> HttpResponse:
    answer = HttpResponse(words[:500], status=status, content_type="text/plain; charset=utf-8")
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, with its secret
    return answer


def mails(request: HttpRequest, door: MailDoor) -> list[tuple[Mapping[str, Any], bytes]]:
    """(envelope, raw mail) of everything in the request, whose signature holds."""
    name = VIEWS[door.provider][1]
    view = QUIET[door.provider](webhook_secret=[], **({name: unseal(door.key)} if name else {}))
    view.run_validators(request)
    return [(envelope(event.message), raw(request, door.provider, event)) for event in view.parse_events(request)]


def envelope(message: Any) -> dict[str, Any]:
    sender, recipient = message.envelope_sender, message.envelope_recipient
    return {"from": sender, "to": [recipient] if recipient else []}


def raw(request: HttpRequest, provider: str, event: Any) -> bytes:
    """The mail as the provider's text gives it where it hands that in, else as put together from its fields."""
    whole: str | None = None
    if provider == "mailgun":
        whole = request.POST.get("body-mime")
    elif provider == "postmark":
        whole = json.loads(request.body).get("RawEmail")
    return whole.encode() if whole else bytes(event.message.as_bytes())
