"""What `deskwright run` does in a process of its own before it serves: migrate, and fill an empty desk with the demo.

Apart from `run`, so that the process which watches the others stays small.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from deskwright.cli.migrate import migrate

NOTE = "demo.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="fill an empty desk with the demo")


def main(args: argparse.Namespace) -> int:
    from django.conf import settings

    migrate()
    if args.demo:
        _seed(settings.ENV.data)
    return 0


def noted(data: Path) -> dict[str, Any]:
    """Logins and token of the demo desk on `data`; empty when there is none."""
    try:
        return dict(json.loads((data / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _seed(data: Path) -> None:
    from deskwright.cli.seed import ensure_demo
    from deskwright.desk.garbage import calm

    calm()
    if made := ensure_demo():
        _note(data, made)


def _note(data: Path, content: dict[str, Any]) -> None:
    """Moved into place whole; readable by this account only, for it holds passwords."""
    draft = data / f".{NOTE}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    draft.replace(data / NOTE)
