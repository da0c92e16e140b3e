"""Constants as the type of the fact they are compared with. Refuses what could never be equal, and says what would."""

from __future__ import annotations

from datetime import UTC, date, datetime

from deskwright.engine import durations
from deskwright.engine.conditions.syntax import Literal, Value
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.vocabulary.names import Name


class Fault(Exception):
    """`at` is the offset in the condition."""

    def __init__(self, at: int, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.suggestion = suggestion


def typed(literal: Literal, name: Name, *, loose: bool = True) -> Literal:
    """The constant as `name` needs it. Raises Fault. `loose` is for equality; a choice needs an order otherwise."""
    match name.kind:
        case "choice":
            return Literal(_choice(literal, name, loose), literal.at, literal.end)
        case "text" | "word":
            return Literal(_word(literal, name), literal.at, literal.end)
        case "number" | "minutes":
            return Literal(_number(literal, name), literal.at, literal.end)
        case "boolean":
            if isinstance(literal.value, bool):
                return literal
            raise Fault(literal.at, _("%(name)s is true or false", name=name.name), _truth(literal.value))
        case "date":
            return Literal(_date(literal, name), literal.at, literal.end)
        case "instant":
            return Literal(_instant(literal, name), literal.at, literal.end)
    raise Fault(literal.at, _("%(name)s cannot be compared with a constant", name=name.name))


def _choice(literal: Literal, name: Name, loose: bool) -> str:
    if not loose and not name.ordered:
        raise Fault(literal.at, _("%(name)s has no order; use ==, != or IN", name=name.name))
    written = literal.value
    if isinstance(written, str) and written.lower() in name.words:
        return written.lower()
    if isinstance(written, str) and written in name.words:
        return written
    same = {word.lower(): word for word in name.words}
    if isinstance(written, str) and written.lower() in same:
        return same[written.lower()]
    near = meant(str(written), name.words)
    raise Fault(
        literal.at,
        _(
            "%(name)s is never %(written)s; it is one of %(words)s",
            name=name.name,
            written=_said(written),
            words=", ".join(name.words),
        ),
        f"'{near}'" if near else None,
    )


def _word(literal: Literal, name: Name) -> str:
    written = literal.value
    if not isinstance(written, str):
        raise Fault(
            literal.at,
            _(
                "%(name)s is compared with a text in quotes, not with %(written)s",
                name=name.name,
                written=_said(written),
            ),
        )
    if name.kind == "word" and written not in name.words:
        same = {word.lower(): word for word in name.words}
        return same.get(written.lower(), written)
    return written


def _number(literal: Literal, name: Name) -> int | float:
    written = literal.value
    if isinstance(written, (int, float)) and not isinstance(written, bool):
        return written
    if isinstance(written, str) and name.kind == "minutes":
        return _minutes(literal, written)
    plain = isinstance(written, str) and written.strip().lstrip("-").replace(".", "", 1).isdigit()
    raise Fault(
        literal.at,
        _("%(name)s is a number, not %(written)s", name=name.name, written=_said(written)),
        str(written).strip() if plain else None,
    )


def _minutes(literal: Literal, written: str) -> int:
    try:
        duration = durations.parse(written)
    except ValueError as refusal:
        raise Fault(literal.at, str(refusal)) from None
    if duration.business_days:
        raise Fault(literal.at, _("business days depend on a calendar; write hours or calendar days"))
    return duration.minutes


def _date(literal: Literal, name: Name) -> date:
    try:
        return date.fromisoformat(str(literal.value))
    except ValueError:
        hint = (
            _("; days_until(%(name)s) counts the days", name=name.name)
            if isinstance(literal.value, (int, float))
            else ""
        )
        raise Fault(
            literal.at, _("%(name)s is a date; write it like '2026-12-31'%(hint)s", name=name.name, hint=hint)
        ) from None


def _instant(literal: Literal, name: Name) -> datetime:
    try:
        moment = datetime.fromisoformat(str(literal.value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = _("%(name)s is a moment; write it like '2026-12-31' or '2026-12-31 14:00' (UTC)", name=name.name)
        raise Fault(literal.at, message) from None


def _truth(written: Value) -> str | None:
    return {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}.get(
        str(written).lower()
    )


def _said(written: Value) -> str:
    if isinstance(written, bool):
        return "true" if written else "false"
    text = repr(written)
    return text if len(text) <= 60 else f"{text[:57]}..."
