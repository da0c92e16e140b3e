"""What is typed of a customer or an organisation, read as the desk keeps it: addresses, numbers, domains, words.

Checks only; nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.arriving.requesters import normalised
from deskwright.desk.customers.freemail import is_freemail
from deskwright.desk.errors import Invalid
from deskwright.engine.values import CHANNELS

EMAIL, PHONE = "email", "phone"
KINDS: Final = (EMAIL, PHONE)
LONGEST_NOTE: Final = 10_000
ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\"()\[\].]+")
DOMAIN: Final = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
DIGITS: Final = re.compile(r"\+[1-9][0-9]{6,14}")
BETWEEN_DIGITS: Final = re.compile(r"[\s()./\u00a0\u202f-]|\(0\)")

Reader = Callable[[Any], Any]


def read(readers: Mapping[str, Reader], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every value as it is kept. Raises Invalid, naming each that does not fit and each that nobody knows."""
    kept, wrong = {}, {}
    for name, value in given.items():
        try:
            kept[name] = readers[name](value)
        except KeyError:
            wrong[name] = _("cannot be changed")
        except ValueError as refusal:
            wrong[name] = str(refusal)
    if wrong:
        raise Invalid("; ".join(f"{name}: {said}" for name, said in wrong.items()), wrong)
    return kept


def text(longest: int, *, needed: bool = False) -> Reader:
    def reader(value: Any) -> str:
        words = str(value or "").replace("\x00", "").replace("\r\n", "\n").strip()
        if needed and not words:
            raise ValueError(_("This is needed."))
        if len(words) > longest:
            raise ValueError(_("At most %(number)s characters.") % {"number": longest})
        return words

    return reader


def tier(value: Any) -> str | None:
    return text(40)(value).casefold() or None


def language(value: Any) -> str | None:
    word = text(12)(value).lower().replace("_", "-")
    if word and not LANGUAGE.fullmatch(word):
        raise ValueError(_("A language is written as en, de or pt-br."))
    return word or None


def channel(value: Any) -> str | None:
    word = text(16)(value)
    if word and word not in CHANNELS:
        raise ValueError(_("One of %(words)s.") % {"words": ", ".join(CHANNELS)})
    return word or None


def domain(value: Any) -> str | None:
    """A domain in lower case and punycode; None for none. Raises ValueError for one where anybody gets an address."""
    word = text(253)(value).lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    word = word.split("/")[0].rpartition("@")[2].rstrip(".")
    if not word:
        return None
    try:
        word = word.encode("idna").decode()
    except UnicodeError:
        word = ""
    if not DOMAIN.fullmatch(word):
        raise ValueError(_("A domain is written as example.com."))
    if is_freemail(word):
        raise ValueError(
            _("Anybody can have an address at %(domain)s: it is no organisation’s own.") % {"domain": word}
        )
    return word


def contact(kind: Any, value: Any) -> tuple[str, str]:
    """The key an address or a phone number is kept under. Raises Invalid."""
    if kind not in KINDS:
        raise Invalid(_("A contact point is an email address or a phone number."), {"kind": "email or phone"})
    try:
        return (EMAIL, email(value)) if kind == EMAIL else (PHONE, phone(value))
    except ValueError as refusal:
        raise Invalid(str(refusal), {"value": str(refusal)}) from None


def email(value: Any) -> str:
    word = str(value or "").replace("\x00", "").strip()
    if len(word) > 254 or not ADDRESS.fullmatch(word):
        raise ValueError(_("A mail address is written as name@example.com."))
    return normalised(Person(word))[1]


def phone(value: Any) -> str:
    """E.164: a plus, the country, the number."""
    digits = BETWEEN_DIGITS.sub("", str(value or "").replace("(0)", "").replace("\x00", "").strip())
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not DIGITS.fullmatch(digits):
        raise ValueError(_("A phone number is written with its country: +49 30 1234567."))
    return digits
