"""Agents' Markdown as the page shows it: as in the mail, without the inline styles that the page's policy forbids."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe

from deskwright.channels.email.markdown import TAGS, markdown_html


def page_html(text: str) -> SafeString:
    """Clean HTML for a page; everything not on the allow-list of the mail is gone, and so are its styles."""
    attributes = {"a": {"href", "title"}, "ol": {"start"}}
    return mark_safe(nh3.clean(markdown_html(text), tags=TAGS, attributes=attributes, link_rel="noopener noreferrer"))
