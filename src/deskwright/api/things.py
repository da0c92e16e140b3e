"""Things that are listed, shown, made, changed and removed alike: one declaration gives their routes.

What each deed does and refuses is the desk's; this is how a request reaches it and how the thing is told afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from django.db.models import Model, QuerySet

from deskwright.api import pages
from deskwright.api.routing import PAGED, ROOT, Answer, Asked, Param, Route
from deskwright.api.shapes import TEXT, WHOLE, Flag, Schema, Shape, a_page, an_object
from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.said import in_english
from deskwright.store import connection
from deskwright.store.models import Agent

ID: Final = an_object(id=WHOLE)
SWITCHED: Final = Shape({"on": Flag(required=True)})
SECRET: Final = an_object(secret=TEXT)
Shown = Callable[[Any], Mapping[str, Any]]
Place = str | Callable[[Any], Any]


class Deed(Protocol):
    """What is done to one thing, named by its number."""

    def __call__(self, actor: Agent | None, number: int, /, *, now: datetime) -> Any: ...


class Switch(Protocol):
    def __call__(self, actor: Agent | None, number: int, on: bool, /, *, now: datetime) -> Any: ...


def as_told(schema: Schema, **places: Place) -> Shown:
    """Tells a row by a schema: each property is the attribute of its name, or of the name or function given here. What
    the desk has said is told in English.
    """

    def value(row: Any, name: str) -> Any:
        place = places.get(name, "pk" if name == "id" else name)
        held = getattr(row, place) if isinstance(place, str) else place(row)
        return in_english(held) if isinstance(held, str) else held

    return lambda row: {name: value(row, name) for name in schema["properties"]}


def also(schema: Schema, **more: Schema) -> Schema:
    """The object with these properties too."""
    return an_object(**schema["properties"], **more)


@dataclass(frozen=True)
class Things:
    """`rows` are those the token may see, by `pk` in the order of their making."""

    path: str
    """Of the list, below `ROOT`."""
    one: str
    """What one is called, with its article."""
    many: str
    asks: str
    rows: Callable[[Asked], QuerySet[Any]]
    shown: Shown
    schema: Schema
    scope: str = ""
    """To change them; without one, as the right is named."""
    reads: tuple[str, str] = ("", "")
    """(scope, right) to read them, where it takes less."""

    def route(self, method: str, path: str, answer: Callable[[Asked], Any], summary: str, **more: Any) -> Route:
        return Route(method, self.path + path, self.scope or self.asks, answer, summary, asks=self.asks, **more)

    def elsewhere(self, method: str, path: str, answer: Callable[[Asked], Any], summary: str, **more: Any) -> Route:
        """Of the same scope and right, under an address of its own."""
        return replace(self.route(method, "", answer, summary, **more), path=path)

    def reading(self, path: str, answer: Callable[[Asked], Any], summary: str, **more: Any) -> Route:
        scope, asks = (self.reads[0] or self.scope or self.asks, self.reads[1] or self.asks)
        return replace(self.route("GET", path, answer, summary, **more), scope=scope, asks=asks)

    def tries(self, path: str, answer: Callable[[Asked], Any], summary: str, takes: Shape, gives: Schema) -> Route:
        """A POST that changes nothing: whoever may read may ask."""
        return replace(self.reading(path, answer, summary, takes=takes, gives=gives), method="POST")

    def found(self, asked: Asked, number: int = 0) -> Any:
        """The row in the path, or another. Raises NotFound."""
        row = self.rows(asked).filter(pk=number or asked.numbers[0]).first()
        if row is None:
            raise NotFound(f"There is no such {self.one.partition(' ')[2]}.")
        return row

    def locked(self, asked: Asked) -> Any:
        """The row in the path, which nobody else changes until the deed around this is done. Raises NotFound."""
        lock(self.rows(asked).model, asked.numbers[0])
        return self.found(asked)

    def told(self, asked: Asked, number: int = 0) -> Mapping[str, Any]:
        return self.shown(self.found(asked, number))

    def lists(self, *query: Param, chosen: Callable[[Asked, QuerySet[Any]], QuerySet[Any]] | None = None) -> Route:
        """Pages of them, the oldest first. `chosen` narrows them by what the query says."""

        def answer(asked: Asked) -> Any:
            after = (pages.cursor(asked, (int,)) or (0,))[0]
            rows = self.rows(asked).filter(pk__gt=after).order_by("pk")
            found = (chosen(asked, rows) if chosen else rows)[: asked.limit + 1]
            return pages.page(list(found), asked.limit, lambda row: (row.pk,), self.shown)

        return self.reading("", answer, f"List {self.many}", gives=a_page(self.schema), query=(*query, *PAGED))

    def shows(self) -> Route:
        return self.reading("/{id}", self.told, f"Show {self.one}", gives=self.schema)

    def makes(self, deed: Callable[[Asked], Any], takes: Shape, summary: str = "", *, secret: bool = False) -> Route:
        """The deed gives the row or its number; with `secret` that and a secret, which is told this once."""

        def answer(asked: Asked) -> Answer:
            made = deed(asked)
            row, more = (made[0], {"secret": made[1]}) if secret else (made, {})
            number = row if isinstance(row, int) else row.pk
            return Answer({**self.told(asked, number), **more}, 201, {"Location": f"{ROOT}{self.path}/{number}"})

        gives = also(self.schema, secret=TEXT) if secret else self.schema
        return self.route("POST", "", answer, summary or f"Make {self.one}", takes=takes, gives=gives, status=201)

    def changes(self, deed: Callable[[Asked, Any], Any], takes: Shape, summary: str = "") -> Route:
        """The deed is handed the row as it stands, locked; what was not sent stays."""

        def answer(asked: Asked) -> Any:
            with connection.deed():
                deed(asked, self.locked(asked))
            return self.told(asked)

        return self.route("PATCH", "/{id}", answer, summary or f"Change {self.one}", takes=takes, gives=self.schema)

    def removes(self, deed: Deed, summary: str = "") -> Route:
        def answer(asked: Asked) -> Any:
            self.found(asked)
            deed(asked.agent, asked.numbers[0], now=clock.now())
            return {"id": asked.numbers[0]}

        return self.route("DELETE", "/{id}", answer, summary or f"Remove {self.one}", gives=ID)

    def does(self, name: str, deed: Deed, summary: str) -> Route:
        """A deed on one of them that takes nothing; it is told afterwards."""

        def answer(asked: Asked) -> Any:
            self.found(asked)
            deed(asked.agent, asked.numbers[0], now=clock.now())
            return self.told(asked)

        return self.route("POST", f"/{{id}}/{name}", answer, summary, gives=self.schema)

    def switches(self, deed: Switch) -> Route:
        def answer(asked: Asked) -> Any:
            deed(asked.agent, asked.numbers[0], asked.sent["on"], now=clock.now())
            return self.told(asked)

        summary = f"Switch {self.one} on or off"
        return self.route("PUT", "/{id}/switch", answer, summary, takes=SWITCHED, gives=self.schema)

    def rotates(self, deed: Deed) -> Route:
        def answer(asked: Asked) -> Any:
            return {"secret": deed(asked.agent, asked.numbers[0], now=clock.now())}

        return self.route("POST", "/{id}/rotate", answer, f"Give {self.one} a fresh secret", gives=SECRET)


def lock(model: type[Model], number: int) -> None:
    """Nobody else changes this row until the deed around this is done; other rows may go on pointing at it."""
    model._default_manager.select_for_update(no_key=True).filter(pk=number).values_list("pk").first()


def held(row: Any, names: tuple[str, ...], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The row's values with what was sent laid over them."""
    return {**{name: getattr(row, name) for name in names}, **sent}
