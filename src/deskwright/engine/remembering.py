"""What follows from one part of a workflow alone, worked out once. Kept by the part's identity, for parts never change.

Asking with the part rather than with the workflow shows what a decision looks at; see `lab.sharing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

Part = TypeVar("Part")
Found = TypeVar("Found")
KEPT: Final = 64
"""Parts of which something is kept, before all are let go."""


def once(work: Callable[[Part], Found]) -> Callable[[Part], Found]:
    """The same work, done once for each part."""
    kept: dict[int, tuple[Part, Found]] = {}

    def found(part: Part) -> Found:
        known = kept.get(id(part))
        if known is None or known[0] is not part:
            if len(kept) >= KEPT:
                kept.clear()
            known = kept[id(part)] = part, work(part)
        return known[1]

    return found
