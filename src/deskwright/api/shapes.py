"""What bodies and questions look like: one declaration that both checks what comes in and describes it in OpenAPI.

A shape reads only what was sent: a field that is not there is not in what it returns, so the same shape serves PATCH.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from deskwright.api.checking import Body, named, parsed

Schema = dict[str, Any]
LARGEST_NUMBER: Final = 2**63 - 1
COLOUR: Final = "(#[0-9a-fA-F]{6})?"
ADDRESS: Final = r"([^@\s]+@[^@\s]+)?"
"""Patterns of whole texts; each may be empty."""


class Field(Protocol):
    """One field: whether it must be there, how it is read and how it is described."""

    @property
    def required(self) -> bool: ...
    def read(self, body: Body, name: str) -> Any: ...
    def schema(self) -> Schema: ...


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Text:
    """`like` is a pattern of the whole text."""

    longest: int
    required: bool = False
    nullable: bool = False
    like: str = ""

    def read(self, body: Body, name: str) -> Any:
        if self.nullable and body.values[name] is None:
            return None
        text = given(body, name, lambda: body.text(name, self.longest, required=self.required))
        if self.like and isinstance(text, str) and not re.fullmatch(self.like, text):
            body.fault(name, f"{name!r} must look like {self.like}.")
        return text

    def schema(self) -> Schema:
        more: Schema = ({"minLength": 1} if self.required else {}) | (
            {"pattern": f"^(?:{self.like})$"} if self.like else {}
        )
        return {"type": ["string", "null"] if self.nullable else "string", "maxLength": self.longest, **more}


@dataclass(frozen=True, slots=True)
class Choice:
    words: Sequence[str]
    required: bool = False
    nullable: bool = False

    def read(self, body: Body, name: str) -> Any:
        if self.nullable and body.values[name] is None:
            return None
        return given(body, name, lambda: body.choice(name, self.words))

    def schema(self) -> Schema:
        return {"enum": [*self.words, None] if self.nullable else list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        return body.flag(name)

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    lowest: int = 0
    highest: int = LARGEST_NUMBER
    required: bool = False
    nullable: bool = False

    def read(self, body: Body, name: str) -> Any:
        value = body.values[name]
        if value is None and self.nullable:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            body.fault(name, f"{name!r} must be a whole number, not {named(value)}.")
        elif not self.lowest <= value <= self.highest:
            body.fault(name, f"{name!r} must be from {self.lowest} to {self.highest}.")
        return value

    def schema(self) -> Schema:
        kind = ["integer", "null"] if self.nullable else "integer"
        return {"type": kind, "minimum": self.lowest, "maximum": self.highest}


@dataclass(frozen=True, slots=True)
class Instant:
    required: bool = False
    nullable: bool = False

    def read(self, body: Body, name: str) -> Any:
        value = body.values[name]
        if value is None and self.nullable:
            return None
        try:
            at = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            at = None
        if at is None or at.tzinfo is None:
            body.fault(name, f"{name!r} must be an RFC 3339 instant with its zone, like 2026-11-24T09:00:00Z.")
        return at

    def schema(self) -> Schema:
        return {"type": ["string", "null"] if self.nullable else "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Texts:
    longest: int
    most: int
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        return given(body, name, lambda: body.texts(name, self.longest, self.most))

    def schema(self) -> Schema:
        item = {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": r"\S"}
        return {"type": "array", "items": item, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Ids."""

    most: int
    required: bool = False
    fewest: int = 1

    def read(self, body: Body, name: str) -> Any:
        value = body.values[name]
        fine = isinstance(value, list) and all(type(one) is int and 0 < one <= LARGEST_NUMBER for one in value)
        if not fine or not self.fewest <= len(value) <= self.most:
            body.fault(name, f"{name!r} must be a list of {self.fewest} to {self.most} ids.")
        return value

    def schema(self) -> Schema:
        item = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
        return {"type": "array", "items": item, "minItems": self.fewest, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Values:
    """Custom fields: names of their own, plain values."""

    most: int
    longest: int
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        within = body.within(name, required=True)
        if within is None:
            return {}
        if len(within.values) > self.most:
            body.fault(name, f"There are {len(within.values)} custom fields; at most {self.most} are taken.")
        for each in within.values:
            within.sound(each[:80], each, 80)
        return within.plain_values(within.values, self.longest)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "maxProperties": self.most,
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        }


