"""Agents' Markdown as the page shows it: as in the mail, without the inline styles that the page's policy forbids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import nh3
from django.utils.safestring import SafeString, mark_safe

from deskwright.channels.email.markdown import ATTRIBUTES, NO_PICTURES, TAGS, markdown_html


def page_html(text: str, pictures: Mapping[str, str] = NO_PICTURES) -> SafeString:
    """Clean HTML for a page; everything not on the allow-list of the mail is gone, and so are its styles.

    `pictures` are their addresses by content id.
    """
    html = markdown_html(text, pictures)
    return mark_safe(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener noreferrer"))


def with_mentions(html: SafeString, names: Sequence[str]) -> SafeString:
    """The HTML with `@Name` marked wherever it stands in the words, never within a tag."""
    if not names:
        return html
    longest_first = sorted(map(escape, names), key=len, reverse=True)
    mark = re.compile(rf"@({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    parts = re.split(r"(<[^>]*>)", html)
    marked = (part if part.startswith("<") else mark.sub(r'<span class="mention">@\1</span>', part) for part in parts)
    return mark_safe("".join(marked))
