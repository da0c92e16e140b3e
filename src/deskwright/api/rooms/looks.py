"""What the desk shows of itself: its name and looks, brands under other host names, where its form may be embedded."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    ADDRESS,
    COLOUR,
    OBJECT,
    TEXT,
    TRUTH,
    WHOLE,
    WORDS,
    Bytes,
    Fields,
    Shape,
    Text,
    Texts,
    Wordings,
    an_object,
)
from deskwright.api.things import Things, as_told, held
from deskwright.desk import clock
from deskwright.desk.answering import signatures
from deskwright.desk.settings import brands, furnishing, house
from deskwright.store.models import Brand

LOOKS: Final[Fields] = {
    "name": Text(80),
    "accent": Text(7, like=COLOUR),
    "portal_title": Text(120),
    "portal_about": Text(600),
    "logo": Bytes(furnishing.MOST_LOGO, nullable=True),
}
BRANDING: Final = an_object(name=TEXT, accent=TEXT, portal_title=TEXT, portal_about=TEXT, has_logo=TRUTH)
BRAND: Final = an_object(
    id=WHOLE,
    host=TEXT,
    name=TEXT,
    accent=TEXT,
    portal_title=TEXT,
    portal_about=TEXT,
    tag=TEXT,
    has_logo=TRUTH,
    address=TEXT,
    sender_name=TEXT,
    signature=TEXT,
    signatures=OBJECT,
)
OF_BRAND: Final[Fields] = {
    **LOOKS,
    "host": Text(253),
    "tag": Text(60, like="[A-Za-z0-9_-]*"),
    "address": Text(254, like=ADDRESS),
    "sender_name": Text(80),
    "signature": Text(2000),
    "signatures": Wordings(2000),
}
NEW: Final = Shape({**OF_BRAND, "host": Text(253, required=True), "name": Text(80, required=True)})
ORIGINS: Final = Shape({"origins": Texts(300, brands.MOST_ORIGINS, required=True)})
EMBEDDED: Final = an_object(origins=WORDS)


def branding(_asked: Asked) -> Any:
    known = house.house()
    return {name: getattr(known, name) for name in furnishing.BRANDING} | {"has_logo": bool(known.logo_type)}


def change_branding(asked: Asked) -> Any:
    """A logo is a PNG, JPEG or WebP picture in base64; null takes it away."""
    furnishing.brand(asked.agent, asked.sent, now=clock.now(), logo=asked.sent.get("logo"))
    return branding(asked)


def make(asked: Asked) -> int:
    return brands.keep(asked.agent, None, signatures.checked(asked.sent), now=clock.now(), logo=asked.sent.get("logo"))


def change(asked: Asked, brand: Brand) -> None:
    values = held(brand, brands.KEPT, signatures.checked(asked.sent))
    brands.keep(asked.agent, brand.pk, values, now=clock.now(), logo=asked.sent.get("logo"))


def embedded(_asked: Asked) -> Any:
    return {"origins": list(house.house().embed_origins)}


def embed(asked: Asked) -> Any:
    """None: nobody may."""
    brands.embed(asked.agent, asked.sent["origins"], now=clock.now())
    return embedded(asked)


THINGS: Final = Things(
    "/brands",
    "a brand",
    "brands",
    brands.RIGHT,
    lambda _: Brand.objects.defer("logo"),
    as_told(BRAND, has_logo=lambda brand: bool(brand.logo_type)),
    BRAND,
)
ROUTES: Final = (
    THINGS.elsewhere("GET", "/branding", branding, "Show the desk's name and looks", gives=BRANDING),
    THINGS.elsewhere(
        "PATCH", "/branding", change_branding, "Change the desk's name and looks", takes=Shape(LOOKS), gives=BRANDING
    ),
    THINGS.elsewhere("GET", "/embedding", embedded, "List the sites that may embed the form", gives=EMBEDDED),
    THINGS.elsewhere("PUT", "/embedding", embed, "Say which sites may embed the form", takes=ORIGINS, gives=EMBEDDED),
    THINGS.lists(),
    THINGS.makes(make, NEW),
    THINGS.shows(),
    THINGS.changes(change, Shape(OF_BRAND)),
    THINGS.removes(brands.remove),
)
