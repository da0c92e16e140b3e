"""What the customer said about the answer, as the ticket's side panel shows it. Works on the events as stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple


class Rating(NamedTuple):
    score: int
    comment: str
    at: datetime
    stars: Sequence[bool]
    """Five: whether each is given."""


def latest(events: Sequence[Mapping[str, Any]]) -> Rating | None:
    """The latest answer to a survey, None without any."""
    answers = [event for event in events if event["kind"] == "survey_answered"]
    if not answers:
        return None
    data = answers[-1]["data"]
    score = int(data["csat"])
    return Rating(score, data.get("comment") or "", answers[-1]["at"], [place <= score for place in range(1, 6)])
