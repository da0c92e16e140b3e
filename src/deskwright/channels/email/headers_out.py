"""Writes header lines: encoded, folded, and with no way for a value to start a header of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header

from deskwright.channels.contract import Address
from deskwright.channels.email.cleaning import clean_line
from deskwright.engine.saying import _

NAME = re.compile(r"\A[A-Za-z][A-Za-z0-9-]{0,60}\Z")
BARE_NAME = re.compile(r"\A[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+\Z")
FOLD_AT = 76


def text_header(name: str, value: str) -> str:
    """`Name: value` for free text; other than ASCII becomes encoded words."""
    line = clean_line(value)
    if line.isascii() and "=?" not in line:
        return folded(name, line.split(" "), " ")
    return f"{name}: " + Header(line, "utf-8", header_name=name).encode(linesep="\r\n")


def ids_header(name: str, ids: Iterable[str]) -> str:
    """`Name: <a@b> <c@d>`, one id after the other."""
    return folded(name, list(ids), " ")


def addresses_header(name: str, addresses: Iterable[Address]) -> str:
    return folded(name, [mailbox(address) for address in addresses], ", ")


def folded(name: str, words: list[str], between: str) -> str:
    """The words after the name, broken between words so that lines stay short where they can."""
    lines, line = [], f"{name}:"
    for place, bare in enumerate(words):
        word = bare + (between.rstrip() if place < len(words) - 1 else "")
        if len(line) + 1 + len(word) > FOLD_AT and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line += " " + word
    return "\r\n".join([*lines, line])


def mailbox(address: Address) -> str:
    """`"Ada, of Example" <ada@example.com>`, the name encoded or quoted as it needs."""
    name, email = clean_line(address.name, 200), plain_address(address.email)
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', maxlinelen=75).encode(linesep=chr(13) + chr(10))} <{email}>"
    if BARE_NAME.match(name):
        return f"{name} <{email}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{email}>'


def plain_address(email: str) -> str:
    """The address for header and envelope: the domain in punycode, nothing in it that could end it.

    Raises ValueError when it is no address.
    """
    local, at, domain = email.strip().rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;\x00-\x1f\x7f]", local + domain):
        raise ValueError(_("“%(address)s” is not a mail address.", address=email))
    return f"{local}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        raise ValueError(f"{domain!r} is not a domain.") from None
