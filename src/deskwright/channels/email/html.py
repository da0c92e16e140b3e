"""HTML of mails, made safe to show. Loads nothing; what it lets through is an allow-list."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

import nh3

LONGEST = 1024 * 1024
"""Characters of HTML that are read."""
TAG_NAMES = """
    a abbr b big blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6
    hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var
"""
TAGS = set(TAG_NAMES.split())
DROPPED = {"script", "style", "title", "noscript", "template", "textarea", "select", "button", "svg", "math"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align", "valign", "bgcolor"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "width", "height"},
    "th": {"colspan", "rowspan", "width", "height"},
    "col": {"span", "width"},
    "ol": {"start", "type"},
    "li": {"value"},
}
DEEPEST = 300
TAG = re.compile(
    r"<(/?)(?:div|span|table|blockquote|font|center|ul|ol|b|i|u|s|a|em|strong|small|big|section|article|form)\b",
    re.IGNORECASE,
)
"""Tags that stay open until they are closed."""
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
STYLE_NAMES = """
    background-color border border-bottom border-collapse border-color border-left border-radius border-right
    border-spacing border-style border-top border-width color direction font font-family font-size font-style
    font-variant font-weight letter-spacing line-height list-style-type margin margin-bottom margin-left
    margin-right margin-top padding padding-bottom padding-left padding-right padding-top text-align
    text-decoration text-indent text-transform vertical-align white-space width word-break word-spacing
"""
STYLES = set(STYLE_NAMES.split())
PICTURE = re.compile(r"\A(?:cid:|data:image/(?:png|jpe?g|gif|webp|bmp);base64,)", re.IGNORECASE)
LINK = re.compile(r"\A(?:https?:|mailto:|tel:)", re.IGNORECASE)
REMOTE_STYLE = re.compile(r"url\s*\(|expression|@import|\\", re.IGNORECASE)


def sanitise(page: str, pictures: Collection[str] = ()) -> str:
    """The HTML without anything that runs, submits, loads from elsewhere or leaves its place. `cid:` pictures stay, and
    so do those that came with the mail and are named by their content ids (`pictures`) in another way.
    """
    named = frozenset(one for one in pictures if f'"{one}"' in page or f"'{one}'" in page)
    return (cleaner(named) if named else CLEANER).clean(bounded(page)).strip()


def bounded(page: str) -> str:
    """The page, or its bare words where it is nested so deep that no mail program wrote it: depth costs its square."""
    head = page[:LONGEST]
    if head.count("<") <= DEEPEST:
        return head
    depth = 0
    for match in TAG.finditer(head):
        depth += -1 if match[1] else 1
        if depth > DEEPEST:
            return from_text(ANY_TAG.sub(" ", head))
    return head


def allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value where it may stay, None where the attribute goes."""
    if tag == "img" and attribute == "src":
        return value if PICTURE.match(value.strip()) else None
    if attribute == "href":
        return value if LINK.match(value.strip()) else None
    if attribute == "style" and REMOTE_STYLE.search(value):
        return None
    return value


def from_text(text: str) -> str:
    """Plain text as HTML that keeps its lines."""
    return f'<div style="white-space:pre-wrap">{escape(text)}</div>'


def cleaner(pictures: Collection[str] = ()) -> nh3.Cleaner:
    """One that lets stay what is allowed, and turns pictures with these names into `cid:` ones."""

    def kept(tag: str, attribute: str, value: str) -> str | None:
        named = tag == "img" and attribute == "src" and value.strip() in pictures
        return f"cid:{value.strip()}" if named else allowed(tag, attribute, value)

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=kept if pictures else allowed,
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    )


CLEANER = cleaner()
