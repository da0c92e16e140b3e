"""Every numbered case has its test."""

from __future__ import annotations

import re
from pathlib import Path

CASES = 64


def test_every_case_from_1_to_64_is_tested() -> None:
    here = Path(__file__).parent
    text = "".join(path.read_text() for path in here.glob("test_*.py") if path.name != Path(__file__).name)

    found = {int(number) for number in re.findall(r"^def test_case_(\d\d)_", text, re.MULTILINE)}

    assert sorted(set(range(1, CASES + 1)) - found) == []
