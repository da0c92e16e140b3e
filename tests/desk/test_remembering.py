"""What a process remembers may be dropped by another thread between two looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import ModuleType
from typing import Any, SupportsIndex

import pytest

from deskwright.desk.answering import expecting
from deskwright.desk.calls import serving
from deskwright.desk.chat import reading
from deskwright.desk.knowledge import suggesting
from deskwright.desk.settings import house
from deskwright.store import articles, facts
from deskwright.store.connection import cursor


class Dropped(list[Any]):
    """Forgotten elsewhere as soon as it was looked at."""

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        found = super().__getitem__(place)
        self.clear()
        return found

    def __iter__(self) -> Iterator[Any]:
        found = self.copy()
        self.clear()
        return iter(found)


@pytest.mark.parametrize(
    ("module", "name", "ask"),
    [
        (house, "_remembered", lambda now: house.house()),
        (house, "_remembered", lambda now: house.remembered()),
        (serving, "_lines", lambda now: serving.connected()),
        (reading, "_usual", reading.usual_minutes),
        (expecting, "_measured", lambda now: expecting.measured(cursor(), "technical", now)),
        (suggesting, "_kept", lambda now: suggesting.shelves(cursor()).rows),
        (articles, "_vocabulary", lambda now: articles.vocabulary(cursor())),
        (facts, "_people", lambda now: facts.present(cursor())),
    ],
)
def test_what_is_dropped_by_another_thread_is_answered_all_the_same(
    db: str,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    ask: Callable[[datetime], object],
) -> None:
    known = ask(now)
    monkeypatch.setattr(module, name, Dropped(getattr(module, name)))

    assert ask(now) == known
    assert ask(now) == known
