"""Brings the database to this version's schema, one process at a time; and says quickly when there is nothing to do."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

ONE_AT_A_TIME = 0x6465736B  # the advisory lock "desk": hosts that start together wait for each other


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is to be done")


def main(args: argparse.Namespace) -> int:
    from django.conf import settings

    if up_to_date(settings.ENV.database_url, settings.INSTALLED_APPS):
        print("The database is up to date.")
        return 0
    if args.check:
        print("The database is behind this version. Run `deskwright migrate`.")
        return 1
    migrate()
    print("The database was brought up to date.")
    return 0


def migrate() -> None:
    """Applies what is missing. Django is set up already."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def up_to_date(url: str, apps: list[str]) -> bool:
    """Whether every migration on disk has been applied. Needs neither Django's registry nor its migration graph."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    except psycopg.errors.UndefinedTable:
        return False
    return on_disk(apps) <= applied


def on_disk(apps: list[str]) -> set[tuple[str, str]]:
    """Every (app label, migration name) in the packages of `apps`, an entry of which may name its AppConfig."""
    return {(label, path.stem) for label, folder in map(_folder, apps) for path in folder.glob("[!_]*.py")}


def _folder(app: str) -> tuple[str, Path]:
    package = app.split(".apps.")[0]
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations, f"{package} is not installed"
    return package.rpartition(".")[2], Path(spec.submodule_search_locations[0]) / "migrations"