@dataclass(frozen=True, slots=True)
class Email:
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        return given(body, name, lambda: body.email(name))

    def schema(self) -> Schema:
        return {"type": "string", "format": "email", "maxLength": 254}


@dataclass(frozen=True, slots=True)
class Ranks:
    """Names with a whole number each."""

    highest: int
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        within = body.within(name, required=True)
        if within is None:
            return {}
        return {each: Whole(0, self.highest).read(within, each) for each in within.values}

    def schema(self) -> Schema:
        rank = {"type": "integer", "minimum": 0, "maximum": self.highest}
        return {"type": "object", "maxProperties": 200, "additionalProperties": rank}


@dataclass(frozen=True, slots=True)
class Wordings:
    """A text for each name, such as one for each language."""

    longest: int
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        within = body.within(name, required=True)
        if within is None:
            return {}
        return {within.sound(each[:80], each, 80): within.text(each, self.longest) or "" for each in within.values}

    def schema(self) -> Schema:
        text = {"type": "string", "maxLength": self.longest}
        return {"type": "object", "maxProperties": 100, "additionalProperties": text}


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file in base64."""

    longest: int
    nullable: bool = False
    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        value = body.values[name]
        if value is None and self.nullable:
            return b""
        try:
            content = b64decode(value, validate=True)
        except (TypeError, ValueError):
            content = b""
        if not 0 < len(content) <= self.longest:
            body.fault(name, f"{name!r} must be 1 to {self.longest} bytes in base64.")
        return content

    def schema(self) -> Schema:
        kind = ["string", "null"] if self.nullable else "string"
        return {"type": kind, "contentEncoding": "base64", "minLength": 4, "maxLength": self.longest * 4 // 3 + 4}


@dataclass(frozen=True, slots=True)
class Named:
    """An object whose names and values somebody else checks."""

    required: bool = False

    def read(self, body: Body, name: str) -> Any:
        within = body.within(name, required=True)
        return {} if within is None else dict(within.values)

    def schema(self) -> Schema:
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that takes nothing else. `none_needed`: an empty body is an empty object."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    none_needed: bool = False
    required: bool = False

    def of(self, body: bytes) -> dict[str, Any]:
        """What a request says. Raises Problem 400 or 422 with every fault."""
        read = Body(parsed(body or (b"{}" if self.none_needed else b"")))
        found = self.within(read)
        read.done()
        return found

    def within(self, read: Body) -> dict[str, Any]:
        read.only(list(self.fields))
        found = {}
        for name, each in self.fields.items():
            if name in read.values:
                found[name] = each.read(read, name)
            elif each.required:
                read.fault(name, f"{name!r} is missing.")
        return found

    def read(self, body: Body, name: str) -> Any:
        inner = body.within(name, required=True)
        return {} if inner is None else self.within(inner)

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {name: each.schema() for name, each in self.fields.items()},
            "required": [name for name, each in self.fields.items() if each.required],
            "additionalProperties": False,
        }


def given(body: Body, name: str, read: Any) -> Any:
    """A field that was sent must not be null, unless it says so."""
    if body.values[name] is None:
        body.fault(name, f"{name!r} must not be null.")
        return None
    return read()


# Answers


def a(kind: str, *, nullable: bool = False, **more: Any) -> Schema:
    """A value of an answer."""
    return {"type": [kind, "null"] if nullable else kind, **more}


TEXT: Final = a("string")
TEXT_OR_NULL: Final = a("string", nullable=True)
WHOLE: Final = a("integer")
WHOLE_OR_NULL: Final = a("integer", nullable=True)
INSTANT: Final = a("string", format="date-time")
INSTANT_OR_NULL: Final = a("string", nullable=True, format="date-time")
TRUTH: Final = a("boolean")
ANYTHING: Final[Schema] = {}
FILE: Final[Schema] = {"type": "string", "format": "binary"}
"""Bytes, sent as `application/octet-stream`."""
OBJECT: Final = a("object")
WORDS: Final[Schema] = {"type": "array", "items": TEXT}


def an_object(**properties: Schema) -> Schema:
    """An object with all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def a_list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def a_page(of: Schema) -> Schema:
    """A page of a list; `next` is the cursor of the following one, null on the last."""
    return an_object(items=a_list(of), next=TEXT_OR_NULL)
