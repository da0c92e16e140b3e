"""Puts names after those they need. Linear; shared by whatever may refer to its like: signals, calendars."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def in_order(needs: Mapping[str, Collection[str]]) -> tuple[list[str], list[str]]:
    """The names, each after those it needs, and those that cannot be: they wait for each other. Needs that are no names
    are not waited for.
    """
    waits = {name: sum(other in needs for other in set(asked)) for name, asked in needs.items()}
    freed_by: dict[str, list[str]] = {}
    for name, asked in needs.items():
        for other in set(asked):
            freed_by.setdefault(other, []).append(name)
    ordered = [name for name, count in waits.items() if not count]
    for done in ordered:
        for name in freed_by.get(done, ()):
            waits[name] -= 1
            if not waits[name]:
                ordered.append(name)
    return ordered, [name for name, count in waits.items() if count]
