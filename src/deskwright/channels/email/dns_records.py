"""What DNS says: looked up over the network, or read from lines somebody pasted. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from deskwright.engine.saying import _

PATIENCE: Final = 3.0
"""Seconds for one question."""
KINDS: Final = ("TXT", "MX", "A", "AAAA", "PTR", "CNAME")
LINE: Final = re.compile(r"^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?(TXT|MX|A|AAAA|PTR|CNAME)\s+(.+)$", re.IGNORECASE)
QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Unknown(Exception):
    """DNS could not be asked: nobody answered, or the pasted lines do not say. The sentence says why."""


class Records(Protocol):
    def look(self, name: str, kind: str) -> list[str]:
        """The values, empty when the name has none of this kind. MX without its preference. Raises Unknown."""
        ...


@dataclass(slots=True)
class Network:
    """Asks the resolver of this machine, each question once."""

    patience: float = PATIENCE
    known: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def look(self, name: str, kind: str) -> list[str]:
        asked = (name.rstrip(".").lower(), kind)
        if asked not in self.known:
            self.known[asked] = self._ask(*asked)
        return self.known[asked]

    def _ask(self, name: str, kind: str) -> list[str]:
        try:
            resolver = dns.resolver.Resolver()
            target = dns.reversename.from_address(name) if kind == "PTR" else dns.name.from_text(name)
            answer = resolver.resolve(target, kind, lifetime=self.patience)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as trouble:
            said = _("DNS did not answer for %(name)s: %(error)s", name=name, error=type(trouble).__name__)
            raise Unknown(said) from trouble
        return [value_of(one, kind) for one in answer]


def value_of(answer: object, kind: str) -> str:
    if kind == "TXT":
        return b"".join(answer.strings).decode("utf-8", "replace")  # type: ignore[attr-defined]
    if kind == "MX":
        return str(answer.exchange).rstrip(".").lower() or "."  # type: ignore[attr-defined]
    return str(answer).rstrip(".")


@dataclass(frozen=True, slots=True)
class Pasted:
    """Lines as a zone file, `dig` or a provider's page shows them: `name [ttl] [IN] TYPE value`."""

    known: dict[tuple[str, str], list[str]]
    strange: tuple[str, ...] = ()
    """Lines that could not be read."""

    def look(self, name: str, kind: str) -> list[str]:
        return self.known.get((name.rstrip(".").lower(), kind), [])


def pasted(text: str, domain: str) -> Pasted:
    """The records in the lines; a name without a dot, or `@`, is one of the domain."""
    known: dict[tuple[str, str], list[str]] = {}
    strange = []
    for line in joined(text.splitlines()):
        found = LINE.match(line)
        if found is None:
            strange.append(line[:200])
            continue
        name, kind, value = found[1], found[2].upper(), found[3].strip()
        known.setdefault((whole_name(name, domain), kind), []).append(read_value(kind, value))
    return Pasted(known, tuple(strange))


def joined(lines: Iterable[str]) -> list[str]:
    """Without comments and empty lines; what stands in brackets over several lines is one."""
    kept: list[str] = []
    opened = False
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith((";", "#")):
            continue
        opens, closes = outside_quotes(bare, "("), outside_quotes(bare, ")")
        words = " ".join(bare.replace("(", " ").replace(")", " ").split()) if opens or closes or opened else bare
        if opened:
            kept[-1] += " " + words
        else:
            kept.append(words)
        opened = (opened or opens) and not closes
    return kept


def outside_quotes(line: str, sign: str) -> bool:
    return sign in QUOTED.sub("", line)


def whole_name(name: str, domain: str) -> str:
    bare = name.lower()
    if bare == "@":
        return domain.lower()
    if bare.endswith(".") or bare.rstrip(".").endswith(domain.lower()):
        return bare.rstrip(".")
    return f"{bare}.{domain.lower()}"


def read_value(kind: str, value: str) -> str:
    if kind == "TXT":
        strings = QUOTED.findall(value)
        return re.sub(r"\\(.)", r"\1", "".join(strings)) if strings else value
    if kind == "MX":
        return value.split()[-1].rstrip(".").lower() or "."
    return value.rstrip(".")
