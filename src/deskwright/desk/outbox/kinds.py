"""Kinds of mail nobody asked for: its readers can stop each of them. Answers to a ticket are of none."""

from __future__ import annotations

from typing import Final

SURVEY: Final = "survey"
PROACTIVE: Final = "proactive"
BROADCAST: Final = "broadcast"
KINDS: Final = (SURVEY, PROACTIVE, BROADCAST)
