"""What follows from parts of a workflow alone, worked out once. Kept by the parts' identity, for parts never change.

Asking with the parts rather than with the workflow shows what a decision looks at; see `lab.sharing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

Parts = ParamSpec("Parts")
Found = TypeVar("Found")
KEPT: Final = 64
"""Parts of which something is kept, before all are let go."""


def once(work: Callable[Parts, Found]) -> Callable[Parts, Found]:
    """The same work, done once for each part, or for parts asked with together."""
    kept: dict[Any, tuple[tuple[Any, ...], Found]] = {}

    def found(*parts: Any) -> Found:
        name = id(parts[0]) if len(parts) == 1 else tuple(map(id, parts))
        known = kept.get(name)  # its parts live as long as it does, so no other part has their identity
        if known is None:
            if len(kept) >= KEPT:
                kept.clear()
            known = kept[name] = parts, cast(Callable[..., Found], work)(*parts)
        return known[1]

    return cast(Callable[Parts, Found], found)
