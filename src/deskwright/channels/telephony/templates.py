"""The text of a message template: `{{1}}` or `{{name}}` where something is filled in, as WhatsApp writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACE: Final = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}", re.ASCII)
LONGEST: Final = 1024
"""Characters of a template that WhatsApp approves."""


def names_in(text: str) -> list[str]:
    """What is to be filled in, each once, in the order of the text."""
    return list(dict.fromkeys(PLACE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for what has no value."""
    return PLACE.sub(lambda found: values[found[1]], text)
