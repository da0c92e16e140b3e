"""The bundled PostgreSQL: one owner, adopted after a kill, stopped without a trace, refusing in sentences."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError

from deskwright.store.embedded import Embedded, EmbeddedRefused, address, owner, programs
from deskwright.store.embedded import cluster as clusters
from deskwright.store.embedded.programs import ProgramFailed
from tests.clusters import made as make_cluster
from tests.clusters import temporary
from tests.conftest import migrate

OWNING = """
import sys
from deskwright.store.embedded import Embedded
print(Embedded(sys.argv[1], durable=False).start(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A stopped cluster to copy, so that only one test waits for initdb."""
    with temporary() as server:
        server.stop()
        yield server.data


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="dw-"))
    subprocess.run(["cp", "-a", f"{made}/.", str(folder)], check=True)
    yield folder
    end(folder)
    shutil.rmtree(folder)


@pytest.fixture
def server(data: Path) -> Iterator[Embedded]:
    """A server on `data`, stopped when the test ends, whether or not it was started."""
    made = Embedded(data)
    yield made
    made.stop()


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
        return row[0]


def owning(data: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that owns `data`, and the database's address."""
    command = [sys.executable, "-c", OWNING, str(data)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(data: Path) -> None:
    """Stops whatever server a test has left on `data`, as the next owner would."""
    server = Embedded(data)
    if server.alive():
        server.start()
        server.stop()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_first_start_makes_the_desks_database_and_keeps_commits_durable() -> None:
    with temporary(durable=True) as server:
        assert ask(server.url, "SELECT current_database()") == "deskwright"
        assert ask(server.url, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
        assert ask(server.url, "SELECT current_setting('listen_addresses')") == ""
        data = server.data
    assert not data.exists()


def test_what_was_committed_is_there_after_a_stop_and_a_start(server: Embedded) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    server.stop()
    assert ask(server.start(), "SELECT x FROM kept") == 7


def test_a_clean_stop_leaves_no_process_no_lock_and_no_address(server: Embedded, data: Path) -> None:
    server.start()
    server.stop()
    server.stop()
    assert not server.alive()
    assert address(data) is None
    assert not (data / "owner.lock").exists()
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_a_second_owner_is_refused_with_the_first_ones_pid_and_what_to_do(server: Embedded, data: Path) -> None:
    process, url = owning(data)
    assert owner(data) == (process.pid, url)
    with pytest.raises(EmbeddedRefused) as refused:
        server.start()
    assert f"in use by process {process.pid}" in str(refused.value)
    assert "--data" in str(refused.value)
    assert ask(url, "SELECT 1") == 1
    kill(process)


def test_who_was_refused_cannot_stop_the_owners_server(data: Path) -> None:
    process, url = owning(data)
    before = ask(url, "SELECT pg_postmaster_start_time()")
    second = Embedded(data)
    with pytest.raises(EmbeddedRefused):
        second.start()
    second.stop()
    assert ask(url, "SELECT pg_postmaster_start_time()") == before
    assert owner(data) == (process.pid, url)
    kill(process)


def test_a_server_whose_owner_was_killed_is_adopted_with_what_it_holds(server: Embedded, data: Path) -> None:
    process, url = owning(data)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    before = ask(url, "SELECT pg_postmaster_start_time()")
    kill(process)
    assert address(data) is None
    assert ask(server.start(), "SELECT x FROM kept") == 7
    assert ask(server.url, "SELECT pg_postmaster_start_time()") == before


def test_a_server_killed_with_its_owner_is_started_again(server: Embedded, data: Path) -> None:
    process, url = owning(data)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS x")
    os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    kill(process)
    assert ask(server.start(), "SELECT x FROM kept") == 7


def test_a_pid_file_that_names_somebody_elses_process_does_not_stop_a_start(server: Embedded, data: Path) -> None:
    (data / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{data}/postgres\n1\n5432\n{data}\n\n  1 1\nready\n"
    )
    assert not server.alive()
    assert ask(server.start(), "SELECT 1") == 1


def test_a_server_that_died_under_its_owner_is_revived(server: Embedded, data: Path) -> None:
    server.start()
    os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while server.alive():
        pass
    server.revive()
    assert ask(server.url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_is_served_from_a_short_private_folder(data: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(parents=True)
    shutil.move(data, deep)
    server = Embedded(deep)
    assert ask(server.start(), "SELECT 1") == 1
    folder = Path(server.url.split("host=")[1].split("&")[0].replace("%2F", "/"))
    assert folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not folder.exists()
    shutil.move(deep, data)


def test_an_interrupted_first_start_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server = Embedded(tmp_path, durable=False)
    assert ask(server.start(), "SELECT 1") == 1
    server.stop()
    assert not half.exists()


def test_a_cluster_of_another_postgresql_is_refused_before_it_is_touched(server: Embedded, data: Path) -> None:
    (data / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedRefused, match="was made by PostgreSQL 17, this desk brings 18"):
        server.start()
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    assert server.start()


def test_a_data_directory_that_is_no_directory_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedRefused, match=r"cannot be used \(.*\)\. Make it writable for this account, or choose"):
        Embedded(tmp_path / "file").start()


def test_a_full_disk_is_said_whether_python_or_postgresql_meets_it(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    full = ProgramFailed("initdb", 'could not write to file "pg_wal/xlogtemp.9": No space left on device')
    assert server._failed(full) == server._full()
    assert server._unusable(OSError(clusters.errno.ENOSPC, "No space left on device")) == server._full()
    assert f"The disk that holds {tmp_path} is full" in server._full()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("size=24m", "The disk that holds {data} is full. Free some space"),
        ("ro", "{data} cannot be used (Read-only file system)"),
    ],
)
def test_a_start_on_a_real_full_or_read_only_disk_ends_in_that_sentence(
    tmp_path: Path, options: str, said: str
) -> None:
    try_start = "import sys\nfrom deskwright.store.embedded import *\ntry: Embedded(sys.argv[1]).start()\n"
    try_start += "except EmbeddedRefused as refused: print(refused)"
    mount = (
        f"mount -t tmpfs -o {options} none '{tmp_path}' || exit 77; '{sys.executable}' -c '{try_start}' '{tmp_path}'"
    )
    done = subprocess.run(["unshare", "--mount", "sh", "-c", mount], capture_output=True, text=True, check=False)
    if done.returncode in (1, 77):
        pytest.skip("this account may not mount a small disk")
    assert said.format(data=tmp_path) in done.stdout, done.stderr


def test_an_account_that_another_desk_made_meanwhile_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    root, asked = pwd.getpwnam("root"), iter([KeyError(), pwd.getpwnam("root")])

    def looked_up(name: str) -> pwd.struct_passwd:
        found = next(asked)
        if isinstance(found, KeyError):
            raise found
        return found

    monkeypatch.setattr(programs.pwd, "getpwnam", looked_up)
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    monkeypatch.setattr(programs.subprocess, "run", lambda *_, **__: pytest.fail("the account was made once more"))
    assert programs.account.__wrapped__() == root


def test_a_migration_that_fails_leaves_no_server_of_the_tests_and_points_them_where_they_were() -> None:
    from django.db import connection

    def half(url: str) -> None:
        with psycopg.connect(url) as sql:
            sql.execute("CREATE TABLE django_migrations (id text)")
        migrate(url)

    before = dict(connection.settings_dict)
    with tempfile.TemporaryDirectory(prefix="dw-") as shared:
        with pytest.raises(ProgrammingError):
            make_cluster(Path(shared), half)
        assert not Embedded(Path(shared, "migrating")).alive()
    assert connection.settings_dict == before
