"""A real IMAP server for tests: Dovecot on loopback with a configuration of its own, in a directory that goes away."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from imapclient import IMAPClient

PROGRAM: Final = shutil.which("dovecot", path=f"{os.get_exec_path()[0]}:/usr/sbin:/usr/local/sbin:/usr/bin")
USER, PASSWORD = "support@desk.example", "a-password-for-tests"
needs_dovecot = pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)")

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
instance_name = {home}
log_path = {home}/log
ssl = {ssl}
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
default_login_user = {login}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail/%u:INDEX={home}/mail/%u/index
mail_max_userip_connections = 100
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={password}
}}
{more}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    home: Path
    port: int
    tls_port: int
    mechanisms: str = ""
    more: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        user, login, group = getpass.getuser(), getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        if os.getuid() == 0:  # it takes no connections as root; Debian's package makes these two
            user, login, group = "dovecot", "dovenull", "dovecot"
        owner = pwd.getpwnam(user)
        (self.home / "mail").mkdir(exist_ok=True)
        os.chown(self.home / "mail", owner.pw_uid, owner.pw_gid)
        text = CONFIGURATION.format(
            home=self.home,
            ssl="yes" if (self.home / "cert.pem").exists() else "no",
            mechanisms=self.mechanisms,
            user=user,
            login=login,
            group=group,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            password=PASSWORD,
            port=self.port,
            tls_port=self.tls_port,
            more=self.more,
        )
        if not (self.home / "cert.pem").exists():
            text = "\n".join(line for line in text.splitlines() if not line.startswith(("ssl_cert", "ssl_key")))
        (self.home / "dovecot.conf").write_text(text)
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.home / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._wait()

    def _wait(self) -> None:
        """Until it answers; its own words when it ends instead."""
        assert self._process is not None
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as door:
                    assert door.recv(4) == b"* OK"
                    return
            except OSError:
                try:
                    self._process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                _, said = self._process.communicate()
                log = (self.home / "log").read_text() if (self.home / "log").exists() else ""
                raise AssertionError(f"Dovecot ended: {said.decode()} {log}") from None
        raise AssertionError("Dovecot does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=20)
            self._process = None

    @contextmanager
    def client(self, user: str = USER) -> Iterator[IMAPClient]:
        """Somebody else who reads the same account."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client

    def put(self, *mails: bytes, folder: str = "INBOX") -> list[int]:
        """Deliver these; their UIDs."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)
            client.select_folder(folder, readonly=True)
            return sorted(client.search())[-len(mails) :]

    def flags(self, folder: str = "INBOX") -> Sequence[tuple[bytes, ...]]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
            return [tuple(flag for flag in found[uid] if flag != b"\\Recent") for uid in sorted(found)]


@contextmanager
def dovecot(mechanisms: str = "", more: str = "", certificate: tuple[bytes, bytes] | None = None) -> Iterator[Dovecot]:
    """A running server; unix sockets need a short path, so it lives right under the temporary directory."""
    home = Path(tempfile.mkdtemp(prefix="dw-imap-"))
    home.chmod(0o755)
    if certificate is not None:
        (home / "cert.pem").write_bytes(certificate[0])
        (home / "key.pem").write_bytes(certificate[1])
    server = Dovecot(home, free_port(), free_port(), mechanisms, more)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
