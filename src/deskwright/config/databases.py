"""A PostgreSQL URL -> Django's database entry, with psycopg's pool (ASGI threads come and go; connections stay)."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict


def database(url: str) -> dict[str, Any]:
    """`url` is any libpq URL or conninfo. Connections wait at most 10 s for the server."""
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {name: str(parts.pop(key, "") or "") for key, name in known.items()}
    options: dict[str, Any] = {key: value for key, value in parts.items() if value is not None}
    options["pool"] = {"min_size": 1, "max_size": 24, "timeout": 10}
    options.setdefault("connect_timeout", 10)
    options.setdefault("prepare_threshold", 3)
    return {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True, "OPTIONS": options, **entry}
