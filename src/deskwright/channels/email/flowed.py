"""format=flowed (RFC 3676): joins the lines a mail program broke, quoted ones within their own depth."""

from __future__ import annotations

import re

QUOTE = re.compile(r"\A(>*) ?")


def unflow(text: str, joining: bool) -> str:
    """The text with soft breaks undone; `joining` is DelSp=yes, where the space before a break goes too."""
    out: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        match = QUOTE.match(line)
        depth = len(match[1]) if match else 0
        body = line[match.end() :] if match and depth else line[1:] if line.startswith(" ") else line
        soft = body.endswith(" ") and body != "-- "
        if joining and soft:
            body = body[:-1]
        if open_depth == depth and body != "-- ":
            out[-1] += body
        else:
            out.append((">" * depth + " " if depth else "") + body)
        open_depth = depth if soft else None
    return "\n".join(out)
