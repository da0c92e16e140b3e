"""A frozen value with some of its parts otherwise, or taken apart: what `dataclasses.replace` and a shallow `asdict`
do, many times as fast.

Only for facts: dataclasses with slots, whose making does nothing but keep what it is given. A copy is made as a twin
that is not frozen, of the same slots, and is then declared to be of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final, TypeVar

Fact = TypeVar("Fact")
Copier = Callable[[Any], Any]


_copiers: Final[dict[type[Any], Copier]] = {}
_takers: Final[dict[type[Any], Callable[[Any], dict[str, Any]]]] = {}


def replace(fact: Fact, /, **values: Any) -> Fact:
    """Raises AttributeError for a part it does not have."""
    kind = type(fact)
    copied = _copiers.get(kind) or _learned(kind)
    made = copied(fact)
    for name, value in values.items():
        setattr(made, name, value)
    made.__class__ = kind
    return made  # type: ignore[no-any-return]


def _learned(kind: type[Any]) -> Copier:
    """What makes a twin of a value, part by part and without a loop: the names are the kind's own."""
    copied = _copiers[kind] = _written(kind, lambda name: f"fact.{name}")
    return copied


def maker(kind: type[Fact], otherwise: Mapping[str, Callable[[Any], Any]]) -> Callable[[Mapping[str, Any]], Fact]:
    """What makes such a value of a mapping that has every part of it under its name; `otherwise` are the parts that
    are made of the whole mapping.
    """
    scope = {f"of_{name}": work for name, work in otherwise.items()}
    made = _written(kind, lambda name: f"of_{name}(fact)" if name in otherwise else f"fact[{name!r}]", scope)

    def of(values: Mapping[str, Any]) -> Fact:
        fact = made(values)
        fact.__class__ = kind
        return fact  # type: ignore[no-any-return]

    return of


def _written(kind: type[Any], value: Callable[[str], str], known: Mapping[str, Any] = MappingProxyType({})) -> Copier:
    names = [spec.name for spec in fields(kind)]
    twin = type(kind.__name__, (), {"__slots__": tuple(names)})
    lines = ["def copied(fact):", "    made = new(twin)", *(f"    made.{name} = {value(name)}" for name in names)]
    scope: dict[str, Any] = {"new": object.__new__, "twin": twin, "__builtins__": {}, **known}
    exec("\n".join([*lines, "    return made"]), scope)
    return scope["copied"]  # type: ignore[no-any-return]


def taken_apart(fact: Any) -> dict[str, Any]:
    """name -> value, for each of its parts; the values are its own."""
    kind = type(fact)
    apart = _takers.get(kind)
    if apart is None:
        names = ", ".join(f"{spec.name!r}: fact.{spec.name}" for spec in fields(kind))
        apart = _takers[kind] = eval(f"lambda fact: {{{names}}}", {"__builtins__": {}})
    return apart(fact)
