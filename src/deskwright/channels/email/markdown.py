"""Agents' Markdown as HTML for a mail: sanitised, with the few styles inline that mail programs need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from types import MappingProxyType
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

PICTURE: Final = re.compile(r"!\[([^\]\n]*)\]\(cid:[\w.-]+\)")
NO_PICTURES: Final[Mapping[str, str]] = MappingProxyType({})

STYLES = {
    "p": "margin:0 0 1em",
    "pre": "margin:0 0 1em;padding:8px 12px;background-color:#f4f4f5;overflow:auto",
    "code": "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:0.92em",
    "blockquote": "margin:0 0 1em;padding:0 0 0 12px;border-left:3px solid #d4d4d8;color:#52525b",
    "table": "border-collapse:collapse;margin:0 0 1em",
    "th": "border:1px solid #d4d4d8;padding:4px 8px;text-align:left",
    "td": "border:1px solid #d4d4d8;padding:4px 8px",
    "ul": "margin:0 0 1em;padding-left:24px",
    "ol": "margin:0 0 1em;padding-left:24px",
    "hr": "border:0;border-top:1px solid #d4d4d8",
    "img": "max-width:100%;height:auto",
}
TAGS = set(STYLES) | {
    "a", "b", "br", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "li", "s", "strong", "tbody", "thead", "tr",
}  # fmt: skip


ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "img": {"src", "alt"}}


def markdown_html(text: str, pictures: Mapping[str, str] = NO_PICTURES) -> str:
    """An HTML fragment. Raw HTML in the Markdown shows as text; line breaks stay.

    `pictures` are addresses by content id: `![name](cid:id)` shows one. Any other image is a link: nothing is loaded
    from elsewhere.
    """
    return nh3.clean(
        _markdown().render(text, {"pictures": pictures}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        attribute_filter=_allowed,
        set_tag_attribute_values={tag: {"style": style} for tag, style in STYLES.items()},
    ).strip()


def in_mail(content_ids: Sequence[str]) -> dict[str, str]:
    """The addresses of pictures that travel with the mail."""
    return {name: f"cid:{name}" for name in content_ids}


def as_text(text: str) -> str:
    """The Markdown as the plain side of a mail: pictures that came along are named."""
    return PICTURE.sub(lambda found: f"[{found[1] or 'image'}]", text)


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    return None if tag == "a" and value.lower().startswith("cid:") else value


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    """A picture that came along, else a link with its words."""
    token = tokens[index]
    source, words = str(token.attrs.get("src", "")), escape(token.content)
    if not source.startswith("cid:"):
        return f'<a href="{escape(source)}">{words or escape(source)}</a>'
    address = env["pictures"].get(source.removeprefix("cid:"))
    return f'<img src="{escape(address)}" alt="{words}">' if address else f"<em>{words}</em>"


@cache
def _markdown() -> MarkdownIt:
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _image)
    return markdown
