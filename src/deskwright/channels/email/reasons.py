"""Why a mail did not arrive, as one of a few words: read from what the other server said. Strings in, strings out.

The order matters: an enhanced status code (RFC 3463, RFC 5248, RFC 7505) says more than words, words more than the
three digits before them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NO_MAILBOX, NO_DOMAIN, FULL, TOO_LARGE = "no_mailbox", "no_domain", "mailbox_full", "too_large"
UNWANTED, NOT_PROVED, TOO_MANY = "unwanted", "not_proved", "too_many"
UNREACHABLE, SIGN_IN, UNKNOWN = "unreachable", "sign_in", "unknown"
DEAD: Final = frozenset({NO_MAILBOX, NO_DOMAIN})
"""Reasons that lie in the address: no mail will ever reach it."""

ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
BY_STATUS: Final[Mapping[tuple[int, int], str]] = {
    (1, 0): NO_MAILBOX,
    (1, 1): NO_MAILBOX,
    (1, 2): NO_DOMAIN,
    (1, 3): NO_MAILBOX,
    (1, 6): NO_MAILBOX,
    (1, 10): NO_DOMAIN,
    (2, 1): NO_MAILBOX,
    (2, 2): FULL,
    (2, 3): TOO_LARGE,
    (3, 4): TOO_LARGE,
    (4, 4): NO_DOMAIN,
    (4, 7): UNREACHABLE,
    (7, 20): NOT_PROVED,
    (7, 21): NOT_PROVED,
    (7, 23): NOT_PROVED,
    (7, 24): NOT_PROVED,
    (7, 25): NOT_PROVED,
    (7, 26): NOT_PROVED,
    (7, 8): SIGN_IN,
}
"""(subject, detail) of an enhanced status -> why. What is not here is judged by the words."""
WORDS: Final[Mapping[str, str]] = {
    NOT_PROVED: r"\b(?:dmarc|spf|dkim|unauthenticated|reverse dns|ptr record)\b",
    FULL: r"mailbox (?:is )?full|over ?quota|quota exceeded|insufficient (?:system )?storage",
    TOO_MANY: r"too many|rate.?limit|throttl|greylist|try again later|temporarily deferred",
    TOO_LARGE: r"(?:message|mail|size).{0,30}(?:too (?:big|large)|exceeds)",
    UNWANTED: r"spam|block(?:ed|list)|black ?list|reputation|policy|content rejected",
    NO_DOMAIN: r"(?:domain|host).{0,20}(?:not found|unknown|does ?n.t exist)|no mx|nxdomain",
    NO_MAILBOX: r"(?:no such|unknown|invalid|non-?existent|inactive|disabled) (?:local )?"
    r"(?:user|recipient|mailbox|address|account)|recipient address rejected: access denied"
    r"|(?:user|recipient|mailbox|address|account)[^.]{0,60}"
    r"(?:unknown|not found|does ?n[o']t exist|not exist|unavailable|disabled|inactive)",
    SIGN_IN: r"\b53[045]\b|authentication (?:failed|required|unsuccessful)",
    UNREACHABLE: r"no connection|timed? ?out|connection (?:refused|reset)|unreachable|getaddrinfo",
}
"""What servers say in words, the first that fits."""
PATTERNS: Final = {word: re.compile(pattern, re.IGNORECASE) for word, pattern in WORDS.items()}


def reason(said: str, status: str = "") -> str:
    """Why, in one of the words above. `said` is what a server answered, `status` its enhanced status if known apart."""
    for _, subject, detail in ENHANCED.findall(f"{status} {said[:500]}"):
        known = BY_STATUS.get((int(subject), int(detail)))
        if known is not None:
            return known
    return next((word for word, pattern in PATTERNS.items() if pattern.search(said[:1000])), UNKNOWN)


def dead(said: str, status: str = "") -> bool:
    """Whether this says that the address itself leads nowhere."""
    return reason(said, status) in DEAD
