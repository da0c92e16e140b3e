"""What templates need about mails: the plain words for how one went."""

from __future__ import annotations

from django import template

from deskwright.web import mail_words

register = template.Library()


@register.filter
def why_lost(said: str) -> str:
    """Why a mail did not arrive, from what a server said."""
    return mail_words.why(said)


@register.filter
def machine(kind: str) -> str:
    """What a mail no human wrote is."""
    return mail_words.machine(kind)


@register.filter
def why_suppressed(because: str) -> str:
    return mail_words.suppressed(because)


@register.filter
def only_of_kind(kind: str) -> str:
    """What is not sent to an address, where it is one kind of mail."""
    return str(mail_words.OF_A_KIND[kind])


@register.filter
def mail_state(state: str) -> str:
    return str(mail_words.STATES[state][1])


@register.filter
def mail_icon(state: str) -> str:
    return mail_words.STATES[state][0]
