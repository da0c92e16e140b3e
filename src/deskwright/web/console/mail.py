"""Mail: the address it comes from, the server it leaves by, how it comes in, and each team's own sender."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.channels.contract import Sent
from deskwright.desk.answering import quoting
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.mailboxes import lending
from deskwright.desk.outbox import trying
from deskwright.desk.settings import furnishing, house, mail
from deskwright.desk.settings.sealing import Unreadable
from deskwright.store.models import Team
from deskwright.web.console.frame import form_page, saved, settings_page
from deskwright.web.console.signatures import SignedForm, keeping
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.telling import told

RIGHT, HERE = "mail:manage", "mail"
ADDRESS = ("mail_from", "signature", "signatures", "quoting")
SENDER = ("address", "name", "signature", "signatures")
TLS = [
    ("starttls", gettext_lazy("STARTTLS (port 587)")),
    ("tls", gettext_lazy("TLS from the start (port 465)")),
    ("off", gettext_lazy("None")),
]


class AddressForm(SignedForm):
    field_order = ("mail_from", "quoting", "signature")

    mail_from = forms.EmailField(
        label=gettext_lazy("Mails come from"),
        max_length=254,
        help_text=gettext_lazy("Answers come back to it: it must reach the desk's listener or pipe."),
    )
    quoting = forms.ChoiceField(
        label=gettext_lazy("Replies quote"),
        choices=[
            (quoting.NONE, gettext_lazy("nothing")),
            (quoting.LAST, gettext_lazy("the customer's latest message")),
            (quoting.WHOLE, gettext_lazy("the whole conversation")),
        ],
        required=False,
        help_text=gettext_lazy("Below the words and the signature. Notes and words of unproved senders never."),
    )

    def clean_quoting(self) -> str:
        return self.cleaned_data["quoting"] or quoting.NONE


class ServerForm(forms.Form):
    host = forms.CharField(label=gettext_lazy("Mail server"), max_length=253)
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=587)
    tls = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=TLS, initial="starttls")
    user = forms.CharField(label=gettext_lazy("User"), required=False, max_length=254)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty keeps the one that is known. It is sealed in the database."),
    )
    mailbox = forms.TypedChoiceField(
        label=gettext_lazy("Sign in"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "With the consent of a mailbox no password is needed (OAuth 2): smtp.gmail.com or smtp.office365.com, port "
            "587. Somebody may have to sign in at the provider again, so that sending is consented to as well."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        boxes = [(box.pk, _("as the mailbox %(name)s") % {"name": box.name}) for box in lending.lenders()]
        self.fields["mailbox"].choices = [("", _("with the password")), *boxes]  # type: ignore[attr-defined]
        if not boxes:
            del self.fields["mailbox"]


class PaceForm(forms.Form):
    per_minute = forms.IntegerField(
        label=gettext_lazy("Mails a minute"),
        min_value=0,
        max_value=100_000,
        initial=0,
        help_text=gettext_lazy("What your provider lets you send at most. 0: as many as it takes."),
    )
    at_once = forms.IntegerField(
        label=gettext_lazy("Connections at once"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=gettext_lazy("0: as many as there are workers."),
    )
    to_domain = forms.IntegerField(
        label=gettext_lazy("Mails a minute to one domain, at first"),
        min_value=0,
        max_value=3000,
        initial=60,
        help_text=gettext_lazy(
            "A domain that takes them is sent more and more; one that says “not now” is left alone for a while, "
            "and then sent half as many. 0: mail to no domain is held up."
        ),
    )


class SenderForm(SignedForm):
    field_order = ("address", "name", "signature")
    address = forms.EmailField(label=gettext_lazy("Address"), required=False, max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    known = house.house()
    form = AddressForm(request.POST or None, initial={name: getattr(known, name) for name in ADDRESS})
    if keeping(request, form, lambda said: furnishing.address(look.actor, said, now=look.now)):
        return saved(request, reverse(HERE))
    server, unreadable = None, ""
    try:
        server = mail.smtp_settings(known)
    except Unreadable as trouble:
        unreadable = trouble.sentence
    context = {
        "title": _("Mail"),
        "known": known,
        "server": server,
        "unreadable": unreadable,
        "limits": known.server,
        "by_environment": bool(settings.ENV.smtp_host),
        "env": settings.ENV,
        "teams": [(team, known.senders.get(team.key)) for team in Team.objects.all()],
    }
    return form_page(request, look, HERE, form, template="console/mail.html", **context)


@settings_page(RIGHT)
def server(request: HttpRequest, look: Look) -> HttpResponse:
    """The server; `do=test` sends a mail by what was typed and keeps nothing, saving keeps it."""
    if settings.ENV.smtp_host:
        raise Invalid(_("The mail server is set in the environment (SMTP_HOST); change it there."))
    known = {name: value for name, value in mail.known_server().items() if name != "password"}
    form, outcomes = ServerForm(request.POST or None, initial=known), []
    testing = request.POST.get("do") == "test"

    def act(said: dict[str, Any]) -> None:
        entered = mail.with_password(said)
        if testing:
            outcomes.append(trying.try_out(look.actor, mail.settings_of(entered, timeout=10), now=look.now))
        else:
            furnishing.mail_server(look.actor, entered, now=look.now)

    if request.method == "POST" and saving(form, act) and not testing:
        return saved(request, reverse(HERE))
    context = {
        "title": _("Mail server"),
        "cancel": reverse(HERE),
        "outcome": outcomes[0] if outcomes else None,
        "came": bool(outcomes) and isinstance(outcomes[0], Sent),
    }
    return form_page(request, look, HERE, form, template="console/mail_server.html", trail=_("Mail"), **context)


@settings_page(RIGHT)
def pace(request: HttpRequest, look: Look) -> HttpResponse:
    form = PaceForm(request.POST or None, initial=house.house().server._asdict())
    if request.method == "POST" and saving(form, lambda said: furnishing.mail_limits(look.actor, said, now=look.now)):
        return saved(request, reverse(HERE))
    about = _("What has to wait stays in the outbox, which says why and until when.")
    title = _("How fast mail leaves")
    return form_page(request, look, HERE, form, title=title, about=about, cancel=reverse(HERE), trail=_("Mail"))


@require_POST
@settings_page(RIGHT)
def no_server(request: HttpRequest, look: Look) -> HttpResponse:
    furnishing.mail_server(look.actor, None, now=look.now)
    return saved(request, reverse(HERE), _("Mail is printed from now on"))


@require_POST
@settings_page(RIGHT)
def test(request: HttpRequest, look: Look) -> HttpResponse:
    """A mail to oneself by the server that is set."""
    found = mail.smtp_settings(timeout=10)
    if found is None:
        raise Invalid(_("No mail server is set."))
    outcome = trying.try_out(look.actor, found, now=look.now)
    if not isinstance(outcome, Sent):
        raise Invalid(_("The mail was not taken: %(reason)s") % {"reason": told(outcome.reason)})
    return saved(request, reverse(HERE), _("A test mail is on its way to %(email)s") % {"email": look.actor.email})


@settings_page(RIGHT)
def sender(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    team = Team.objects.filter(pk=number).select_related("sender").first()
    if team is None:
        raise NotFound(_("There is no such team."))
    own = getattr(team, "sender", None)
    initial = {name: getattr(own, name) for name in SENDER} if own else {}
    form = SenderForm(request.POST or None, initial=initial)
    if keeping(request, form, lambda said: furnishing.sender(look.actor, team, said, now=look.now)):
        return saved(request, reverse(HERE))
    context = {
        "title": _("Mails of %(team)s") % {"team": team.name},
        "about": _("Replies to tickets in this team's queues are from this address. Empty: as the desk's."),
        "cancel": reverse(HERE),
        "trail": _("Mail"),
    }
    return form_page(request, look, HERE, form, template="console/signed.html", **context)
