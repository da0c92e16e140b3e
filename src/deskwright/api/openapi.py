"""The API described in OpenAPI 3.1, built from the same lists that check the bodies."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from deskwright.api import reading
from deskwright.api.tickets import SHOWN
from deskwright.api.workflows import NOTE, ROOT, ROUTES, TEXT, Route
from deskwright.engine.values import CHANNELS, LEVELS, PRIORITIES

Schema = dict[str, Any]
INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
WHOLE: Schema = {"type": "integer"}


@cache
def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Deskwright",
            "version": "1",
            "summary": "Open tickets, read them, add messages; publish workflows.",
        },
        "paths": {**paths(), **workflow_paths()},
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "NewTicket": new_ticket(),
                "Ticket": ticket(),
                "NewMessage": new_message(),
                "Problem": problem(),
                "Document": bare({"text": text(TEXT)}),
                "NewVersion": bare({"text": text(TEXT), **version_options()}, required=["text"]),
                "VersionOptions": bare(version_options()),
                "Anything": {"type": "object"},
            },
        },
    }


def paths() -> Schema:
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    key = {"name": "Idempotency-Key", "in": "header", "schema": text(200)}
    return {
        "/api/v1/tickets": {"post": deed("Open a ticket", "Ticket", takes="NewTicket", status="201", parameters=[key])},
        "/api/v1/tickets/{id}": {"get": deed("Show a ticket", "Ticket", parameters=[number])},
        "/api/v1/tickets/{id}/messages": {
            "post": deed("Add a message", None, takes="NewMessage", status="201", parameters=[number])
        },
    }


def workflow_paths() -> Schema:
    """The routes of `api.workflows`, as they are routed."""
    found: Schema = {}
    for route in ROUTES:
        numbers = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
            for name in re.findall(r"{(\w+)}", route.path)
        ]
        found.setdefault(f"{ROOT}{route.path}", {})[route.method.lower()] = workflow_deed(route, numbers)
    return found


def workflow_deed(route: Route, numbers: list[Schema]) -> Schema:
    done = "201" if route.makes_version else "200"
    described = deed(route.summary, "Anything", takes=route.takes, status=done, parameters=numbers)
    return {**described, "security": [{"token": [route.scope]}]}


def deed(summary: str, gives: str | None, *, takes: str = "", status: str = "200", parameters: list[Schema]) -> Schema:
    """One operation: what it takes, gives and refuses."""
    refused = {"schema": named("Problem")}
    schema = named(gives) if gives else bare({"id": {"type": ["integer", "null"]}, "ticket": WHOLE})
    described: Schema = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            status: {"description": "Done", "content": {"application/json": {"schema": schema}}},
            "default": {"description": "Refused", "content": {"application/problem+json": refused}},
        },
    }
    if takes:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": named(takes)}}}
    return described


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
    }
    return bare({name: known[name] for name in reading.TICKET}, required=["subject", "requester"])


def new_message() -> Schema:
    known: Schema = {
        "text": text(reading.TEXT),
        "kind": one_of(reading.KINDS),
        "requester": person(),
        "solve": {"type": "boolean"},
    }
    return bare({name: known[name] for name in reading.MESSAGE}, required=["text"])


def version_options() -> Schema:
    return {"note": text(NOTE), "reapply": {"type": "boolean"}}


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
