"""Named SQL: each statement lives in a `.sql` file beside the module that runs it and is read once.

`load("queries/inbox.sql")` takes a path relative to this package. A missing file fails at import.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


@cache
def load(path: str) -> str:
    """The statement's text without comment lines. Raises FileNotFoundError."""
    lines = (HERE / path).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("--"))
