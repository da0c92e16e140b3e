"""What monitoring says, in two forms: Alertmanager's webhook and a plain JSON. Reads bytes; opens nothing.

One post may carry many signals. Each names its incident by a key: what has the same key is the same trouble.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

FORMS: Final = ("plain", "alertmanager")
FIRING, RESOLVED = "firing", "resolved"
STATES: Final = (FIRING, RESOLVED)
MOST: Final = 1_000
"""Signals in one post."""
LONGEST: Final = {"key": 500, "state": 20, "title": 1_000, "text": 50_000, "severity": 80, "url": 2_000}
LABELS: Final = 100
LONGEST_LABEL: Final = 2_000
KNOWN: Final = ("key", "state", "title", "text", "severity", "labels", "url")
GROUPED: Final = ("alert", "group")
"""What is one incident in Alertmanager's form: each alert, or the group it was sent in."""

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that fires, or has stopped."""

    key: str
    firing: bool
    title: str
    text: str = ""
    severity: str = ""
    labels: Labels = field(default_factory=dict)
    url: str = ""
    times: int = 1
    """How many alerts it stands for."""


class Unreadable(ValueError):
    """The body is not in the form it should be in; `pointer` (RFC 6901) says where."""

    def __init__(self, pointer: str, sentence: str) -> None:
        super().__init__(sentence)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read. `by`: labels that make the key instead of the sender's own."""

    form: str = "plain"
    by: Sequence[str] = ()
    grouped: str = "group"


def read(body: bytes, reading: Reading) -> list[Signal]:
    """The signals of one post, in its order. Raises Unreadable."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as trouble:
        raise Unreadable("", f"The body is not JSON: {trouble}") from trouble
    return FORM[reading.form](document, reading)


def plain(document: Any, reading: Reading) -> list[Signal]:
    """One signal, or a list of them."""
    several = document if isinstance(document, list) else [document]
    if not 0 < len(several) <= MOST:
        raise Unreadable("", f"Send one alert, or a list of 1 to {MOST:,}.")
    return [plain_one(one, f"/{place}" if several is document else "", reading) for place, one in enumerate(several)]


def plain_one(one: Any, where: str, reading: Reading) -> Signal:
    said = mapping(one, where)
    if strange := sorted(set(said) - set(KNOWN)):
        raise Unreadable(f"{where}/{strange[0]}", f"There is no field {strange[0][:80]!r}. Known: {', '.join(KNOWN)}.")
    state = text(said, "state", where) or FIRING
    if state not in STATES:
        raise Unreadable(f"{where}/state", f"state must be one of {', '.join(STATES)}.")
    title, labels = text(said, "title", where), labels_of(said.get("labels"), f"{where}/labels")
    key = keyed(labels, reading.by) or text(said, "key", where)
    if not title and (state == FIRING or not key):
        raise Unreadable(f"{where}/title", "An alert needs a title.")
    severity = text(said, "severity", where) or labels.get("severity", "")
    words = text(said, "text", where), severity, labels, text(said, "url", where)
    return Signal(key or hashed({"title": title, **labels}), state == FIRING, title, *words)


def alertmanager(document: Any, reading: Reading) -> list[Signal]:
    """Alertmanager's webhook, version 4: its group as one signal, or each of its alerts."""
    said = mapping(document, "")
    alerts = said.get("alerts")
    if not isinstance(alerts, list) or not 0 < len(alerts) <= MOST:
        raise Unreadable("/alerts", f"alerts must be a list of 1 to {MOST:,} alerts, as Alertmanager sends it.")
    known = [alert_of(one, f"/alerts/{place}", reading) for place, one in enumerate(alerts)]
    return [group_of(said, known)] if reading.grouped == "group" and not reading.by else known


def alert_of(one: Any, where: str, reading: Reading) -> Signal:
    said = mapping(one, where)
    labels = labels_of(said.get("labels"), f"{where}/labels")
    about = labels_of(said.get("annotations"), f"{where}/annotations")
    state = said.get("status", FIRING)
    if state not in STATES:
        raise Unreadable(f"{where}/status", f"status must be one of {', '.join(STATES)}.")
    title = about.get("summary") or about.get("title") or named(labels)
    fingerprint = text(said, "fingerprint", where, 500)
    key = keyed(labels, reading.by) or fingerprint or hashed(labels)
    words = about.get("description") or about.get("message") or ""
    return Signal(key, state == FIRING, title, words, labels.get("severity", ""), labels, link(said))


