"""The table of routes: `python -m tools.routes` writes docs/rights.md from what views and operations declare.

It reads the code that is served, keeps no list of its own, and a test holds the page fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parent.parent / "docs" / "rights.md"
REACHES: Final = {"all": "everywhere", "teams": "own teams", "": "–"}
HEAD: Final = """# Rights and routes

Written by `make routes` from the code: each view and each operation of the API declares what it asks, the gate holds
it, and tests try every route as nobody, a customer and everybody at the desk. What is asked of one ticket, person or
article beyond that (404 for what one cannot see, 403 for what one may not do) the deed asks itself; see
[Accounts](accounts.md).
"""


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One address of Django's table."""

    path: str
    name: str
    view: Callable[..., Any]

    @property
    def asks(self) -> tuple[tuple[tuple[str, ...], bool], ...]:
        """(any of these, only to write) for each demand; () where nobody says what is asked."""
        demands = getattr(self.view, "demands", ())
        if demands:
            return tuple((one.any_of, one.to_write) for one in demands)
        if not getattr(self.view, "login_required", True):
            return ((("open",), False),)
        module = getattr(getattr(self.view, "view_class", self.view), "__module__", "")
        return ((("staff",), False),) if module.startswith("allauth.") else ()

    @property
    def told(self) -> str:
        parts = [" or ".join(any_of) + (" to write" if to_write else "") for any_of, to_write in self.asks]
        return ", and ".join(parts)


def pages() -> list[PageRoute]:
    """Every address Django answers, in the order it tries them."""
    from django.urls import get_resolver

    return list(under("/", get_resolver().url_patterns))


def under(prefix: str, patterns: Iterable[Any]) -> Iterator[PageRoute]:
    from django.urls import URLPattern

    for one in patterns:
        path = prefix + str(one.pattern).removeprefix("^").removesuffix("$")
        if isinstance(one, URLPattern):
            yield PageRoute(path, one.name or "", one.callback)
        else:
            yield from under(path, one.url_patterns)


def text() -> str:
    """The whole page of docs."""
    from deskwright.api import front, table
    from deskwright.desk import access

    words = [f"- `{word}`: {about}." for word, about in access.WORDS.items()]
    held = [
        (f"`{right.name}`", right.about, *(REACHES[access.BUILT_IN[role].get(right.name, "")] for role in ROLES))
        for right in access.CATALOGUE
    ]
    addresses = [(f"`{one.path}`", one.name, one.told) for one in pages()]
    operations = [
        ("`POST /api/v1/tickets`", f"`{front.WRITE}`", front.OPENING),
        ("`POST /api/v1/tickets/{id}/messages`", f"`{front.WRITE}`", front.WRITING),
        *((f"`{one.method} {one.bare_path}`", f"`{one.scope}`", one.asks) for one in table.ROUTES),
    ]
    parts = [
        HEAD,
        "## Rights, and what the built-in roles hold\n",
        grid(("Right", "May", *(role.capitalize() for role in ROLES)), held),
        "## Pages\n\nBesides rights, a page may ask for:\n",
        "\n".join(words) + "\n",
        grid(("Address", "Name", "Asks"), addresses),
        OPERATIONS,
        grid(("Operation", "Scope", "Asks"), operations),
        FRONT,
    ]
    return "\n".join(parts)


ROLES: Final = ("admin", "lead", "agent", "light")
OPERATIONS: Final = """## Operations of the API

The token needs the scope, its agent the right; the token of nobody, which an operator makes, the scope alone.
"""
FRONT: Final = """In front of both stand `/static/`, `/healthz`, `/readyz` and `/api/v1/openapi.json` (open), and
`/live`, the stream of events, for an agent who is signed in: it tells numbers of tickets they see, nothing else.
"""


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]) + "\n"


def main() -> None:
    import django

    django.setup()
    PAGE.write_text(text())
    print(f"{PAGE.name} is written.")


if __name__ == "__main__":
    main()
