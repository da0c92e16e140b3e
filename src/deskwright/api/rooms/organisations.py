"""Facts about organisations, told by other programs."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.problems import invalid
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import OBJECT, TEXT, TRUTH, WHOLE, Flag, Named, Shape, an_object
from deskwright.desk import organisations
from deskwright.desk.errors import Invalid
from deskwright.desk.organisations import Told

WRITE: Final = "organisations:write"
FACTS: Final = Shape({"facts": Named(), "outreach": Flag()})


def put_facts(asked: Asked) -> Any:
    """Keep facts of the organisation named by domain or number."""
    if not asked.sent:
        raise invalid(
            [{"pointer": "/facts", "detail": "'facts' is missing: send an object of facts and their values."}]
        )
    told = Told(asked.words[0].strip().lower(), asked.sent.get("facts", {}), asked.sent.get("outreach"))
    try:
        return organisations.put_facts(asked.agent, told)
    except Invalid as refused:
        raise invalid([{"pointer": pointer(name), "detail": said} for name, said in refused.fields.items()]) from None


def pointer(name: str) -> str:
    return "/facts/" + name.replace("~", "~0").replace("/", "~1")


ROUTES: Final = (
    Route(
        "PUT",
        "/organisations/{organisation:word}/facts",
        WRITE,
        put_facts,
        "Tell facts about an organisation",
        FACTS,
        an_object(id=WHOLE, name=TEXT, outreach=TRUTH, facts=OBJECT),
        asks="organisations:manage",
    ),
)
