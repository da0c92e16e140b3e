"""Words that people see and nobody can translate: `python -m tools.untranslated [ROOT]` prints each with its line.

Templates: text and spoken attributes outside of translate tags. Python in desk/ and web/: sentences of refusals that no
gettext function marks. Exits 1 when there is one.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TEMPLATES = "src/deskwright/web/templates"
FLOORS = ("src/deskwright/desk", "src/deskwright/web")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "aria-description")
NAMES = {
    "Deskwright",
    "Enter",
    "Ctrl",
    "Esc",
    "Shift",
    "Alt",
    "Tab",
    "Markdown",
    "SMTP",
    "API",
    "VIP",
    "CSV",
    "JSON",
    "URL",
    "ID",
    "LMTP",
    "nl",
    "ms",
    "broad",
    "wide",
    "Lines",
    "PNG",
    "Vega",
    "SAML",
}
"""Spelled alike in every language."""
MARKED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}",
    re.DOTALL,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
UNREAD = re.compile(r"<(style|script|code|pre|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
ELEMENT = re.compile(r"<[^>]*>", re.DOTALL)
ATTRIBUTE = re.compile(rf"\b({'|'.join(SPOKEN)})=(?:\"([^\"]*)\"|'([^']*)')")
WORD = re.compile(r"[^\W\d_]{2,}")
BESIDE = re.compile(r"[\w-]+=(\"[^\"]*\"|'[^']*')")
"""Attributes that a block gives to an element of another template."""
ENTITY = re.compile(r"&\w+;|&#\d+;")
REFUSALS = {"NotFound", "Forbidden", "Invalid", "Conflict", "StaleReply"}
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}


class Found(NamedTuple):
    where: str
    words: str


def main(root: Path) -> int:
    found = list(untranslated(root))
    print(
        "\n".join(f"{each.where}: {each.words!r} cannot be translated" for each in found)
        or "Every word can be translated."
    )
    return 1 if found else 0


def untranslated(root: Path) -> Iterator[Found]:
    for path in sorted((root / TEMPLATES).rglob("*.html")):
        yield from in_template(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            yield from in_python(str(path.relative_to(root)), path.read_text(encoding="utf-8"))


# Templates


def in_template(name: str, text: str) -> Iterator[Found]:
    """Literal words of a template, with their lines."""
    plain = UNREAD.sub(blank, MARKED.sub(blank, text))
    spoken = TAG.sub(blank, plain)
    for match in ATTRIBUTE.finditer(spoken):
        words = (match[2] or match[3] or "").strip()
        if says(words):
            yield Found(f"{name}:{line(text, match.start())}", words)
    for match in re.finditer(r"[^\n]+", BESIDE.sub(blank, ELEMENT.sub(blank, spoken))):
        for piece in re.split(r"\s{2,}", match[0]):
            if says(piece):
                yield Found(f"{name}:{line(text, match.start())}", piece.strip())


def blank(match: re.Match[str]) -> str:
    """As long as what it stands for, so that places stay."""
    return re.sub(r"[^\n]", " ", match[0])


def says(words: str) -> bool:
    return any(word not in NAMES for word in WORD.findall(ENTITY.sub(" ", words)))


def line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


# Python


def in_python(name: str, text: str) -> Iterator[Found]:
    """Refusals whose sentence is a bare string, and sentences that gathering does not find: under a name of one's own
    for a gettext function, or within an f-string.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for one in node.names:
                if one.name in GETTEXT and one.asname not in {None, "_"}:
                    yield Found(f"{name}:{node.lineno}", f"{one.name} as {one.asname}")
        if isinstance(node, ast.JoinedStr):
            inside = (one for one in ast.walk(node) if isinstance(one, ast.Call) and called(one) in GETTEXT)
            yield from (Found(f"{name}:{one.lineno}", ast.unparse(one)[:80]) for one in inside)
        if isinstance(node, ast.Call) and called(node) in REFUSALS and node.args and bare(node.args[0]):
            yield Found(f"{name}:{node.lineno}", ast.unparse(node.args[0])[:80])


def called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def bare(node: ast.expr) -> bool:
    """A literal sentence, or one put together from literals, that no gettext function has seen."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and says(node.value)
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and says(str(part.value)) for part in node.values)
    if isinstance(node, ast.BinOp):
        return bare(node.left)
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
