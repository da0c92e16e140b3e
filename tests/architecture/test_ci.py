"""What CI asks of a machine before it checks anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import BROWSERS
from tests.conftest import ROOT

OTHERS = ("swaks", "dovecot", "xgettext", "python3")


def ran(folder: Path, programs: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """CI's script on a machine that has these programs, and nothing to install others with."""
    for name in ("bash", "dirname", "id"):
        (folder / name).symlink_to(str(shutil.which(name)))
    (folder / "make").write_text("#!/bin/sh\necho make was called\n")
    for name in programs:
        (folder / name).write_text("#!/bin/sh\n")
    for name in (*programs, "make"):
        (folder / name).chmod(0o755)
    command = [str(folder / "bash"), str(ROOT / ".ci" / "run")]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("browser", BROWSERS)
def test_ci_takes_any_browser_that_the_tests_take(tmp_path: Path, browser: str) -> None:
    done = ran(tmp_path, (browser, *OTHERS))
    assert (done.returncode, done.stdout, done.stderr) == (0, "make was called\n", "")


def test_ci_says_what_is_missing_where_it_may_install_nothing(tmp_path: Path) -> None:
    done = ran(tmp_path, ("swaks", "dovecot", "python3"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.split() == ["Please", "install:", "chromium-headless-shell", "gettext"]
