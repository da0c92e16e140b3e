"""The domains the desk sends from, and what is known about how it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deskwright.channels.email.headers_out import ascii_domain
from deskwright.desk.settings.house import house
from deskwright.desk.settings.mail import smtp_settings
from deskwright.desk.settings.sealing import Unreadable
from deskwright.store.models import DkimKey

RESERVED: Final = ("example", "test", "invalid", "localhost", "local", "internal", "localdomain")
"""Ends of names that no public DNS knows (RFC 2606, RFC 6761)."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What others must be able to find out about a domain. `keys`: selector -> (public key, state)."""

    domain: str
    server: str = ""
    """The host name of the outgoing mail server; empty when none is set."""
    keys: tuple[tuple[str, str, str], ...] = ()
    """(selector, public key, state), the newest first."""

    @property
    def reserved(self) -> bool:
        return self.domain.rpartition(".")[2] in RESERVED


def ours() -> list[str]:
    """Domains of all senders, the desk's own first, in punycode."""
    return list(dict.fromkeys(domain_of(address) for address in house().sending if "@" in address))


def may_send(address: str, host: str) -> bool:
    """Whether mails of the brand at this host may come from the address: its domain is one the desk sends from already
    or has a mailbox in, or the brand's own (`example.com` of `help.example.com`).
    """
    domain = domain_of(address)
    known = {*ours(), *(domain_of(one) for one in house().mailboxes)}
    return domain in known or f".{host}".endswith(f".{domain}")


def domain_of(address: str) -> str:
    """In punycode, lower case."""
    return ascii_domain(address.rpartition("@")[2].lower())


def sending(domain: str) -> Sending:
    return sendings([domain])[0]


def sendings(domains: list[str] | None = None) -> list[Sending]:
    """All domains with their keys; one query."""
    chosen = ours() if domains is None else domains
    keys: dict[str, list[tuple[str, str, str]]] = {}
    for key in DkimKey.objects.filter(domain__in=chosen).order_by("-created_at", "-pk"):
        keys.setdefault(key.domain, []).append((key.selector, key.public, key.state))
    return [Sending(one, server(), tuple(keys.get(one, ()))) for one in chosen]


def server() -> str:
    try:
        found = smtp_settings()
    except Unreadable:
        return ""
    return found.host.lower() if found else ""
