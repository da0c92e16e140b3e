"""The API described in OpenAPI 3.1, built from the same lists that check the bodies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from deskwright.api import posted, reading, repeats, states
from deskwright.api.routing import ROOT, Route
from deskwright.api.shapes import FILE, Texts, Whole
from deskwright.api.table import ROOMS, ROUTES
from deskwright.api.tickets import SHOWN
from deskwright.desk.access import STAFF
from deskwright.desk.answering.files import MOST
from deskwright.desk.answering.leaving import WRITTEN
from deskwright.desk.webhooks import catalogue, payloads
from deskwright.engine.values import CHANNELS, LEVELS, PRIORITIES

Schema = dict[str, Any]
INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
WHOLE: Schema = {"type": "integer"}
TWIML = "text/xml"
ONCE: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Repeated with the same key within a day, the request is answered as before and does nothing.",
    "schema": {"type": "string", "maxLength": repeats.LONGEST, "minLength": 1, "pattern": "^[!-~]+$"},
}


@cache
def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Deskwright",
            "version": "1",
            "summary": "What people do on the pages: tickets, people, the workflow.",
        },
        "paths": paths(),
        "webhooks": webhooks(),
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "source": posted.SIGNED,
                "twilio": posted.SIGNED_BY_TWILIO,
            },
            "schemas": {
                **posted.schemas(),
                "NewTicket": new_ticket(),
                "Ticket": ticket(),
                "NewMessage": new_message(),
                "Problem": problem(),
                "WebhookMessage": payloads.schema(),
            },
        },
    }


def paths() -> Schema:
    """Where new tickets and messages come in."""
    said = bare({"id": {"type": ["integer", "null"]}, "ticket": WHOLE}, required=["id", "ticket"])
    opened = deed("Open a ticket", named("Ticket"), takes="NewTicket", parameters=[ONCE])
    written = deed("Add a message", said, takes="NewMessage", parameters=[in_path("id"), ONCE])
    found = table_paths()
    found.setdefault(f"{ROOT}/tickets", {})["post"] = opened
    found[f"{ROOT}/tickets/{{id}}/messages"] = {"post": written}
    found |= {path: {"post": described(*known)} for path, known in posted.OPERATIONS.items()}
    led = answers("Say what a call does next", {"type": "string"}, "200", [in_path("line", "word")], TWIML)
    found[posted.VOICE] = {
        "post": led | {"tags": ["Lines"], "security": [], "requestBody": {"required": True, "content": {}}}
    }
    for path, known in posted.OF_TWILIO.items():
        add_twilio(found[path]["post"], *known)
    return found


def add_twilio(operation: Schema, takes: str, asks: tuple[str, ...]) -> None:
    """The same address as a line at Twilio is posted to: its form, its proof, and the answer in its own words."""
    questions = [{"name": name, "in": "query", "schema": text(300)} for name in asks]
    operation["parameters"] = [*operation["parameters"], *questions]
    operation["security"] = [*operation["security"], {"twilio": ["lines"]}]
    operation["requestBody"]["content"]["application/x-www-form-urlencoded"] = {"schema": named(takes)}
    operation["responses"]["200"]["content"][TWIML] = {"schema": {"type": "string"}}


def webhooks() -> Schema:
    """What the desk posts to others: one operation for each event, all of one shape."""
    headers = [
        {"name": name, "in": "header", "required": True, "schema": text(500)}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
    answer = {"2XX": {"description": "Taken. Anything else is tried again; 410 switches the webhook off."}}
    takes = {"required": True, "content": {"application/json": {"schema": named("WebhookMessage")}}}
    posted = {"parameters": headers, "requestBody": takes, "responses": answer, "security": []}
    return {name: {"post": {"summary": about, **posted}} for name, about in catalogue.EVENTS.items()}


def described(summary: str, takes: str, gives: Schema, word: str, tag: str) -> Schema:
    """What other programmes post of their own accord; each address knows whose it is."""
    told = answers(summary, gives, "200", [in_path(word, "word")])
    body: Schema = named(takes)
    if takes == "Alert":
        body = {"anyOf": [body, {"type": "array", "items": body, "minItems": 1}, {"type": "object"}]}
    return told | {
        "tags": [tag],
        "security": [{"source": [tag.lower()]}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
    }


def table_paths() -> Schema:
    """The routes of the table, as they are routed."""
    found: Schema = {}
    for tag, routes in ROOMS.items():
        for route in routes:
            found.setdefault(route.bare_path, {})[route.method.lower()] = operation(route, tag)
    return found


def operation(route: Route, tag: str) -> Schema:
    numbers = [in_path(name, kind) for name, kind in route.names]
    questions = [
        {"name": param.name, "in": "query", "description": param.about, "schema": param.schema()}
        for param in route.query
    ]
    parameters = [*numbers, *questions, *conditions(route)]
    described = answers(route.summary, route.gives, str(route.status), parameters)
    if states.of_one(route, ROUTES):
        described["responses"]["304"] = {"description": "As the client knows it"}
    needs = "any agent's token, or an operator's" if route.asks == STAFF else f"the right `{route.asks}`"
    described |= {"description": f"Needs {needs}.", "tags": [tag], "security": [{"token": [route.scope]}]}
    if route.takes is not None:
        body = {"application/json": {"schema": route.takes.schema()}}
        described["requestBody"] = {"required": not route.takes.none_needed, "content": body}
    return described


def conditions(route: Route) -> Iterator[Schema]:
    """The headers by which it is done once, or only if something stands as the client knows it."""
    etag = {"in": "header", "schema": text(200)}
    if route.method == "POST":
        yield ONCE
    if states.of_one(route, ROUTES):
        yield {"name": "If-None-Match", "description": "An ETag: 304 when it still stands.", **etag}
    if states.twin_of(route, ROUTES):
        yield {"name": "If-Match", "description": "An ETag: 412 when it has changed since.", **etag}


def in_path(name: str, kind: str = "") -> Schema:
    number: Schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
    schema = {**text(300), "minLength": 1} if kind else number
    return {"name": name, "in": "path", "required": True, "schema": schema}


def answers(summary: str, gives: Schema, status: str, parameters: list[Schema], media: str = "") -> Schema:
    media = media or ("application/octet-stream" if gives is FILE else "application/json")
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            status: {"description": "Done", "content": {media: {"schema": gives}}},
            "default": {
                "description": "Refused",
                "content": {"application/problem+json": {"schema": named("Problem")}},
            },
        },
    }


def deed(summary: str, gives: Schema, *, takes: str, parameters: list[Schema]) -> Schema:
    """One of the two ways in."""
    body = {"required": True, "content": {"application/json": {"schema": named(takes)}}}
    return answers(summary, gives, "201", parameters) | {
        "tags": ["Tickets"],
        "requestBody": body,
        "security": [{"token": ["tickets:write"]}],
    }


def new_ticket() -> Schema:
    known: Schema = {
        "subject": text(reading.SUBJECT),
        "text": text(reading.TEXT),
        "requester": person(),
        "channel": one_of(CHANNELS),
        "priority": one_of(PRIORITIES),
        "impact": one_of(LEVELS),
        "urgency": one_of(LEVELS),
        "category": text(reading.WORD),
        "type": text(40),
        "tags": {"type": "array", "items": text(reading.WORD), "maxItems": reading.TAGS},
        "fields": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
        "language": text(12),
        "files": files(),
    }
    return bare({name: known[name] for name in reading.TICKET}, required=["subject", "requester"])


def new_message() -> Schema:
    known: Schema = {
        "text": text(reading.TEXT),
        "kind": one_of(reading.KINDS),
        "requester": person(),
        "solve": {"type": "boolean"},
        **dict.fromkeys(reading.RECIPIENTS, Texts(reading.ADDRESS, reading.PEOPLE).schema()),
        "seen": Whole(1, nullable=True).schema(),
        "by": one_of(WRITTEN),
        "files": files(),
    }
    return bare({name: known[name] for name in reading.MESSAGE}, required=["text"])


def ticket() -> Schema:
    typed: Schema = {
        "id": WHOLE,
        "url": {"type": "string", "format": "uri"},
        "assignee": {"type": ["integer", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "created_at": INSTANT,
        "first_response_due": INSTANT,
        "resolution_due": INSTANT,
    }
    return {
        "type": "object",
        "properties": {name: typed.get(name, {"type": ["string", "null"]}) for name in SHOWN},
        "required": list(SHOWN),
    }


def problem() -> Schema:
    fault = bare({"pointer": {"type": "string"}, "detail": {"type": "string"}})
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": WHOLE,
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": fault},
        },
        "required": ["type", "title", "status", "detail"],
    }


def files() -> Schema:
    content: Schema = {"type": "string", "contentEncoding": "base64", "minLength": 4}
    file = bare({"name": text(reading.NAME) | {"minLength": 1}, "content": content}, required=["name", "content"])
    return {"type": "array", "items": file, "maxItems": MOST}


def person() -> Schema:
    return bare({"email": {**text(254), "format": "email"}, "name": text(200)}, required=["email"])


def bare(properties: Schema, required: list[str] | None = None) -> Schema:
    """An object that takes nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def text(longest: int) -> Schema:
    return {"type": "string", "maxLength": longest}


def one_of(words: tuple[str, ...]) -> Schema:
    return {"enum": list(words)}


def named(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}
