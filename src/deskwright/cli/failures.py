"""What went wrong, in a sentence that says what to do next. It decides no exit code beyond refused or failed.

Libraries that are not loaded cannot have failed, so none is imported to find out.
"""

from __future__ import annotations

import sys

from deskwright.desk.errors import DeskError
from deskwright.store.embedded import EmbeddedRefused

AWAY = (
    ("psycopg", "OperationalError"),
    ("psycopg_pool", "PoolTimeout"),
    ("django.db.utils", "OperationalError"),
    ("django.db.utils", "InterfaceError"),
)


class Refused(Exception):
    """Wrong usage or a wrong setting. The text is for people."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def sentence(error: Exception) -> str | None:
    """What to print for an error people can do something about; None for a defect, which deserves its traceback."""
    if isinstance(error, DeskError):
        return error.sentence
    if isinstance(error, EmbeddedRefused):
        return str(error)
    if _is_away(error):
        return f"The database does not answer ({_first_line(error)}). Is it running? DATABASE_URL names it."
    if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError) and error.filename:
        return f"{error.filename} cannot be opened: {error.strerror}."
    return None


def _is_away(error: Exception) -> bool:
    kinds = (getattr(sys.modules[module], name, None) for module, name in AWAY if module in sys.modules)
    return isinstance(error, tuple(kind for kind in kinds if kind))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
