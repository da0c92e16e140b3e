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


def test_two_migrations_after_the_same_one_are_noticed(tmp_path: Path) -> None:
    tree = trees.copy(tmp_path)
    for name in ("9001_one", "9001_other"):
        path = tree / "src/deskwright/store/migrations" / f"{name}.py"
        path.write_text(
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            "    dependencies = [('store', '0001_initial')]\n"
        )
    done = trees.run(tree, "python", "-m", "tools.migrations")
    assert done.returncode == 1
    assert "9001_one, 9001_other" in done.stdout
