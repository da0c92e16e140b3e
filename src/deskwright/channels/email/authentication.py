"""What a mail server of ours found out about a sender (Authentication-Results, RFC 8601).

Reads the topmost such header only: what stands below may have been written by anybody. Whom to believe is the desk's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.headers import Headers

COMMENT = re.compile(r"\([^()]{0,500}\)")
RESULTS = re.compile(r"\A\s*([^\s;=]{1,255})(?:\s+\d+)?\s*;(.*)\Z", re.DOTALL)
DMARC = re.compile(r"(?:\A|[;\s])dmarc\s*=\s*([a-z]+)", re.IGNORECASE)


class Checked(NamedTuple):
    """`dmarc` is pass, fail, none ... as the server `by` wrote; both empty where no server says."""

    by: str = ""
    dmarc: str = ""


def checked(headers: Headers) -> Checked:
    values = headers.all("authentication-results")
    match = RESULTS.match(COMMENT.sub("", values[0])) if values else None
    if match is None:
        return Checked()
    found = DMARC.search(match[2])
    return Checked(clean_line(match[1]).lower(), found[1].lower() if found else "")
