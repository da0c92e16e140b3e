"""Reads single values out of the environment and notes what is wrong with each, in plain sentences.

It knows types, not what the values are for; `env.py` names them.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from deskwright.config.env import Environment

T = TypeVar("T")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class EnvironmentRefused(Exception):
    """`problems` holds one sentence per wrong value, each beginning with the variable's name."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Address(NamedTuple):
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Reader:
    """Each method returns the value, or the default after noting a problem, so that one run finds them all."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.problems: list[str] = []

    def given(self, name: str) -> bool:
        return bool(self.variables.get(name, "").strip() or self.variables.get(f"{name}_FILE", "").strip())

    def text(self, name: str, default: str, at_least: int = 0) -> str:
        value = self._value(name)
        if value and len(value) < at_least:
            return self._note(name, f"needs at least {at_least} characters, has {len(value)}", default)
        return value or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self._value(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            return self._note(name, f"must be a whole number from {low} to {high}, not {value!r}", default)
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self._value(name).lower()
        if value and value not in TRUE + FALSE:
            return self._note(name, f"must be on or off, not {value!r}", default)
        return value in TRUE if value else default

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        value = self._value(name)
        chosen = {word.lower(): word for word in allowed}.get(value.lower())
        if value and chosen is None:
            return self._note(name, f"must be one of {', '.join(allowed)}, not {value!r}", default)
        return chosen or default

    def words(self, name: str, default: Sequence[str]) -> tuple[str, ...]:
        found = tuple(word.strip() for word in self._value(name).split(",") if word.strip())
        return found or tuple(default)

    def path(self, name: str, default: str) -> Path:
        return Path(self._value(name) or default).expanduser().absolute()

    def mailbox(self, name: str, default: str) -> str:
        value = self._value(name) or default
        local, _, domain = value.rpartition("<")[-1].rstrip("> ").rpartition("@")
        if not local or not domain or any(sign in value for sign in "\r\n"):
            return self._note(name, f"must be a mail address such as support@example.org, not {value!r}", default)
        return value

    def smime_keys(self, name: str) -> str:
        value = self._value(name)
        if not value:
            return ""
        from deskwright.channels.email.sealed import keys_in

        try:
            keys_in(value)
        except ValueError as trouble:
            return self._note(name, f"must be RSA keys in PEM, each with its certificate ({trouble})", "")
        return value

    def pgp_keys(self, name: str) -> str:
        value = self._value(name)
        if not value:
            return ""
        from deskwright.channels.email.pgp import refused

        trouble = refused(value)
        return self._note(name, f"must be PGP keys in armour, without a password ({trouble})", "") if trouble else value

    def url(self, name: str, default: str, schemes: Sequence[str]) -> str:
        value = self._value(name)
        if value and not _is_url(value, schemes):  # the value may hold a password: it is not repeated
            return self._note(name, f"must be an address that starts with {schemes[-1]}:// and names a server", default)
        return value or default

    def proxy(self, name: str) -> str:
        """http://[user:password@]host[:port] or "". As with other programs, http:// need not be written."""
        value = self._value(name)
        written = f"http://{value}" if value and "://" not in value else value
        if written and not _is_proxy(written):  # not repeated: it may hold a password
            return self._note(name, "must be http://[user:password@]host:port: a proxy is spoken to by plain HTTP", "")
        return written.rstrip("/")

    def address(self, name: str, default: str) -> Address | None:
        value = self._value(name) or default
        if value.lower() in FALSE:
            return None
        host, _, port = value.rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            return self._note(name, f"must be HOST:PORT or off, not {value!r}", None)
        return Address(host.strip("[]") or "127.0.0.1", int(port))

    def _value(self, name: str) -> str:
        value, file = self.variables.get(name, "").strip(), self.variables.get(f"{name}_FILE", "").strip()
        if value and file:
            return self._note(name, f"is given twice: drop either {name} or {name}_FILE", value)
        return self._content(f"{name}_FILE", file) if file else value

    def _content(self, name: str, file: str) -> str:
        try:
            return Path(file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            return self._note(name, f"names {file}, which cannot be read ({why})", "")

    def refuse(self, name: str, sentence: str) -> None:
        """Note what is wrong with values that are right each for itself."""
        self.problems.append(f"{name} {sentence}.")

    def _note(self, name: str, sentence: str, fallback: T) -> T:
        self.problems.append(f"{name} {sentence}.")
        return fallback


def kept_secret(found: Environment, reader: Reader, *, keep: bool = True) -> Environment:
    """`found` with its secret key: the one given, or the one kept in the data directory.

    It is made there (mode 600) if `keep`. Raises EnvironmentRefused when anything was wrong, before it writes.
    """
    if keep and not reader.problems and not found.secret_key:
        found = replace(found, secret_key=_secret_in(found.data, reader))
    if reader.problems:
        raise EnvironmentRefused(tuple(dict.fromkeys(reader.problems)))
    return found


def _secret_in(data: Path, reader: Reader) -> str:
    kept = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            _write_once(kept, secrets.token_urlsafe(48))
        return kept.read_text(encoding="ascii").strip()
    except OSError as error:
        reader.problems.append(f"DATA names {data}, which cannot be written ({error.strerror}): choose another place.")
        return ""


def _write_once(kept: Path, secret: str) -> None:
    """Two processes may start at the same moment: the first link wins and both read it. The file is mode 600."""
    with tempfile.NamedTemporaryFile("w", dir=kept.parent, prefix=".secret_key.") as draft:
        draft.write(secret + "\n")
        draft.flush()
        try:
            kept.hardlink_to(draft.name)
        except FileExistsError:
            return


def _is_url(value: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and (bool(parts.netloc) or not parts.scheme.startswith("http"))
    except ValueError:
        return False


def _is_proxy(value: str) -> bool:
    """Whether it names a host and a port that can be meant: one that is none would be found out at the first use."""
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").encode("idna")
        return parts.scheme == "http" and bool(host) and len(host.split()) == 1 and parts.port != 0
    except ValueError:
        return False
