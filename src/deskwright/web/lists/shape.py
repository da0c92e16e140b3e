"""How a list is drawn: its columns with their headings and orders, its density. Remembered for each agent and view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.store.models import Agent
from deskwright.store.queries.columns import BEFORE, BY_CHANGE, COLUMNS, SORTED_BY, USUAL
from deskwright.store.queries.listing import SORTS, known

TITLES: Final[Mapping[str, Promise]] = {
    "number": _("Number"),
    "priority": _("Priority"),
    "customer": _("Customer"),
    "organisation": _("Organisation"),
    "category": _("Category"),
    "tags": _("Tags"),
    "state": _("State"),
    "queue": _("Queue"),
    "assignee": _("Assignee"),
    "waiting": _("Waits"),
    "created": _("Opened"),
    "updated": _("Changed"),
    "due": _("Due"),
}
ORDERS: Final[Mapping[str, Promise]] = {
    "due": _("Due first"),
    "waiting": _("Waiting longest"),
    "priority": _("Most important"),
    "updated": _("Changed last"),
    "created": _("Opened last"),
    "-created": _("Opened first"),
}
DENSITIES: Final[Mapping[str, Promise]] = {"comfortable": _("Comfortable"), "compact": _("Compact")}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. `sort` is what a click asks for, "" where the column has no order; `now`: ascending | descending."""

    name: str
    title: str
    sort: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list of one view looks like to one agent."""

    view: str
    columns: frozenset[str]
    sort: str
    density: str
    own: bool
    """Whether the agent chose the order or the columns."""

    @property
    def before(self) -> list[Column]:
        """Headings of the cells before the subject."""
        return [heading(name, self.sort) for name in BEFORE if name in self.columns]

    @property
    def after(self) -> list[Column]:
        return [heading(name, self.sort) for name in COLUMNS if name in self.columns and name not in BEFORE]

    @property
    def css(self) -> str:
        return f"{self.density} {' '.join(f'with-{name}' for name in COLUMNS if name in self.columns)}"


def shape_of(agent: Agent, view: str, sort: str, columns: Sequence[str] = ()) -> Shape:
    """The agent's own choice for this view, else `columns`, else those that suit the `sort`."""
    own: Mapping[str, Any] = agent.lists.get(view) or {}
    usual: tuple[str, ...] = BY_CHANGE if sort.removeprefix("-") in ("updated", "created") else USUAL
    if view.startswith("queue:"):
        usual = tuple(name for name in usual if name != "queue")
    chosen = own.get("sort", "")
    return Shape(
        view,
        frozenset(own.get("columns") or columns or usual),
        chosen if known(chosen) else sort,
        density_of(agent),
        bool(own),
    )


def density_of(agent: Agent) -> str:
    wanted = agent.lists.get("density")
    return wanted if wanted in DENSITIES else "comfortable"


def heading(name: str, sort: str) -> Column:
    order = SORTED_BY.get(name, "")
    if not order or order != sort.removeprefix("-"):
        return Column(name, str(TITLES[name]), order)
    turned = sort.startswith("-")
    rises = SORTS[order].falls == turned
    return Column(name, str(TITLES[name]), order if turned else f"-{order}", "ascending" if rises else "descending")
