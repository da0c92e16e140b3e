"""What the installation says of itself: name and looks, addresses and signatures, its own words for letters.

Read with one statement and remembered for a few seconds in each process: mails and pages ask for it all the time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from deskwright.store.connection import cursor, from_json

REMEMBERED: Final = 5.0
"""Seconds; a change is seen everywhere within them."""


class Sender(NamedTuple):
    """Who a mail is from, and how it is signed. Empty parts say nothing of their own."""

    address: str
    name: str
    signature: str
    signatures: Mapping[str, str] = {}
    """Language -> the signature in it."""


class Box(NamedTuple):
    """What a mailbox says of the mail that reaches it."""

    brand: int | None = None
    queue: str = ""
    """Where its tickets begin; empty: as the workflow says."""
    plus: bool = False
    """The server delivers mail to support+anything@ as well."""
    reply_to: bool = False
    """Who is named in Reply-To asks: a form or a marketplace sends for them."""


class Server(NamedTuple):
    """How mail leaves. `secret` is sealed; empty: as the environment says. Limits of 0: none."""

    secret: str = ""
    per_minute: int = 0
    at_once: int = 0
    to_domain: int = 60
    """Mails a minute with which a domain that receives mail is begun; 0: nothing is held up."""


class Words(NamedTuple):
    """The desk's own words of a letter: `string.Template` texts. An empty subject or HTML: as the programme has it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class House:
    name: str
    accent: str = ""
    """`#rrggbb`, or empty for the programme's own."""
    logo_type: str = ""
    """Empty: no logo."""
    portal_title: str = ""
    portal_about: str = ""
    mail_from: str = ""
    signature: str = ""
    signatures: Mapping[str, str] = field(default_factory=dict)
    quoting: str = "none"
    version: int = 0
    set_up: bool = False
    brands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """host name -> what its brand says of itself."""
    embed_origins: tuple[str, ...] = ()
    """Sites that may show the customers' form in a frame."""
    two_factor: frozenset[str] = frozenset()
    """Built-in roles that need a second step to sign in."""
    confirm_minutes: int = 10
    """How long saying who one is counts, before what matters asks again."""
    senders: Mapping[str, Sender] = field(default_factory=dict)
    """team key -> its sender."""
    mailboxes: Mapping[str, Box] = field(default_factory=dict)
    """Address that reaches the desk by a mailbox it fetches from, lower case -> what is said of its mail."""
    words: Mapping[tuple[str, str], Words] = field(default_factory=dict)
    """(kind, language) -> the desk's own words."""
    server: Server = field(default_factory=Server)
    """How mail leaves."""
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """domain -> (selector, sealed private key) its mails are signed with."""

    @property
    def sender(self) -> Sender:
        return Sender(self.mail_from, self.name, self.signature, self.signatures)

    @property
    def sending(self) -> tuple[str, ...]:
        """Every address mails come from, the desk's own first."""
        own = [one["address"] for one in self.brands.values()] + [one.address for one in self.senders.values()]
        return self.mail_from, *sorted({address for address in own if address})

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of ours: mails come from it, or reach the desk by it."""
        return frozenset({*self.sending, *self.mailboxes})

    def brand(self, number: int | None) -> Mapping[str, Any] | None:
        """What a brand says of itself; None without one, and for one that is gone."""
        return next((one for one in self.brands.values() if one["id"] == number), None) if number else None


_remembered: list[tuple[float, House]] = []


def house() -> House:
    """The installation, at most `REMEMBERED` seconds old. Raises what a database that is away raises."""
    known = next(iter(_remembered), None)
    if known is None or known[0] < time.monotonic():
        known = (time.monotonic() + REMEMBERED, read())
        _remembered[:] = [known]
    return known[1]


def at(host: str, known: House | None = None) -> House:
    """The installation as it shows itself under a host name (a port does not matter): a brand's looks, else its own."""
    known = known or house()
    return known_as(known, brand_at(host, known))


def brand_at(host: str, known: House | None = None) -> Mapping[str, Any] | None:
    """The brand whose host name this is; a port does not matter."""
    return (known or house()).brands.get(host.partition(":")[0].lower())


def known_as(known: House, brand: Mapping[str, Any] | None) -> House:
    """The installation as it shows itself under a brand, or without one."""
    if brand is None:
        return known
    own = {name: brand[name] for name in ("accent", "portal_title", "portal_about", "logo_type") if brand[name]}
    return replace(known, name=brand["name"], **own)


def address_at(host: str) -> str:
    """Where links lead that are mailed to somebody who stands under this host name: a brand's own, else PUBLIC_URL.

    Only names the desk was told of are believed: the header alone would let anybody choose where a link leads.
    """
    if brand_at(host) is None:
        return str(settings.PUBLIC_URL)
    return f"{settings.PUBLIC_URL.split('://')[0]}://{host.lower()}"


