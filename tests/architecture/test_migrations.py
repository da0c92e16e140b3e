"""A model that changes without its migration is noticed, without a database."""

from __future__ import annotations

from pathlib import Path

from tests.architecture import trees


def test_the_migrations_say_what_the_models_say() -> None:
    done = trees.run(trees.ROOT, "python", "-m", "tools.migrations")
    assert done.returncode == 0, done.stdout


def test_a_model_without_its_migration_is_noticed(tmp_path: Path) -> None:
    tree = trees.copy(tmp_path)
    model = (
        "class Parrot(models.Model):\n    words = models.TextField()\n\n    class Meta:\n        app_label = 'store'"
    )
    trees.append(tree, "store/models/due.py", model)
    done = trees.run(tree, "python", "-m", "tools.migrations")
    assert done.returncode == 1
    assert "Create model Parrot" in done.stdout
