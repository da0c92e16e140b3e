"""The variables of a macro's text: `{{ requester.first_name }}`, or with what to say otherwise
`{{ requester.first_name | default: "there" }}`.

What has no value stays in the text as a gap, marked as it was written, and keeps a reply from being sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid
from deskwright.engine.problems import meant
from deskwright.engine.workflow import FieldSpec, Workflow

BRACES: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
INSIDE: Final = re.compile(r"""\s*([A-Za-z_][\w.]*)\s*(?:\|\s*default\s*:\s*(?:"([^"]*)"|'([^']*)')\s*)?""")
STANDARD: Final = (
    "requester.name",
    "requester.first_name",
    "requester.email",
    "requester.language",
    "ticket.id",
    "ticket.subject",
    "ticket.status",
    "ticket.priority",
    "ticket.category",
    "ticket.queue",
    "agent.name",
    "agent.first_name",
    "agent.email",
    "organisation.name",
    "organisation.tier",
)
OWNERS: Final = {"ticket": "ticket", "customer": "requester", "organisation": "organisation"}
"""Whose field -> how a macro calls them."""
LOUD: Final = re.compile(r"[\[\]<>`]")
"""What would become a link, a tag or code inside somebody's name."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` ready to be sent, but for the `gaps`: variables without a value, still standing in it."""

    text: str
    gaps: tuple[str, ...] = ()


def known(workflow: Workflow) -> list[str]:
    """Every variable a macro may use, custom fields included."""
    return [*STANDARD, *(of_field(spec) for spec in workflow.fields.values() if of_field(spec) not in STANDARD)]


def of_field(spec: FieldSpec) -> str:
    return f"{OWNERS[spec.of]}.{spec.name}"


def parts(text: str) -> Iterator[tuple[re.Match[str], str | None, str | None]]:
    """Each pair of braces with its variable and what to say otherwise; without a variable it cannot be read."""
    for found in BRACES.finditer(text):
        inside = INSIDE.fullmatch(found[1])
        if inside is None:
            yield found, None, None
        else:
            yield found, inside[1], inside[2] if inside[2] is not None else inside[3]


def refuse_unknown(text: str, workflow: Workflow, field: str) -> None:
    """Raises Invalid for braces that cannot be read and for a variable nobody defines, with what was probably meant."""
    allowed = known(workflow)
    for found, name, _rest in parts(text):
        if name is None:
            said = f'{found[0]} cannot be read. Write {{{{requester.name}}}} or {{{{requester.name|default:"you"}}}}.'
            raise Invalid(said, {field: said})
        if name not in allowed:
            near = meant(name, allowed)
            said = f"There is no variable {name}." + (f" Did you mean {near}?" if near else "")
            raise Invalid(said, {field: said})


def rendered(text: str, values: Mapping[str, Any]) -> Rendered:
    """The text with its variables filled in. Line ends and marks of Markdown in a value do no harm."""
    gaps: list[str] = []
    pieces, end = [], 0
    for found, name, otherwise in parts(text):
        value = plain(values.get(name or ""))
        pieces += [text[end : found.start()], value or otherwise or found[0]]
        if not value and not otherwise and name is not None and name not in gaps:
            gaps.append(name)
        end = found.end()
    return Rendered("".join([*pieces, text[end:]]), tuple(gaps))


def plain(value: Any) -> str:
    """One line of a value, without what Markdown would make a link or a tag of."""
    if value is None:
        return ""
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return LOUD.sub(lambda mark: f"\\{mark[0]}", " ".join(text.split()))


def gaps(text: str, workflow: Workflow) -> list[str]:
    """The variables of macros that stand unfilled in a text that is to be sent."""
    allowed = set(known(workflow))
    return list(dict.fromkeys(name for _, name, _ in parts(text) if name in allowed))


def refuse_gaps(text: str, workflow: Workflow) -> None:
    """Raises Invalid for a text in which something is still to be filled in."""
    if "{{" in text and (left := gaps(text, workflow)):
        named = ", ".join(f"{{{{{name}}}}}" for name in left)
        raise Invalid(_("Fill in what is marked before you send: %(named)s.") % {"named": named}, {"text": "has gaps"})
