"""An accent colour made readable: shades for light and dark that keep the contrast WCAG 2.2 AA asks for."""

from __future__ import annotations

from typing import Final, NamedTuple

AA: Final = 4.5
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
DARK_PAPER: Final = (38, 41, 48)
"""The lightest ground of the dark theme."""
DARK_INK: Final = (20, 22, 28)
STEPS: Final = 50

Colour = tuple[int, int, int]


class Shades(NamedTuple):
    """`#rrggbb` each. `ink` is what is written on the accent."""

    light: str
    light_strong: str
    dark: str
    dark_strong: str
    light_ink: str
    dark_ink: str


def shades(accent: str) -> Shades:
    """The accent darkened until it can be read on white and lightened until it can be read on dark paper."""
    colour = read(accent)
    light = readable(colour, WHITE, BLACK)
    dark = readable(colour, DARK_PAPER, WHITE)
    strong = mixed(light, BLACK, 0.16), mixed(dark, WHITE, 0.25)
    known = (light, strong[0], dark, strong[1], WHITE, DARK_INK)
    return Shades(*(written(one) for one in known))


def readable(colour: Colour, ground: Colour, towards: Colour) -> Colour:
    """The colour, moved as little as needed to have the contrast to its ground."""
    for step in range(STEPS + 1):
        found = mixed(colour, towards, step / STEPS)
        if contrast(found, ground) >= AA:
            return found
    return towards


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21, as WCAG defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    red, green, blue = (linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def read(accent: str) -> Colour:
    """Raises ValueError for anything but `#rrggbb`."""
    if len(accent) != 7 or accent[0] != "#":
        raise ValueError(f"{accent!r} is not a colour")
    return int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16)


def written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
