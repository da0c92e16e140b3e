"""How many text messages a text takes: 160 characters of the GSM alphabet, 70 of any other; less each when several.

Formula: 3GPP TS 23.038 (alphabet) and 23.040 (concatenation: 153 and 67).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED: Final = frozenset("^{}\\[~]|€\f")
"""Each takes two places."""


@dataclass(frozen=True, slots=True)
class Length:
    units: int
    segments: int
    plain: bool
    """The GSM alphabet was enough."""


def measure(text: str) -> Length:
    if all(letter in BASIC or letter in ESCAPED for letter in text):
        sizes = [2 if letter in ESCAPED else 1 for letter in text]
        return Length(sum(sizes), filled(sizes, 160, 153), True)
    sizes = [len(letter.encode("utf-16-be")) // 2 for letter in text]
    return Length(sum(sizes), filled(sizes, 70, 67), False)


def filled(sizes: list[int], alone: int, together: int) -> int:
    """Messages needed; a letter of two places is not torn apart."""
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    segments, room = 1, together
    for size in sizes:
        if size > room:
            segments, room = segments + 1, together
        room -= size
    return segments
