"""Whether the migrations on disk say what the models say, one after the other; prints what is wrong and exits 1. Needs
no database.
"""

from __future__ import annotations

import sys

import django


def main() -> int:
    django.setup()
    forks = beside_each_other()
    for app, names in forks.items():
        print(f"{app}: migrations follow the same one: {', '.join(names)}. Let one depend on the other.")
    if forks:
        return 1
    missing = changes()
    for app, names in missing.items():
        print(f"{app}: the models have changed without a migration: {', '.join(names)}")
    print("Write it with `make migration`." if missing else "Migrations say what the models say.")
    return 1 if missing else 0


def beside_each_other() -> dict[str, list[str]]:
    """Per app, the migrations that nothing follows, where there are several: such a desk cannot be prepared."""
    from django.db.migrations.loader import MigrationLoader

    conflicts = MigrationLoader(None, ignore_no_migrations=True).detect_conflicts()
    return {app: sorted(names) for app, names in conflicts.items()}


def changes() -> dict[str, list[str]]:
    """Per app, what its missing migration would do."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    found = detector.changes(graph=loader.graph)
    return {app: [str(op.describe()) for one in missing for op in one.operations] for app, missing in found.items()}


if __name__ == "__main__":
    sys.exit(main())
