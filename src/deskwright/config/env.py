"""The environment (`NAME`, or `NAME_FILE` with the value) -> one frozen `Environment`; the only reader of os.environ.

Every wrong value is reported at once in `EnvironmentRefused`; nothing starts on a guess. It never connects anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from deskwright.config.reading import Address, EnvironmentRefused, Reader, kept_secret
from deskwright.store.embedded import address

__all__ = ["Address", "Environment", "EnvironmentRefused", "environment", "override", "read"]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
TLS_OF_PORT = {465: "tls", 587: "starttls"}
TLS_MODES = ("starttls", "tls", "off")


class Saml(NamedTuple):
    """A SAML identity provider, by what its metadata say."""

    entity_id: str
    sso_url: str
    certificate: str
    """What its answers are signed with, as PEM or its base64 alone."""
    name: str


@dataclass(frozen=True, slots=True)
class Environment:
    """What the installation was told. An empty `smtp_host` means: print mail instead of sending it."""

    database_url: str  # empty: no DATABASE_URL, and no desk with its own PostgreSQL is running on `data`
    embedded: bool  # the database is the bundled one, under `data`
    data: Path
    host: str
    port: int
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    public_url: str
    allowed_hosts: tuple[str, ...]
    mail_domain: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: str  # "starttls", "tls" (from the first byte) or "off"
    smtp_listen: Address | None  # None: the listener is off
    lmtp_listen: Address | None
    clamd: Address | None  # a virus scanner for attachments (ClamAV's daemon)
    mail_auth_server: str  # whose Authentication-Results are believed; empty: nobody's
    smime_keys: str  # PEM: RSA keys with their certificates, for mail that is encrypted for us
    pgp_keys: str  # armoured: secret keys for mail that is encrypted for us, public ones of those who sign theirs
    https_proxy: str  # through which public addresses are posted to; empty: directly
    webhooks_to_private: bool  # webhooks may point into private networks, and be plain http
    web_processes: int  # `web` processes under `deskwright run`, on one socket
    workers: int  # `work` processes under `deskwright run`
    automation_runs_kept: int  # days
    audit_kept: int  # days
    access_kept: int  # days that looks at customers' data stay in the audit log
    oidc_server: str  # empty: nobody signs in elsewhere
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str  # what the button says
    saml: Saml | None  # None: nobody signs in by SAML
    debug: bool
    log_level: str


@cache
def environment() -> Environment:
    """This process's environment, read once. Raises EnvironmentRefused."""
    return read(os.environ)


def override(variables: Mapping[str, str], *, reading: bool = False) -> Environment:
    """Command line options outrank variables: put them where settings and child processes look, and read again."""
    os.environ.update(variables)
    for name in variables:
        os.environ.pop(f"{name}_FILE", None)
    environment.cache_clear()
    return read(os.environ, keep=False) if reading else environment()


def read(variables: Mapping[str, str], *, keep: bool = True) -> Environment:
    """`variables` as values. Creates the data directory and its secret key when no SECRET_KEY is given, if `keep`.

    Raises EnvironmentRefused with every problem.
    """
    reader = Reader(variables)
    data = reader.path("DATA", "var")
    given = reader.url("DATABASE_URL", "", ("postgres", "postgresql"))
    host, port = reader.text("HOST", "127.0.0.1"), reader.number("PORT", 8000, 1, 65535)
    public_url = reader.url("PUBLIC_URL", f"http://localhost:{port}", ("http", "https")).rstrip("/")
    smtp_port = reader.number("SMTP_PORT", 587, 1, 65535)
    domain = reader.text("MAIL_DOMAIN", _name_in(public_url))
    found = Environment(
        database_url=given or address(data) or "",
        embedded=not given,
        data=data,
        host=host,
        port=port,
        secret_key=reader.text("SECRET_KEY", "", at_least=32),
        secret_key_fallbacks=reader.words("SECRET_KEY_FALLBACKS", ()),
        public_url=public_url,
        allowed_hosts=reader.words("ALLOWED_HOSTS", _hosts(host, public_url, reader.given("PUBLIC_URL"))),
        mail_domain=domain,
        mail_from=reader.mailbox("MAIL_FROM", f"support@{domain}"),
        smtp_host=reader.text("SMTP_HOST", ""),
        smtp_port=smtp_port,
        smtp_user=reader.text("SMTP_USER", ""),
        smtp_password=reader.text("SMTP_PASSWORD", ""),
        smtp_tls=reader.choice("SMTP_TLS", TLS_OF_PORT.get(smtp_port, "off"), TLS_MODES),
        smtp_listen=reader.address("SMTP_LISTEN", "127.0.0.1:2525"),
        lmtp_listen=reader.address("LMTP_LISTEN", "off"),
        clamd=reader.address("CLAMD", "off"),
        mail_auth_server=reader.text("MAIL_AUTH_SERVER", "").lower(),
        smime_keys=reader.smime_keys("SMIME_KEYS"),
        pgp_keys=reader.pgp_keys("PGP_KEYS"),
        https_proxy=reader.proxy("HTTPS_PROXY"),
        webhooks_to_private=reader.switch("WEBHOOKS_TO_PRIVATE", default=False),
        web_processes=reader.number("WEB_PROCESSES", min(2, os.cpu_count() or 1), 1, 64),
        workers=reader.number("WORKERS", 1, 1, 64),
        automation_runs_kept=reader.number("AUTOMATION_RUNS_KEPT", 90, 1, 3650),
        audit_kept=reader.number("AUDIT_KEPT", 730, 30, 3650),
        access_kept=reader.number("ACCESS_KEPT", 180, 1, 3650),
        oidc_server=reader.url("OIDC_SERVER", "", ("http", "https")),
        oidc_client_id=reader.text("OIDC_CLIENT_ID", ""),
        oidc_client_secret=reader.text("OIDC_CLIENT_SECRET", ""),
        oidc_name=reader.text("OIDC_NAME", "single sign-on"),
        saml=read_saml(reader),
        debug=reader.switch("DEBUG", default=False),
        log_level=reader.choice("LOG_LEVEL", "INFO", LOG_LEVELS),
    )
    return kept_secret(found, reader, keep=keep)


def read_saml(reader: Reader) -> Saml | None:
    """All of it or none: a provider without a certificate could be anybody."""
    found = Saml(
        reader.text("SAML_ENTITY_ID", ""),
        reader.url("SAML_SSO_URL", "", ("https", "http")),
        reader.text("SAML_CERTIFICATE", ""),
        reader.text("SAML_NAME", "SAML"),
    )
    if not any(found[:3]):
        return None
    if not all(found[:3]):
        reader.refuse("SAML_ENTITY_ID", "is of use only together with SAML_SSO_URL and SAML_CERTIFICATE")
    elif find_spec("onelogin") is None:
        reader.refuse("SAML_ENTITY_ID", "needs the package python3-saml: pip install 'deskwright[saml]'")
    return found


def _hosts(host: str, public_url: str, public: bool) -> tuple[str, ...]:
    """Names the desk answers to. Bound to the network without a PUBLIC_URL, it cannot know them and takes any."""
    if public or host in LOOPBACK or host == "::1":
        return tuple(dict.fromkeys((*LOOPBACK, _name_in(public_url))))
    return ("*",)


def _name_in(url: str) -> str:
    return url.split("://")[-1].split("/")[0].rsplit("@")[-1].split(":")[0] or "localhost"
