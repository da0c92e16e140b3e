"""Whether a database is behind is found out without starting Django, and found out rightly."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from deskwright.cli import migrate


def test_the_quick_look_finds_the_migrations_django_finds() -> None:
    loader = MigrationLoader(None)
    assert migrate.on_disk(settings.INSTALLED_APPS) == set(loader.disk_migrations)


def test_a_migrated_database_is_up_to_date_until_a_migration_is_missing(database_url: str) -> None:
    assert migrate.up_to_date(database_url, settings.INSTALLED_APPS)
    forgotten = "DELETE FROM django_migrations WHERE app = 'store' AND name = '0001_initial' RETURNING applied"
    with psycopg.connect(database_url) as connection:
        moment = connection.execute(forgotten).fetchone()
    assert not migrate.up_to_date(database_url, settings.INSTALLED_APPS)
    with psycopg.connect(database_url) as connection:
        again = "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '0001_initial', %s)"
        connection.execute(again, moment)


def test_an_empty_database_is_not_up_to_date(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
    assert not migrate.up_to_date(database_url.replace("/deskwright?", "/bare?"), settings.INSTALLED_APPS)


def test_an_app_that_names_its_config_is_looked_up_by_its_package() -> None:
    assert migrate._folder("deskwright.store.apps.StoreConfig")[0] == "store"


def test_an_app_that_is_not_installed_is_noticed() -> None:
    with pytest.raises((AssertionError, ModuleNotFoundError)):
        migrate._folder("parrots.apps.Loft")


def test_the_folder_of_migrations_is_the_packages_own() -> None:
    label, folder = migrate._folder("django.contrib.sessions")
    assert (label, folder) == ("sessions", Path(folder.parent, "migrations"))
