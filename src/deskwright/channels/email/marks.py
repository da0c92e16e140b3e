"""The mark in a mail's HTML that names its thread, unseen: the last way home where servers rewrite every header.

Answers quote it. It proves less than a Message-ID: who forwards a mail hands the mark on.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

MARK: Final = re.compile(r"\{#dw:([0-9]{1,18}-[a-z2-7]{20})#\}", re.IGNORECASE)
UNSEEN: Final = (
    "max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;color:transparent;mso-hide:all"
)
"""Not `display:none`: some programs leave that out of what they quote."""
MOST: Final = 20
END: Final = re.compile(r"(?=</body\b)|\Z", re.IGNORECASE)


def marked(html: str, token: str) -> str:
    """The page with the mark at its end. `token` is one of `threads.thread_token`, made for marks."""
    return END.sub(f'<div aria-hidden="true" style="{UNSEEN}">{{#dw:{token}#}}</div>', html, count=1)


def marks_in(text: str) -> list[str]:
    """The tokens of the first `MOST` marks, in order: the latest mail that is quoted comes first."""
    return [found[1].lower() for found in islice(MARK.finditer(text), MOST)]


def unmarked(text: str) -> str:
    return MARK.sub("", text)
