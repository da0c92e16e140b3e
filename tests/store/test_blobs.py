"""Files are kept once, whole, under the hash of their content."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import override_settings

from deskwright.store import blobs


@pytest.fixture(autouse=True)
def place(tmp_path: Path):
    with override_settings(DATA=tmp_path):
        yield tmp_path


def test_a_file_comes_back_by_the_hash_of_its_content() -> None:
    name = blobs.put(b"a picture")

    assert name == hashlib.sha256(b"a picture").hexdigest()
    assert blobs.get(name) == b"a picture"


def test_the_same_content_is_kept_once_and_leaves_no_draft(place: Path) -> None:
    names = {blobs.put(b"twice"), blobs.put(b"twice"), blobs.put(b"")}

    files = [file for file in place.rglob("*") if file.is_file()]
    assert {file.name for file in files} == names


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 63 + "/"])
def test_a_name_that_is_no_hash_opens_nothing(name: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        blobs.get(name)


def test_a_directory_that_cannot_be_written_is_an_outage_and_says_where(place: Path) -> None:
    (place / "blobs").write_text("a file stands in the way")

    with pytest.raises(OperationalError, match=r"cannot be kept under .*blobs"):
        blobs.put(b"homeless")


@pytest.mark.parametrize("anew", [False, True])
def test_what_a_crash_left_aside_is_put_back_unless_it_is_there_anew(place: Path, anew: bool) -> None:
    name = blobs.put(b"kept")
    kept = blobs.path(name)
    aside = kept.with_name(f".{name}.0123abcd{blobs.LEAVING}")
    kept.rename(aside)
    os.utime(aside, (0, 0))
    if anew:
        blobs.put(b"kept")

    blobs.untouched(int(name[:2], 16), datetime(2026, 1, 1, tzinfo=UTC))

    assert (blobs.get(name), aside.exists()) == (b"kept", False)
    assert (kept.stat().st_mtime > 0) is anew
