"""The table of routes and what a route is: method, path, scope, what it takes and gives, and the function that answers.

One entry is all there is to a route: requests are dispatched by it and OpenAPI is written from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from deskwright.api.problems import Problem, invalid
from deskwright.api.shapes import OBJECT, Schema, Shape
from deskwright.api.tokens import Token
from deskwright.desk.errors import Forbidden
from deskwright.desk.numbers import number_in
from deskwright.store.models import Agent

ROOT: Final = "/api/v1"
MOST: Final = 100
"""Items on a page."""
USUAL: Final = 25
LONGEST_QUESTION: Final = 2000
CURSOR: Final = "cursor"
IN_BRACES: Final = re.compile(r"{(\w+)(?::(\w+))?}")
KINDS: Final = {"": "([1-9][0-9]{0,17}|0)", "word": "([^/]{1,300})"}


@dataclass(frozen=True, slots=True)
class Param:
    """One value of the query string."""

    name: str
    about: str
    words: Sequence[str] = ()
    """The values it may have; () for any text."""

    def schema(self) -> Schema:
        return {"enum": list(self.words)} if self.words else {"type": "string", "maxLength": LONGEST_QUESTION}


PAGED: Final = (
    Param("limit", f"How many, at most {MOST}; {USUAL} if not said."),
    Param(CURSOR, "The `next` of the page before."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as the routes need it."""

    token: Token
    agent: Agent | None
    """Whose token it is; None for the operator's."""
    numbers: tuple[int, ...]
    """The ids in the path, in order."""
    words: tuple[str, ...] = ()
    """The words in the path, in order."""
    query: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    """The body, read by the route's shape."""
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    path: str = ""
    """Below `ROOT`, as it was asked for."""

    @property
    def actor(self) -> Agent:
        """Whose deed it is. Raises Forbidden for the token of nobody."""
        if self.agent is None:
            raise Forbidden("Only the token of an agent may do this.")
        return self.agent

    @property
    def limit(self) -> int:
        written = number_in(self.query.get("limit", str(USUAL)))
        if written is None or not 1 <= written <= MOST:
            raise invalid([{"pointer": "", "detail": f"limit must be a number from 1 to {MOST}."}])
        return written


@dataclass(frozen=True, slots=True)
class Answer:
    content: Any = None
    """Written as JSON; bytes are sent as they are."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def a_file(content: bytes) -> Answer:
    """Bytes to be kept: no browser opens them, or guesses what they are."""
    return Answer(content, headers={"content-disposition": "attachment", "x-content-type-options": "nosniff"})


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    """Below `ROOT`; what stands in braces is a whole number, or a word as in {organisation:word}."""
    scope: str
    answer: Callable[[Asked], Any]
    """Gives content, or an `Answer`."""
    summary: str
    takes: Shape | None = None
    gives: Schema = field(default_factory=lambda: OBJECT)
    """The content; `FILE` for bytes."""
    query: tuple[Param, ...] = ()
    status: int = 200
    tag: str = ""
    asks: str = ""
    """The right its agent needs, or `staff` for none: `desk.access.demands`."""
    holds: Callable[[Asked], object] | None = None
    """Keeps everybody from changing what a GET shows until the deed ends, where other doors change it too."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(ROOT + IN_BRACES.sub(lambda found: KINDS[found[2] or ""], self.path))

    @property
    def names(self) -> list[tuple[str, str]]:
        """(name, kind) of what stands in braces; the kind "" is a number."""
        return [(name, kind) for name, kind in IN_BRACES.findall(self.path)]

    @property
    def bare_path(self) -> str:
        """The path as OpenAPI writes it."""
        return ROOT + IN_BRACES.sub(r"{\1}", self.path)

    def asked(self, token: Token, agent: Agent | None, path: str, question: str, body: bytes, headers: Any) -> Asked:
        """The request, read. Raises Problem 400 and 422."""
        match = self.pattern.fullmatch(path)
        assert match is not None
        sent = self.takes.of(body) if self.takes is not None else {}
        parts = list(zip(self.names, match.groups(), strict=True))
        numbers = tuple(int(part) for (_, kind), part in parts if not kind)
        words = tuple(unquote(part) for (_, kind), part in parts if kind)
        if any("\0" in word for word in words):
            raise Problem(404, "not_found", "No name holds a NUL character.")
        return Asked(token, agent, numbers, words, self.read_query(question), sent, headers, path.removeprefix(ROOT))

    def read_query(self, question: str) -> dict[str, str]:
        """Raises Problem 422 for what the route does not know, or a word it does not take."""
        known = {param.name: param for param in self.query}
        found, faults = {}, []
        for name, value in parse_qsl(question, keep_blank_values=True, errors="replace"):
            param = known.get(name)
            if param is None:
                faults.append(f"There is no parameter {name[:80]!r}.")
            elif param.words and value not in param.words:
                faults.append(f"{name} must be one of {', '.join(param.words)}.")
            elif len(value) > LONGEST_QUESTION or "\0" in value:
                faults.append(f"{name} is too long, or holds a NUL character.")
            else:
                found[name] = value
        if faults:
            raise invalid([{"pointer": "", "detail": fault} for fault in faults])
        return found


def find(routes: Sequence[Route], method: str, path: str, also: Mapping[str, str]) -> Route:
    """Raises Problem 404 for a path nobody answers, 405 for another method. `also` are methods of paths that are
    answered without the table.
    """
    known = [route for route in routes if route.pattern.fullmatch(path)]
    found = next((route for route in known if route.method == method), None)
    if found is not None:
        return found
    if not known:
        raise Problem(404, "not_found", f"There is nothing at {path[:200]}. See {ROOT}/openapi.json.")
    methods = {route.method for route in known} | ({also[path]} if path in also else set())
    allowed = ", ".join(sorted(methods))
    raise Problem(405, "wrong_method", f"Only {allowed} is answered here.", headers={"Allow": allowed})
