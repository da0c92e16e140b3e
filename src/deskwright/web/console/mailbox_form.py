"""The form of a mailbox, by the way one gets into it: a password, Google, Microsoft, or any OAuth 2 provider."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from deskwright.channels.email.oauth import PROVIDERS
from deskwright.desk import workflows
from deskwright.desk.mailboxes import setting
from deskwright.store.models import Brand, Mailbox
from deskwright.web.words import spoken

TLS: Final = [("tls", _("TLS from the start (port 993)")), ("starttls", _("STARTTLS (port 143)")), ("off", _("None"))]
AFTER: Final = [
    ("nothing", _("Leave it as it is")),
    ("seen", _("Mark it as read")),
    ("flag", _("Flag it")),
    ("move", _("Move it to another folder")),
]
NEW, WEEK, ALL, KEPT = "new", "week", "all", "kept"
BEGINS: Final = [
    (NEW, _("Only what comes from now on")),
    (WEEK, _("What came in the last seven days, too")),
    (ALL, _("Everything that is there")),
]
SECRETS: Final = ("password", "client_id", "client_secret", "tenant", "token_url", "authorize_url", "scope")
KEEPS: Final = _("Empty keeps the one that is known. It is sealed in the database.")


class MailboxForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.EmailField(
        label=_("Address"), max_length=254, help_text=_("What customers write to. Mail from it is never taken in.")
    )
    host = forms.CharField(label=_("IMAP server"), max_length=253)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    tls = forms.ChoiceField(label=_("Encryption"), choices=TLS)
    user = forms.CharField(label=_("User"), max_length=254, help_text=_("Often the whole address."))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=KEEPS,
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=KEEPS,
    )
    tenant = forms.SlugField(
        label=_("Directory (tenant) ID"), max_length=80, initial="common", help_text=_("Of the organisation.")
    )
    authorize_url = forms.URLField(label=_("Authorisation address"), max_length=500, assume_scheme="https")
    token_url = forms.URLField(label=_("Token address"), max_length=500, assume_scheme="https")
    scope = forms.CharField(label=_("Scope"), max_length=300)
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    begins = forms.ChoiceField(
        label=_("Take in"), choices=BEGINS, help_text=_("What came before today is never acknowledged.")
    )
    after = forms.ChoiceField(label=_("Once a mail is kept"), choices=AFTER)
    move_to = forms.CharField(label=_("Folder it moves to"), required=False, max_length=200)

    brand_id = forms.TypedChoiceField(
        label=_("Brand"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Of the tickets that come in by it."),
    )
    queue = forms.ChoiceField(
        label=_("Queue"), required=False, help_text=_("Where its tickets begin; rules go before.")
    )
    plus = forms.BooleanField(
        label=_("Plus addresses arrive"),
        required=False,
        help_text=_("Answers come back by a signed address, and mail to support+billing@ begins in the queue billing."),
    )
    reply_to = forms.BooleanField(
        label=_("Reply-To names who asks"),
        required=False,
        help_text=_("For a mailbox to which web forms or a marketplace send on behalf of customers."),
    )

    def __init__(self, *args: Any, auth: str, box: Mailbox | None = None, **more: Any) -> None:
        super().__init__(*args, **{"initial": initial(auth, box), **more})
        self.auth, self.box = auth, box
        brands = Brand.objects.order_by("name").values_list("pk", "name")
        self.fields["brand_id"].choices = [("", _("None")), *brands]  # type: ignore[attr-defined]
        queues = [(name, spoken(name)) for name in workflows.live().queues]
        self.fields["queue"].choices = [("", _("As the workflow says")), *queues]  # type: ignore[attr-defined]
        for name in set(SECRETS) - set(setting.SECRETS[auth]):
            del self.fields[name]
        if box is not None:
            self.fields["begins"].choices = [(KEPT, _("As it was begun")), *BEGINS]  # type: ignore[attr-defined]
        elif auth == "password":
            self.fields["password"].required = True
            self.fields["password"].help_text = _("It is sealed in the database.")

    def values(self, said: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What `setting.add` takes."""
        begins = {NEW: now, WEEK: now - timedelta(days=7), ALL: None}
        kept = self.box.begins_at if self.box else None
        return {**said, "auth": self.auth, "begins_at": begins.get(said["begins"], kept)}

    def secret(self, said: dict[str, Any]) -> dict[str, str]:
        return setting.secret_with(self.box, said["host"], said["user"], self.auth, said)

    def unsaved(self, said: dict[str, Any], now: datetime) -> Mailbox:
        """A mailbox to try out."""
        return Mailbox(created_at=now, **setting.plain(self.values(said, now)))


TITLES: Final = {
    "password": _("With a password"),
    "google": _("Google"),
    "microsoft": _("Microsoft 365"),
    "oauth2": _("Another OAuth 2 provider"),
}


def initial(auth: str, box: Mailbox | None) -> dict[str, Any]:
    if box is None:
        known = PROVIDERS.get(auth)
        return {"host": known.imap_host} if known else {}
    secret = {
        name: value for name, value in setting.known_secret(box).items() if name not in {"password", "client_secret"}
    }
    return {**{name: getattr(box, name) for name in setting.PLAIN}, **secret, "begins": KEPT}
