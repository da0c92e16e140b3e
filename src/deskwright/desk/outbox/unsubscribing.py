"""Mail nobody asked for names a way out of it: its headers, and what happens when a reader takes that way.

List-Unsubscribe is RFC 2369, its one click RFC 8058. A link is signed and names an address and a kind of mail: whoever
holds it may stop that kind for that address, or have it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.desk.outbox import suppression
from deskwright.desk.outbox.kinds import KINDS
from deskwright.store.connection import deed
from deskwright.store.models import Suppression

SALT: Final = "unsubscribe"
PATH: Final = "/help/unsubscribe/"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a link is about, and whether that mail is stopped."""

    address: str
    kind: str
    stopped: bool


def url(address: str, kind: str, site: str) -> str:
    return f"{site}{PATH}{signing.dumps([suppression.normal(address), kind], salt=SALT)}"


def read(token: str) -> tuple[str, str]:
    """(address, kind). Raises NotFound for a text that this desk has not signed."""
    try:
        address, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFound(_("This link is not complete. Please open it from the mail again.")) from None
    if kind not in KINDS:
        raise NotFound(_("This link is not complete. Please open it from the mail again."))
    return str(address), str(kind)


def choice(token: str) -> Choice:
    """Raises NotFound."""
    address, kind = read(token)
    return Choice(address, kind, Suppression.objects.filter(address=address, kind=kind).exists())


def stop(token: str, *, now: datetime) -> Choice:
    """Send this kind of mail to this address no more. Twice is once. Raises NotFound."""
    address, kind = read(token)
    with deed() as sql:
        suppression.put(sql, address, "unsubscribed", now, kind=kind)
    return Choice(address, kind, True)


def have_again(token: str) -> Choice:
    """Take back what the owner has said; what somebody of the desk wants stays. Raises NotFound."""
    address, kind = read(token)
    Suppression.objects.filter(address=address, kind=kind, because="unsubscribed").delete()
    return choice(token)


def readdressed(content: dict[str, Any], address: str) -> dict[str, Any]:
    """The words of a mail for another reader: a way out in them is theirs, not the first reader's."""
    known = str((content.get("headers") or {}).get("List-Unsubscribe", "")).strip("<>")
    if not known:
        return content
    link = url(address, content["kind"], known.partition(PATH)[0])
    return content | {
        "headers": content["headers"] | {"List-Unsubscribe": f"<{link}>"},
        "text": content["text"].replace(known, link),
        "html": (content.get("html") or "").replace(escape(known), escape(link)),
    }


def leaving(content: dict[str, Any], address: str, kind: str, language: str | None, site: str) -> dict[str, Any]:
    """What a mail of this kind carries for this reader besides its words: the headers, and a line below. Links
    lead to `site`; mail programs offer the one click only where the link is https.
    """
    link = url(address, kind, site)
    headers = {"List-Unsubscribe": f"<{link}>"}
    if link.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    with translation.override(language or "en"):
        words = _("You can do without such mails:")
    return {
        "kind": kind,
        "headers": content["headers"] | headers,
        "text": f"{content['text'].rstrip()}\n\n{words} {link}\n",
        "html": f'{content["html"]}\n<p><small>{escape(words)} <a href="{link}">{escape(link)}</a></small></p>'
        if content["html"]
        else "",
    }
