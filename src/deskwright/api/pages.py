"""Pages of lists by keyset: a cursor names the last item seen, so that nothing is skipped or shown twice."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from deskwright.api.problems import Problem
from deskwright.api.routing import CURSOR, Asked


def cursor(asked: Asked, kinds: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The place after which the page begins, None for the first page. Raises Problem 422 for a cursor of elsewhere."""
    written = asked.query.get(CURSOR)
    if not written:
        return None
    try:
        place = orjson.loads(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
        if len(place) == len(kinds) and all(isinstance(*each) for each in zip(place, kinds, strict=True)):
            return tuple(place)
    except (ValueError, TypeError):
        pass
    raise Problem(422, "wrong_cursor", "This cursor is not of this list: take `next` of a page of it.")


def page(found: Sequence[Any], limit: int, place: Callable[[Any], Sequence[Any]], shown: Callable[[Any], Any]) -> Any:
    """One page of at most `limit`, made of one item more than that where there is one."""
    more = len(found) > limit
    items = found[:limit]
    following = urlsafe_b64encode(orjson.dumps(list(place(items[-1])))).decode().rstrip("=") if more else None
    return {"items": [shown(each) for each in items], "next": following}
