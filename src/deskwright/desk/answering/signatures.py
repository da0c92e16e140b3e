"""What stands under a reply: the agent's signature, then the brand's, team's or desk's, in Markdown with variables."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.channels.email.markdown import as_text, markdown_html
from deskwright.desk.answering.letters import house_of, sender_of
from deskwright.desk.answering.wording import CODE, LANGUAGES
from deskwright.desk.cases import Case
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.house import house
from deskwright.store.models import Agent

VARIABLES: Final[Mapping[str, str]] = {
    "agent": "Ada Quill",
    "agent_email": "ada@desk.example",
    "desk": "Our desk",
    "team": "Billing",
    "number": "1042",
    "customer": "Mina Holt",
}
"""name -> an example. `team` is the sender's name, `desk` the brand's or the desk's."""


def under(words: str, case: Case, agent: Agent | None) -> str:
    """The words with the signatures below them."""
    sender = sender_of(case)
    values = {
        "agent": agent.name if agent else "",
        "agent_email": agent.email if agent else "",
        "desk": house_of(case).name,
        "team": sender.name,
        "number": str(case.row["id"]),
        "customer": case.party.customer.name,
    }
    written = [agent.signature if agent else "", sender.signature]
    parts = [Template(one).safe_substitute(values).strip() for one in written]
    return "\n\n".join([words, *(part for part in parts if part)]).strip()


def check(signature: str, field: str = "signature") -> None:
    """Raises Invalid for a variable that is none, or a lone dollar sign."""
    template = Template(signature)
    if not template.is_valid():
        sentence = _("A $ must be followed by a variable's name; write $$ for a dollar sign.")
        raise Invalid(sentence, {field: sentence})
    unknown = [name for name in template.get_identifiers() if name not in VARIABLES]
    if unknown:
        known = ", ".join(f"${name}" for name in VARIABLES)
        sentence = _("Nothing is named $%(name)s. Known: %(known)s.") % {"name": unknown[0], "known": known}
        raise Invalid(sentence, {field: sentence})


def languages(*written: Mapping[str, str]) -> dict[str, str]:
    """Language -> its name, of those the desk writes letters or these signatures in."""
    own = sorted({language for _, language in house().words} | {code for one in written for code in one})
    return {code: LANGUAGES.get(code, code) for code in (*LANGUAGES, *own)}


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their `signature` and `signatures` checked, empty ones of languages left out. Raises Invalid."""
    check(values.get("signature", ""))
    if "signatures" not in values:
        return dict(values)
    kept = {code.lower(): text for code, text in values["signatures"].items() if text.strip()}
    for code, text in kept.items():
        if not CODE.fullmatch(code):
            sentence = _("A language is written as its code, such as nl or pt-br.")
            raise Invalid(sentence, {"signatures": sentence})
        check(text, "signatures")
    return {**values, "signatures": kept}


def example(signature: str) -> tuple[str, str]:
    """(text, HTML) of the signature with the examples of `VARIABLES`."""
    words = Template(signature).safe_substitute(VARIABLES).strip()
    return as_text(words), markdown_html(words)
