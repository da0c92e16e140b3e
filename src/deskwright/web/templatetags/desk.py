"""Small words for templates: icons, avatars, chips, times, the desk's vocabulary. No queries, no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from deskwright.web import words
from deskwright.web.workspace.countdown import Countdown, countdown
from deskwright.web.workspace.markdown import page_html

register = template.Library()
HUES = 6


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite. It is decoration: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', size, static("icons.svg"), name
    )


@register.inclusion_tag("parts/avatar.html")
def avatar(name: str | None, size: str = "") -> dict[str, Any]:
    """Initials on a colour that stays with the name; a dashed ring for nobody."""
    text = (name or "").strip()
    letters = [part[0] for part in text.split() if part[0].isalnum()]
    initials = (letters[0] + letters[-1] if len(letters) > 1 else text[:2]).upper()
    return {"name": text, "initials": initials, "hue": sum(map(ord, text)) % HUES, "size": size}


@register.inclusion_tag("parts/countdown.html")
def clock(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The countdown of a row's most urgent clock."""
    return {"clock": countdown(row, now)}


@register.inclusion_tag("parts/countdown.html")
def counted(clock: Countdown) -> dict[str, Any]:
    return {"clock": clock}


@register.filter
def spoken(name: object) -> str:
    return words.spoken(name)


@register.filter
def plain(text: str) -> str:
    return words.plain(text)


@register.filter
def seen_value(value: object) -> object:
    """A value the workflow saw: an instant as people read it, anything else as it is."""
    if isinstance(value, str) and value[10:11] == "T":
        with suppress(ValueError):
            return moment(datetime.fromisoformat(value), "full")
    return value


@register.filter
def status_word(value: str) -> str:
    return words.word("status", value)


@register.filter
def status_icon(value: str) -> str:
    return words.sign("status", value)


@register.filter
def priority_word(value: str) -> str:
    return words.word("priority", value)


@register.filter
def priority_icon(value: str) -> str:
    return words.sign("priority", value)


@register.filter
def channel_word(value: str) -> str:
    return words.word("channel", value)


@register.filter
def channel_icon(value: str) -> str:
    return words.sign("channel", value)


@register.filter
def metric_word(value: str) -> str:
    return words.metric(value)


@register.filter
def moment(at: datetime | None, style: str = "short") -> SafeString:
    """A `<time>` in UTC, which the browser rewrites in its own zone. Styles: short | full | day."""
    if at is None:
        return SafeString("")
    utc = at.astimezone(UTC)
    text = {
        "short": f"{utc.day} {utc:%b %H:%M}",
        "full": f"{utc.day} {utc:%b %Y, %H:%M}",
        "day": f"{utc.day} {utc:%b %Y}",
    }
    return format_html(
        '<time datetime="{}" data-style="{}" title="{}">{}</time>',
        utc.isoformat(),
        style,
        text["full"] + " UTC",
        text[style],
    )


@register.filter
def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in one short word."""
    if at is None:
        return ""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(number)s m") % {"number": minutes}
    if minutes < 24 * 60:
        return _("%(number)s h") % {"number": minutes // 60}
    return _("%(number)s d") % {"number": minutes // (24 * 60)}


@register.filter
def prose(text: str) -> SafeString:
    """Plain text of a customer: escaped, its line ends kept by the stylesheet, its addresses made links."""
    return mark_safe(urlize(text.strip(), nofollow=True, autoescape=True))


@register.filter
def markdown(text: str) -> SafeString:
    """An agent's Markdown as clean HTML."""
    return page_html(text)
