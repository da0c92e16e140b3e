"""Checks a JSON body strictly: every fault at once, each with its pointer. Knows types and bounds, no tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import orjson

from deskwright.api.problems import Fault, Problem, invalid

NAMES = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object"}


def parsed(body: bytes) -> dict[str, Any]:
    """The body's JSON object. Raises Problem 400 for malformed JSON, 422 for JSON that is no object."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem(400, "malformed_json", f"The body is not JSON: {error.msg} ({where}).") from None
    if not isinstance(document, dict):
        raise invalid([{"pointer": "", "detail": f"The body must be an object, not {named(document)}."}])
    return document


def named(value: Any) -> str:
    return "null" if value is None else NAMES.get(type(value), "something else")


class Body:
    """One object of the body being read. Faults are shared with the objects inside it."""

    def __init__(self, values: Mapping[str, Any], place: str = "", faults: list[Fault] | None = None) -> None:
        self.values, self.place = values, place
        self.faults: list[Fault] = [] if faults is None else faults

    def fault(self, name: str, detail: str) -> None:
        pointer = f"{self.place}/{name.replace('~', '~0').replace('/', '~1')}"
        self.faults.append({"pointer": pointer, "detail": detail})

    def only(self, known: Sequence[str]) -> None:
        """Refuses names nobody reads, with the one that was probably meant."""
        for name in self.values:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                self.fault(name[:100], f"There is no field {name[:100]!r}.{hint}")

    def text(self, name: str, longest: int, *, required: bool = False) -> str | None:
        value = self.values.get(name)
        if value is None:
            if required:
                self.fault(name, f"{name!r} is missing.")
            return None
        if not isinstance(value, str):
            self.fault(name, f"{name!r} must be text, not {named(value)}.")
            return None
        if required and not value.strip():
            self.fault(name, f"{name!r} is empty.")
        return self.sound(name, value, longest)

    def sound(self, name: str, value: str, longest: int) -> str:
        if len(value) > longest:
            self.fault(name, f"{name!r} has {len(value)} characters; at most {longest} are taken.")
        if "\0" in value:
            self.fault(name, f"{name!r} holds a NUL character.")
        return value

    def choice(self, name: str, known: Sequence[str], default: str | None = None) -> str | None:
        value = self.text(name, 80)
        if value is not None and value not in known:
            near = get_close_matches(value, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            self.fault(name, f"{name!r} must be one of {', '.join(known)}.{hint}")
        return value if value is not None else default

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.fault(name, f"{name!r} must be true or false, not {named(value)}.")
        return value is True

    def texts(self, name: str, longest: int, most: int) -> tuple[str, ...]:
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.fault(name, f"{name!r} must be a list of words.")
            return ()
        if len(value) > most:
            self.fault(name, f"{name!r} has {len(value)} entries; at most {most} are taken.")
        return tuple(self.sound(name, one.strip(), longest) for one in value[:most])

    def within(self, name: str, *, required: bool = False) -> Body | None:
        """The object inside this one."""
        value = self.values.get(name)
        if value is None:
            if required:
                self.fault(name, f"{name!r} is missing.")
            return None
        if not isinstance(value, dict):
            self.fault(name, f"{name!r} must be an object, not {named(value)}.")
            return None
        return Body(value, f"{self.place}/{name}", self.faults)

    def objects(self, name: str, most: int) -> list[Body]:
        """The objects of a list inside this one."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(name, f"{name!r} must be a list of objects.")
            return []
        if len(value) > most:
            self.fault(name, f"{name!r} has {len(value)} entries; at most {most} are taken.")
        return [Body(one, f"{self.place}/{name}/{index}", self.faults) for index, one in enumerate(value[:most])]

    def email(self, name: str) -> str:
        """A mail address. Whether it exists, only a mail can tell."""
        value = (self.text(name, 254, required=True) or "").strip()
        local, _, domain = value.rpartition("@")
        if value and (not local or not domain or any(sign.isspace() or sign in "<>,;" for sign in value)):
            self.fault(name, f"{name!r} must be a mail address.")
        return value

    def plain_values(self, names: Iterable[str], longest: int) -> dict[str, Any]:
        """Custom fields: text, numbers, true, false and null; nothing nested."""
        taken = {}
        for name in names:
            value = self.values[name]
            if isinstance(value, str):
                value = self.sound(name, value, longest)
            elif value is not None and not isinstance(value, int | float):
                self.fault(name, f"A custom field holds text, a number, true, false or null, not {named(value)}.")
            taken[name] = value
        return taken

    def done(self) -> None:
        """Raises Problem 422 when anything was wrong."""
        if self.faults:
            raise invalid(self.faults)
