"""The `deskwright` command answers fast, and every refusal says what to do next."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deskwright.cli import commands, failures
from deskwright.cli.main import main
from deskwright.config.env import Environment
from deskwright.desk.errors import NotFound
from deskwright.store.embedded import EmbeddedRefused

HEAVY = ("django", "psycopg", "uvicorn", "yaml", "re2", "numpy", "asyncio")


def deskwright(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in an otherwise clean environment."""
    environment = {"PATH": os.environ["PATH"], **variables}  # noqa: TID251
    command = [sys.executable, "-m", "deskwright", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['deskwright', '--help']\n"
        "from deskwright.config.command import main\n"
        "try: main()\n"
        "except SystemExit: print('loaded:', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    shown, loaded = done.stdout.split("loaded:")
    assert [name for name, one in commands.COMMANDS.items() if one.shown and f"  {name} " not in shown] == []
    assert set(HEAVY) & set(loaded.split()) == set()


def test_no_command_at_all_shows_the_help() -> None:
    done = deskwright()
    assert done.returncode == 0
    assert "usage: deskwright" in done.stdout


def test_the_version_is_told() -> None:
    assert deskwright("--version").stdout.startswith("deskwright ")


def test_a_mistyped_command_is_refused_with_the_nearest_one() -> None:
    done = deskwright("recieve")
    assert done.returncode == 2
    assert "There is no command 'recieve'. Did you mean `deskwright receive`?" in done.stderr


def unread(*arguments: str, **variables: str) -> tuple[int, str]:
    """(exit code, standard error) of the command when nobody reads what it prints."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "deskwright", *arguments]
    environment = {"PATH": os.environ["PATH"], **variables}  # noqa: TID251
    done = subprocess.run(command, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    return done.returncode, done.stderr


def test_whoever_reads_may_stop_reading(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"From: mina@harbor.example\r\nSubject: Hello\r\n\r\nIt broke.\r\n")
    assert unread("receive", "--dry-run", "--json", str(mail), DATA=str(tmp_path)) == (0, "")


def test_a_check_that_fails_says_so_to_nobody_too(tmp_path: Path) -> None:
    wrong = tmp_path / "workflow.yaml"
    wrong.write_text("queues: 7\n")
    assert unread("check", str(wrong)) == (1, "")


def test_a_command_whose_reader_leaves_in_the_middle_ends_as_others_do(tmp_path: Path) -> None:
    wrong = tmp_path / "workflow.yaml"
    wrong.write_text("".join(f"nothing_{number}: 7\n" for number in range(300)))
    assert unread("check", "--json", str(wrong)) == (141, "")


def test_a_refusal_is_read_though_nobody_reads_the_rest() -> None:
    code, said = unread("check", "--fix", "-")
    assert (code, "--fix needs a file" in said) == (2, True)


def test_another_connection_that_breaks_is_no_reader_who_left() -> None:
    def surroundings(options: object, *, reading: bool) -> Environment:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        main(["work"], surroundings)


def test_a_wrong_environment_is_refused_with_every_problem(tmp_path: Path) -> None:
    done = deskwright("work", DATA=str(tmp_path), PORT="http", DEBUG="perhaps")
    assert done.returncode == 2
    assert "PORT must be" in done.stderr
    assert "DEBUG must be" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["web", "work", "mail", "migrate"])
def test_a_process_alone_needs_a_running_desk_or_a_database_address(tmp_path: Path, command: str) -> None:
    done = deskwright(command, "--data", str(tmp_path))
    assert done.returncode == 2
    assert f"No desk is running on {tmp_path} and DATABASE_URL is not set" in done.stderr


def test_a_database_that_does_not_answer_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = deskwright("migrate", DATA=str(tmp_path), DATABASE_URL="postgresql://desk@127.0.0.1:1/desk")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_the_first_thing_run_says(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = deskwright("run", "--port", port, "--data", str(tmp_path))
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use. Choose another" in done.stderr
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("No such ticket."), "No such ticket."),
        (EmbeddedRefused("The disk is full."), "The disk is full."),
        (
            FileNotFoundError(2, "No such file or directory", "a.eml"),
            "a.eml cannot be opened: No such file or directory.",
        ),
        (ZeroDivisionError("division by zero"), None),
    ],
)
def test_what_people_can_mend_is_a_sentence_and_a_defect_is_none(error: Exception, said: str | None) -> None:
    assert failures.sentence(error) == said


def test_a_mail_server_is_told_to_try_again_when_no_desk_runs(tmp_path: Path) -> None:
    done = deskwright("receive", "-", DATA=str(tmp_path))

    assert done.returncode == 75
    assert "deskwright run" in done.stderr
