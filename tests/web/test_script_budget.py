"""No page ships more than 60 kB of script: everything a page's modules can reach, compressed as it is sent."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import django_htmx
import pytest

from deskwright import web

STATIC = Path(web.__file__).parent / "static"
MOST = 60 * 1024
IMPORT = re.compile(r'^import (?:[^"]*? from )?"([^"]+)";', re.MULTILINE)


def reached(entry: Path, seen: set[Path]) -> set[Path]:
    """The module and everything it imports."""
    if entry not in seen:
        seen.add(entry)
        for name in IMPORT.findall(entry.read_text(encoding="utf-8")):
            reached((entry.parent / name).resolve(), seen)
    return seen


def squeezed(files: set[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def htmx() -> Path:
    return Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"


@pytest.mark.parametrize("entry", sorted((STATIC / "js").glob("app*.js")), ids=lambda path: path.name)
def test_the_workspace_ships_at_most_sixty_kilobytes_of_script(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, library = squeezed(reached(entry, set())), squeezed({htmx()})
    with capsys.disabled():
        print(f"\n{entry.name}: {own / 1024:.1f} kB of our own and {library / 1024:.1f} kB of htmx, compressed")
    assert own + library <= MOST


def test_every_import_is_found() -> None:
    for module in (STATIC / "js").rglob("*.js"):
        for name in IMPORT.findall(module.read_text(encoding="utf-8")):
            assert (module.parent / name).exists(), f"{module.name} imports {name}"
