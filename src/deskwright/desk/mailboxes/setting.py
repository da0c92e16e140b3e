"""Deeds on mailboxes: add, change, pause, go on, remove, ask for what is missing. Secrets are sealed, never shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.channels.email.oauth import PROVIDERS
from deskwright.desk import workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import Unreadable, seal, unseal
from deskwright.store.connection import deed, from_json, to_json
from deskwright.store.live import MAILBOXES, say
from deskwright.store.models import Agent, Mailbox

RIGHT: Final = "mail:manage"
OF_MAIL: Final[Mapping[str, Any]] = {"brand_id": None, "queue": "", "plus": False, "reply_to": False}
"""What is said of its mail, unless somebody says otherwise."""
PLAIN: Final = (
    "name",
    "address",
    "host",
    "port",
    "tls",
    "user",
    "auth",
    "folder",
    "after",
    "move_to",
    "begins_at",
    *OF_MAIL,
)
"""Columns that are no secret."""
SECRETS: Final[Mapping[str, Sequence[str]]] = {
    "password": ("password",),
    "google": ("client_id", "client_secret"),
    "microsoft": ("client_id", "client_secret", "tenant"),
    "oauth2": ("client_id", "client_secret", "authorize_url", "token_url", "scope"),
}
"""What each way in takes."""
PROOFS: Final = frozenset({"client_secret", "refresh_token"})
"""What is posted to the token address."""
TLS: Final = ("tls", "starttls", "off")
AUTHS: Final = tuple(SECRETS)
AFTER: Final = ("nothing", "seen", "flag", "move")


def add(actor: Agent | None, values: Mapping[str, Any], secret: Mapping[str, str], *, now: datetime) -> Mailbox:
    """A new mailbox, fetched from at once. `values` as `PLAIN`; `OF_MAIL` stands for what is missing of it.

    Raises Forbidden, Invalid.
    """
    require(actor, RIGHT)
    values = {**OF_MAIL, **values}
    check(values)
    with deed() as sql:
        box = Mailbox(created_at=now, secret=seal(to_json(dict(secret))), **plain(values))
        box.save()
        saved(sql, actor, "mailbox.added", box.name, now=now, after=said(box))
        say(sql, MAILBOXES, "")
    house.forget()
    return box


def change(
    actor: Agent | None, number: int, values: Mapping[str, Any], secret: Mapping[str, str], *, now: datetime
) -> None:
    """Change its settings. Another folder, account or server begins anew. Raises Forbidden, NotFound, Invalid."""
    require(actor, RIGHT)
    check(values, number)
    with deed() as sql:
        box = locked(number)
        before, place = said(box), where(box)
        for name, value in plain(values).items():
            setattr(box, name, value)
        if where(box) != place:
            box.mails.all().delete()
            box.uid_validity, box.last_uid, box.missing = None, 0, 0
        box.secret = seal(to_json(dict(secret)))
        box.error, box.failing_since, box.version = "", None, box.version + 1
        box.save()
        saved(sql, actor, "mailbox.changed", box.name, now=now, before=before, after=said(box))
        say(sql, MAILBOXES, "")
    house.forget()


def switch(actor: Agent | None, number: int, active: bool, *, now: datetime) -> None:
    """Pause it, or go on where it stood: what came meanwhile is fetched then. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        box = locked(number)
        box.active, box.error, box.failing_since = active, "", None
        box.save(update_fields=["active", "error", "failing_since"])
        saved(sql, actor, "mailbox.resumed" if active else "mailbox.paused", box.name, now=now)
        say(sql, MAILBOXES, "")


def fetch_missing(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Have what was never taken in fetched now, whatever kept it out. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        box = locked(number)
        box.fetch_missing = True
        box.save(update_fields=["fetch_missing"])
        saved(sql, actor, "mailbox.fetch_missing", box.name, now=now, after={"missing": box.missing})
        say(sql, MAILBOXES, "")


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Fetched from no more; what was taken in stays. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        box = locked(number)
        before = said(box)
        box.delete()
        saved(sql, actor, "mailbox.removed", before["name"], now=now, before=before)
        say(sql, MAILBOXES, "")
    house.forget()


def check(values: Mapping[str, Any], number: int = 0) -> None:
    """Raises Invalid for settings that cannot work."""
    faults = {}
    if values["tls"] not in TLS or values["auth"] not in AUTHS or values["after"] not in AFTER:
        raise Invalid(_("That cannot be chosen."))
    if values["after"] == "move" and not values["move_to"].strip():
        faults["move_to"] = _("Say where to.")
    if values["after"] == "move" and values["move_to"].strip() == values["folder"].strip():
        faults["move_to"] = _("It is fetched from this folder.")
    same = Mailbox.objects.filter(host=values["host"], user=values["user"], folder=values["folder"])
    if same.exclude(pk=number).exists():
        faults["folder"] = _("This folder of this account is fetched from already.")
    if values["brand_id"] and house.house().brand(values["brand_id"]) is None:
        faults["brand_id"] = _("There is no such brand.")
    if values["queue"] and values["queue"] not in workflows.live().queues:
        faults["queue"] = _("The workflow has no such queue.")
    if faults:
        raise Invalid(_("This mailbox cannot be fetched from."), faults)


def secret_with(box: Mailbox | None, host: str, user: str, auth: str, typed: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, laid over what is known as long as it goes to the same server and user; what only the provider
    may learn (`PROOFS`) as long as it goes to the same token address, too.
    """
    before = known_secret(box) if box is not None and (box.host, box.user) == (host, user) else {}
    given = {name: typed[name] for name in SECRETS[auth] if typed.get(name)}
    wanted = {**before, **given}
    wanted |= addresses(auth, wanted)
    moved = wanted.get("token_url") != before.get("token_url")
    return {name: value for name, value in wanted.items() if not (moved and name in PROOFS and name not in given)}


def addresses(auth: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Where a well-known provider answers."""
    known = PROVIDERS.get(auth)
    if known is None:
        return {}
    tenant = typed.get("tenant", "common")
    return {
        "token_url": known.token_url.format(tenant=tenant),
        "authorize_url": known.authorize_url.format(tenant=tenant),
        "scope": known.scope,
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in PLAIN}


def said(box: Mailbox) -> dict[str, Any]:
    """For the audit: no secret, but where it goes."""
    told = {name: getattr(box, name) for name in PLAIN} | {"token_url": known_secret(box).get("token_url", "")}
    return told | {"begins_at": box.begins_at.isoformat() if box.begins_at else None}


def where(box: Mailbox) -> tuple[str, str, str]:
    return box.host, box.user, box.folder


def secret_of(box: Mailbox) -> dict[str, str]:
    """Raises sealing.Unreadable when SECRET_KEY was changed."""
    return dict(from_json(unseal(box.secret))) if box.secret else {}


def known_secret(box: Mailbox) -> dict[str, str]:
    """As `secret_of`; nothing where it cannot be read any more: it is entered again."""
    try:
        return secret_of(box)
    except Unreadable:
        return {}


def one(number: int) -> Mailbox:
    """Raises NotFound."""
    box = Mailbox.objects.filter(pk=number).first()
    if box is None:
        raise NotFound(_("There is no such mailbox."))
    return box


def locked(number: int) -> Mailbox:
    box = Mailbox.objects.select_for_update().filter(pk=number).first()
    if box is None:
        raise NotFound(_("There is no such mailbox."))
    return box
