"""Files by their content: each is kept once under DATA/blobs, named by its sha256, written whole or not at all.

It knows no message; what a file belongs to stands in its row, and whoever forgets one has looked there.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from datetime import datetime
from math import inf
from pathlib import Path
from secrets import token_hex
from typing import Final

from django.conf import settings
from django.db import OperationalError

FOLDERS: Final = 256
DRAFT: Final = ".draft-"
LEAVING: Final = ".leaving"
NAME: Final = re.compile(r"[0-9a-f]{64}")


class StorageUnavailable(OperationalError):
    """The directory for files is full or gone: like a database that is away, nothing of the deed is kept."""


def put(content: bytes) -> str:
    """Keep the content; returns its sha256, on disk when this returns. Raises StorageUnavailable."""
    name = hashlib.sha256(content).hexdigest()
    place = path(name)
    try:
        if not touched(place):
            write(place, content)
    except OSError as error:
        raise StorageUnavailable(f"A file cannot be kept under {place.parent.parent}: {error.strerror}.") from error
    return name


def touched(place: Path) -> bool:
    """Whether the file is there; it is young again, and safe from being forgotten."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def get(name: str) -> bytes:
    """The content kept under this sha256. Raises FileNotFoundError."""
    return path(name).read_bytes()


def forget(name: str, before: datetime) -> bool:
    """Remove content that no row names, unless somebody has put it again since `before`. Returns whether it is gone.

    It is set aside first: whoever puts it at this moment either makes it young in time or writes it anew.
    """
    place = path(name)
    aside = place.with_name(f".{name}.{token_hex(4)}{LEAVING}")
    try:
        os.replace(place, aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime >= before.timestamp():
        os.replace(aside, place)
        return False
    aside.unlink()
    return True


def untouched(folder: int, before: datetime) -> list[str]:
    """The files in one of the `FOLDERS` that nobody has put since. What a crash left half written there is removed;
    what it left set aside is put back, to be judged again.
    """
    place = Path(settings.DATA) / "blobs" / f"{folder:02x}"
    found = [one for one in place.glob("*") if changed(one) < before.timestamp()]
    for one in found:
        if one.name.startswith(DRAFT):
            one.unlink(missing_ok=True)
        elif one.name.endswith(LEAVING):
            put_back(one, place / one.name.split(".")[1])
    return sorted(one.name for one in found if NAME.fullmatch(one.name))


def put_back(aside: Path, place: Path) -> None:
    """Unless it is there anew, and young."""
    with suppress(FileNotFoundError):
        if place.exists():
            aside.unlink()
        else:
            os.replace(aside, place)


def changed(place: Path) -> float:
    """When it was put last, in seconds of Unix time; never for one that has gone meanwhile."""
    try:
        return place.stat().st_mtime
    except FileNotFoundError:
        return inf


def path(name: str) -> Path:
    """Where the file of this sha256 lies, or would. Raises ValueError for what is no sha256."""
    if not NAME.fullmatch(name):
        raise ValueError("not a sha256")
    return Path(settings.DATA) / "blobs" / name[:2] / name


def write(place: Path, content: bytes) -> None:
    """Written beside and moved into place, both made durable: a crash leaves the whole file or none."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=DRAFT, delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            os.replace(draft.name, place)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
