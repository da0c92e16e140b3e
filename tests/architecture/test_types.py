"""The type checker is strict where the desk decides."""

from __future__ import annotations

from pathlib import Path

from tests.architecture import trees


def test_an_untyped_or_wrong_line_in_the_engine_is_an_error(tmp_path: Path) -> None:
    tree = trees.copy(tmp_path)
    trees.append(tree, "engine/slip.py", "def untyped(x):\n    return x\n\n\ndef wrong() -> int:\n    return 'one'")
    settings = {"SECRET_KEY": "only for this check, it opens nothing at all"}
    done = trees.run(tree, "mypy", "--no-incremental", "-p", "deskwright.engine", **settings)
    assert done.returncode == 1
    assert "slip.py:2: error: Function is missing a type annotation" in done.stdout
    assert "slip.py:7: error: Incompatible return value type" in done.stdout
