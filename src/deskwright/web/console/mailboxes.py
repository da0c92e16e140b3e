"""Mail in: mailboxes that are fetched from, how they stand, and the other ways mail reaches the desk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.channels.email import oauth
from deskwright.desk import outside
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.mailboxes import reaching, setting, standing
from deskwright.store.models import Mailbox
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.console.mailbox_form import TITLES, MailboxForm
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = setting.RIGHT, "mailboxes"
SALT, CONSENT = "deskwright.mailbox.consent", 900
"""Seconds somebody has to consent at the provider."""


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = [(box, standing.stands_still(box, look.now)) for box in Mailbox.objects.order_by("name", "id")]
    context = {"title": _("Mail in"), "rows": rows, "env": settings.ENV, "kinds": TITLES.items()}
    return show(request, "console/mailboxes.html", look, HERE, **context)


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look, auth: str) -> HttpResponse:
    if auth not in setting.SECRETS:
        raise NotFound(_("There is no such way in."))
    form, made = MailboxForm(request.POST or None, auth=auth), []

    def act(said: dict[str, Any]) -> None:
        made.append(setting.add(look.actor, form.values(said, look.now), form.secret(said), now=look.now))

    if request.method == "POST" and request.POST.get("do") != "test" and saving(form, act):
        return saved(request, reverse("mailbox", args=[made[0].pk]))
    title = _("New mailbox: %(way)s") % {"way": TITLES[auth]}
    return shown(request, look, form, title=title, cancel=reverse(HERE), about=abouts(auth))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    box = setting.one(number)
    form = MailboxForm(request.POST or None, auth=box.auth, box=box)

    def act(said: dict[str, Any]) -> None:
        setting.change(look.actor, number, form.values(said, look.now), form.secret(said), now=look.now)

    if request.method == "POST" and request.POST.get("do") != "test" and saving(form, act):
        return saved(request, reverse("mailbox", args=[number]))
    consented = box.auth == "password" or bool(setting.known_secret(box).get("refresh_token"))
    context = {"box": box, "still": standing.stands_still(box, look.now), "consented": consented}
    remove = reverse("mailbox_remove", args=[number])
    return shown(request, look, form, title=box.name, cancel=reverse(HERE), remove=remove, **context)


def shown(request: HttpRequest, look: Look, form: MailboxForm, **context: Any) -> HttpResponse:
    """The form; with how the try ended, where one was asked for."""
    tried = None
    if request.method == "POST" and request.POST.get("do") == "test" and form.is_valid():
        said = form.cleaned_data
        keys = reaching.Keys(form.box)
        tried = reaching.try_out(form.unsaved(said, look.now), lambda: form.secret(said), keys)
        if not tried.trouble:
            context["found"] = found(tried)
    context = {"trail": _("Mail in"), "tried": tried, "template": "console/mailbox.html", **context}
    return form_page(request, look, HERE, form, **context)


def found(tried: reaching.Tried) -> str:
    mails = ngettext("%(number)s mail is there", "%(number)s mails are there", tried.mails) % {"number": tried.mails}
    wanted = ngettext("at most %(number)s is taken in.", "at most %(number)s are taken in.", tried.wanted)
    return f"{mails}, {wanted % {'number': tried.wanted}}"


def abouts(auth: str) -> str:
    if auth == "password":
        return _("Many providers want a password made for one application instead of the one people sign in with.")
    return _("Register an application at the provider and give it this redirect address: %(url)s") % {
        "url": came_back()
    }


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    on = request.POST.get("on") == "1"
    setting.switch(look.actor, number, on, now=look.now)
    return saved(request, reverse(HERE), _("Going on") if on else _("Paused"))


@require_POST
@settings_page(RIGHT)
def missing(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    setting.fetch_missing(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("What is missing is being fetched"))


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    box = setting.one(number)
    if confirmed(request, box.name):
        setting.remove(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("Mailbox removed"))
    title, cancel = _("Remove %(name)s?") % {"name": box.name}, reverse("mailbox", args=[number])
    consequence = _("Nothing more is fetched from it. What was taken in stays, and so do the mails on the server.")
    act = _("Remove the mailbox")
    return confirm_page(request, look, HERE, box.name, title=title, consequence=consequence, act=act, cancel=cancel)


@settings_page(RIGHT)
def consent(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Off to the provider, where somebody consents; it sends them back to `back`."""
    box = setting.one(number)
    secret = setting.secret_of(box)
    if not secret.get("authorize_url"):
        raise Invalid(_("This mailbox is entered with a password."))
    provider = oauth.PROVIDERS.get(box.auth)
    asked = {
        "response_type": "code",
        "client_id": secret["client_id"],
        "redirect_uri": came_back(),
        "scope": secret["scope"],
        "state": signing.dumps([number, look.actor.pk], salt=SALT),
        "login_hint": box.user,
        **(provider.more if provider else {}),
    }
    return HttpResponseRedirect(f"{secret['authorize_url']}?{urlencode(asked)}")


@settings_page(RIGHT)
def back(request: HttpRequest, look: Look) -> HttpResponse:
    """Back from the provider with a code, which is changed into the tokens that are kept."""
    try:
        number, actor = signing.loads(request.GET.get("state", ""), salt=SALT, max_age=CONSENT)
    except signing.BadSignature as forged:
        raise Invalid(_("This took too long, or did not begin here. Sign in at the provider again.")) from forged
    if actor != look.actor.pk:
        raise Invalid(_("Somebody else began this."))
    box = setting.one(number)
    secret = setting.secret_of(box)
    try:
        known = secret["token_url"], secret["client_id"], secret.get("client_secret", "")
        token = oauth.redeem(*known, code(request), came_back(), outside.reach()["proxy"])
    except oauth.OauthTrouble as trouble:
        raise Invalid(_("The provider gives no access: %(reason)s") % {"reason": trouble}) from trouble
    if not token.refresh_token:
        raise Invalid(_("The provider gave no refresh token. Remove the application's access there and sign in again."))
    plain = {name: getattr(box, name) for name in setting.PLAIN}
    setting.change(look.actor, number, plain, {**secret, "refresh_token": token.refresh_token}, now=look.now)
    return saved(request, reverse("mailbox", args=[number]), _("Signed in at the provider"))


def code(request: HttpRequest) -> str:
    if not request.GET.get("code"):
        reason = request.GET.get("error_description") or request.GET.get("error") or "no code"
        raise Invalid(_("The provider gives no access: %(reason)s") % {"reason": reason[:300]})
    return request.GET["code"]


def came_back() -> str:
    return f"{settings.ENV.public_url}{reverse('mailbox_back')}"
