"""Small words for templates: icons, avatars, chips, times, the desk's vocabulary. No queries, no decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deskwright.text.files import SHOWN_TYPES, harmful
from deskwright.web import keywords, telling, words
from deskwright.web.workspace.countdown import Countdown

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite. It is decoration: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', size, static("icons.svg"), name
    )


@register.tag
def standing(parser: Parser, _token: Token) -> Standing:
    """`{% standing %}…{% endstanding %}`: what says the same on every page, drawn once for each language."""
    nodes = parser.parse(("endstanding",))
    parser.delete_first_token()
    return Standing(nodes)


class Standing(template.Node):
    """Sees nothing of the page's context, so that nothing of one page can stand on another."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        key = (self, get_language())
        if key not in stood:
            stood[key] = self.nodelist.render(context.new({}))
        return stood[key]


stood: dict[tuple[Standing, str | None], SafeString] = {}


@register.simple_tag
@lru_cache(maxsize=4096)
def avatar(name: str | None, size: str = "") -> SafeString:
    """Initials on a colour that stays with the name; a dashed ring for nobody. Drawn once for each name."""
    text = (name or "").strip()
    letters, hue = words.initials(text)
    context = {"name": text, "initials": letters, "hue": hue, "size": size}
    return mark_safe(render_to_string("parts/avatar.html", context))


@register.simple_tag
def sign(kind: str, value: str) -> SafeString:
    """The icon of a priority or channel with its word for those who do not see it."""
    return drawn_sign(kind, value, get_language() or "")


@lru_cache(maxsize=512)
def drawn_sign(kind: str, value: str, language: str) -> SafeString:
    """Drawn once for each language."""
    context = {"icon": words.sign(kind, value), "word": words.word(kind, value), "kind": kind, "value": value}
    return mark_safe(render_to_string("parts/sign.html", context))


@register.filter
def ticket_url(number: int) -> str:
    """The address of a ticket, without resolving it anew for each line of a list."""
    return place_of("ticket").replace("/0/", f"/{number}/")


@register.filter
def customer_url(number: int) -> str:
    return place_of("customer").replace("/0/", f"/{number}/")


@register.filter
def organisation_url(number: int) -> str:
    return place_of("organisation").replace("/0/", f"/{number}/")


@cache
def place_of(name: str) -> str:
    return reverse(name, args=[0])


@register.inclusion_tag("parts/countdown.html")
def counted(clock: Countdown) -> dict[str, Any]:
    return {"clock": clock}


@register.filter
def icon_word(name: str) -> str:
    return str(words.DRAWN.get(name) or words.spoken(name.replace("-", " ")))


@register.filter
def spoken(name: object) -> str:
    return words.spoken(name)


@register.filter
def keyword(name: str, kind: str) -> str:
    return keywords.keyword(name, kind)


@register.filter
def told(sentence: object) -> str:
    """A sentence of the engine or the desk, as it is kept, in the reader's language."""
    return telling.told(sentence)


@register.filter
def told_each(sentences: Sequence[object]) -> list[str]:
    return [telling.told(one) for one in sentences]


@register.filter
def seen_value(value: object) -> object:
    """A value the workflow saw: an instant as people read it, anything else as it is."""
    if isinstance(value, str) and value[10:11] == "T":
        with suppress(ValueError):
            return moment(datetime.fromisoformat(value), "full")
    return telling.told(value) if isinstance(value, Mapping) else value


@register.filter
def status_word(value: str) -> str:
    return words.word("status", value)


@register.filter
def status_icon(value: str) -> str:
    return words.sign("status", value)


@register.filter
def minutes(number: int) -> str:
    return words.minutes(number)


@register.filter
def type_word(value: str) -> str:
    return words.ticket_type(value)


@register.filter
def type_icon(value: str) -> str:
    return words.type_sign(value)


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
    return format_html(
        '<time datetime="{}" data-style="{}" title="{} UTC">{}</time>',
        at.astimezone(UTC).isoformat(),
        style,
        words.moment(at, "full"),
        words.moment(at, style),
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
def is_picture(kind: str) -> bool:
    return kind in SHOWN_TYPES


@register.filter
def is_harmful(name: str) -> bool:
    return harmful(name)


@register.filter
def prose(text: str) -> SafeString:
    """Plain text of a customer: escaped, its line ends kept by the stylesheet, its addresses made links."""
    return mark_safe(urlize(text.strip(), nofollow=True, autoescape=True))


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with the words that were searched for marked."""
    found = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, end = [], 0
    for match in found.finditer(text):
        pieces.append(format_html("{}<mark>{}</mark>", text[end : match.start()], match[0]))
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))


@register.filter
def wants_notes(told_by: Mapping[str, Sequence[str]]) -> bool:
    """Whether any kind of notice is told as a note of the browser."""
    return any("browser" in ways for ways in (told_by or {}).values())