def site_of(brand: Mapping[str, Any] | None) -> str:
    """Where links lead in mails of a brand: its host, by the scheme and port of PUBLIC_URL; without one PUBLIC_URL."""
    if brand is None:
        return str(settings.PUBLIC_URL)
    base = urlsplit(settings.PUBLIC_URL)
    return f"{base.scheme}://{brand['host']}" + (f":{base.port}" if base.port else "")


def remembered() -> House:
    """The installation as this process last knew it, without asking anybody: for pages that show an outage."""
    known = next(iter(_remembered), None)
    return known[1] if known else House(settings.DESK_NAME, mail_from=settings.MAIL_FROM)


def forget() -> None:
    """Read anew at the next question."""
    _remembered.clear()


def read() -> House:
    row = cursor().execute(READ).fetchone()
    assert row is not None
    known, sign_in = from_json(row["desk"]) or {}, from_json(row["sign_in"]) or {}
    name, mail_from = known.get("name") or settings.DESK_NAME, known.get("mail_from") or settings.MAIL_FROM
    return House(
        name=name,
        accent=known.get("accent", ""),
        logo_type=known.get("logo_type", ""),
        portal_title=known.get("portal_title", ""),
        portal_about=known.get("portal_about", ""),
        mail_from=mail_from,
        signature=known.get("signature", ""),
        signatures=known.get("signatures", {}),
        quoting=known.get("quoting", "none"),
        version=known.get("version", 0),
        set_up=known.get("set_up", False),
        brands={one["host"]: one for one in from_json(row["brands"])},
        embed_origins=tuple(known.get("embed_origins", ())),
        two_factor=frozenset(sign_in.get("two_factor", ())),
        confirm_minutes=sign_in.get("confirm_minutes", 10),
        senders={one.pop("team"): Sender(**one) for one in from_json(row["senders"])},
        mailboxes={one.pop("address"): Box(**one) for one in from_json(row["mailboxes"])},
        words={(one["kind"], one["language"]): words(one) for one in from_json(row["letters"])},
        server=Server(**(from_json(row["server"]) or {})),
        keys={one["domain"]: (one["selector"], one["private"]) for one in from_json(row["keys"])},
    )


def words(one: Mapping[str, Any]) -> Words:
    return Words(one["subject"], one["text"], one["html"])


READ: Final = """
SELECT (SELECT json_build_object('name', name, 'accent', accent, 'portal_title', portal_title,
               'logo_type', CASE WHEN logo IS NULL THEN '' ELSE logo_type END, 'portal_about', portal_about,
               'mail_from', mail_from, 'embed_origins', embed_origins,
               'signature', signature, 'signatures', signatures, 'quoting', quoting, 'version', version,
               'set_up', set_up_at IS NOT NULL)::text FROM store_desksettings WHERE id = 1) AS desk,
       (SELECT coalesce(json_agg(json_build_object('id', id, 'host', host, 'name', name, 'accent', accent, 'tag', tag,
               'logo_type', CASE WHEN logo IS NULL THEN '' ELSE logo_type END, 'portal_title', portal_title,
               'portal_about', portal_about, 'address', address, 'sender_name', sender_name,
               'signature', signature, 'signatures', signatures)), '[]')::text FROM store_brand) AS brands,
       (SELECT json_build_object('two_factor', two_factor, 'confirm_minutes', confirm_minutes)::text
        FROM store_signinpolicy WHERE id = 1) AS sign_in,
       (SELECT coalesce(json_agg(json_build_object('team', t.key, 'address', s.address, 'name', s.name,
               'signature', s.signature, 'signatures', s.signatures)), '[]')::text
        FROM store_sender AS s JOIN store_team AS t ON t.id = s.team_id) AS senders,
       (SELECT coalesce(json_agg(json_build_object('address', lower(address), 'brand', brand_id, 'queue', queue,
               'plus', plus, 'reply_to', reply_to) ORDER BY id DESC), '[]')::text FROM store_mailbox) AS mailboxes,
       (SELECT coalesce(json_agg(json_build_object('kind', kind, 'language', language, 'subject', subject,
               'text', text, 'html', html)), '[]')::text FROM store_lettertemplate) AS letters,
       (SELECT json_build_object('secret', secret, 'per_minute', per_minute, 'at_once', at_once,
               'to_domain', to_domain)::text FROM store_mailserver WHERE id = 1) AS server,
       (SELECT coalesce(json_agg(json_build_object('domain', domain, 'selector', selector, 'private', private)),
               '[]')::text FROM store_dkimkey WHERE state = 'signing') AS keys
"""