def group_of(said: Mapping[str, Any], alerts: Sequence[Signal]) -> Signal:
    """The whole group: it fires while any of its alerts does, and is as bad as the worst of them."""
    labels = labels_of(said.get("commonLabels"), "/commonLabels")
    about = labels_of(said.get("commonAnnotations"), "/commonAnnotations")
    firing = [one for one in alerts if one.firing]
    shown = firing or list(alerts)
    key = text(said, "groupKey", "", 2_000) or hashed(labels_of(said.get("groupLabels"), "/groupLabels") or labels)
    return Signal(
        key=key if len(key) <= LONGEST["key"] else hashed({"groupKey": key}),
        firing=bool(firing),
        title=about.get("summary") or (shown[0].title if len(shown) == 1 else named(labels) or shown[0].title),
        text=listed(about, shown),
        severity=worst([one.severity for one in shown]),
        labels=labels,
        url=text(said, "externalURL", "", 2_000),
        times=max(1, len(firing)),
    )


def listed(about: Labels, alerts: Sequence[Signal]) -> str:
    """What is common, then each alert on a line of its own."""
    common = about.get("description", "")
    lines = [f"- {one.title}" + (f": {one.text}" if one.text and one.text != common else "") for one in alerts[:50]]
    more = [f"... and {len(alerts) - 50} more"] if len(alerts) > 50 else []
    return "\n".join([*([common, ""] if common else []), *lines, *more] if len(alerts) > 1 else [alerts[0].text])


def named(labels: Labels) -> str:
    """A title where nobody wrote one: the alert's name and where it is."""
    places = [labels[name] for name in ("service", "job", "instance") if labels.get(name)]
    name = labels.get("alertname", "Alert")
    return f"{name} ({', '.join(places)})" if places else name


def keyed(labels: Labels, by: Sequence[str]) -> str:
    """The key that these labels make; "" where the alert has none of them."""
    values = [labels.get(name, "") for name in by]
    if not any(values):
        return ""
    key = "/".join(values)
    return key if len(key) <= LONGEST["key"] else hashed(dict(zip(by, values, strict=True)))


def hashed(labels: Labels) -> str:
    written = orjson.dumps(dict(labels), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(written).hexdigest()[:32]


def worst(severities: Sequence[str]) -> str:
    """The most urgent of these words; an unknown one is last."""
    return max(severities, key=lambda word: RANKS.get(word.casefold(), 0), default="")


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(where, "Here must be an object.")
    return value


def text(said: Mapping[str, Any], name: str, where: str, longest: int = 0) -> str:
    """A text of at most its longest; "" for none. A longer one is cut where it is only read by people."""
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"{where}/{name}", f"{name} must be a text.")
    most = longest or LONGEST[name]
    value = value.replace("\x00", "").strip()
    if len(value) > most and name not in {"title", "text"}:
        raise Unreadable(f"{where}/{name}", f"{name} may have at most {most:,} characters.")
    return value[:most]


def labels_of(value: Any, where: str) -> dict[str, str]:
    if value is None:
        return {}
    said = mapping(value, where)
    if len(said) > LABELS:
        raise Unreadable(where, f"At most {LABELS} labels.")
    return {str(name).replace("\x00", "")[:200]: written(one)[:LONGEST_LABEL] for name, one in said.items()}


def written(value: Any) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else orjson.dumps(value).decode()


def link(said: Mapping[str, Any]) -> str:
    url = said.get("generatorURL")
    return url[: LONGEST["url"]].replace("\x00", "") if isinstance(url, str) else ""


FORM: Final[Mapping[str, Callable[[Any, Reading], list[Signal]]]] = {"plain": plain, "alertmanager": alertmanager}
PRIORITIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("critical", "page", "fatal", "emergency", "disaster", "p1", "sev1"), "critical"),
    **dict.fromkeys(("error", "high", "major", "severe", "p2", "sev2"), "high"),
    **dict.fromkeys(("warning", "warn", "average", "medium", "p3", "sev3"), "medium"),
    **dict.fromkeys(("info", "information", "minor", "low", "notice", "none", "p4", "sev4"), "low"),
}
"""The words monitoring uses for how bad it is -> the desk's priorities."""
RANKS: Final[Mapping[str, int]] = {
    word: 1 + ("low", "medium", "high", "critical").index(priority) for word, priority in PRIORITIES.items()
}
