"""Reads what people write: language and mood. Pure functions on strings; knows no ticket, channel or store."""

from __future__ import annotations

from deskwright.text.excerpt import excerpt
from deskwright.text.language import language
from deskwright.text.reading import TextReading, read
from deskwright.text.sentiment import sentiment

__all__ = ["TextReading", "excerpt", "language", "read", "sentiment"]
