"""Files are kept once, whole, under the hash of their content."""

from __future__ import annotations

import hashlib
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
