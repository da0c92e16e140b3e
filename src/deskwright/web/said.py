"""Telling the browser something beside the page: a toast, and events its parts listen for. Ids and sentences only."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def say(response: HttpResponse, sentence: str = "", *, wrong: bool = False, **events: Any) -> HttpResponse:
    """The response with an HX-Trigger header: `desk:said` for the sentence, `desk:NAME` for each event."""
    told = {f"desk:{name}": value for name, value in events.items()}
    if sentence:
        told["desk:said"] = {"sentence": str(sentence), "wrong": wrong}
    if told:
        response.headers["HX-Trigger"] = json.dumps(told)
    return response
