"""Agents' Markdown as HTML for a mail: sanitised, with the few styles inline that mail programs need."""

from __future__ import annotations

from functools import cache

import nh3
from markdown_it import MarkdownIt

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
}
TAGS = set(STYLES) | {
    "a", "b", "br", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "li", "s", "strong", "tbody", "thead", "tr",
}  # fmt: skip


def markdown_html(text: str) -> str:
    """An HTML fragment. Raw HTML in the Markdown shows as text; line breaks stay; images are not shown."""
    return nh3.clean(
        _markdown().render(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        set_tag_attribute_values={tag: {"style": style} for tag, style in STYLES.items()},
    ).strip()


@cache
def _markdown() -> MarkdownIt:
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).disable("image")
