"""The environment becomes one typed value, or one list of everything that is wrong with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deskwright.config import env
from deskwright.config.env import Address, Environment, EnvironmentRefused, read

SECRET = "a secret long enough for nobody to guess"


def settled(data: Path, **variables: str) -> Environment:
    return read({"DATA": str(data), "SECRET_KEY": SECRET, **variables})


def problems(data: Path, **variables: str) -> list[str]:
    with pytest.raises(EnvironmentRefused) as refused:
        settled(data, **variables)
    return list(refused.value.problems)


def test_an_empty_environment_is_a_desk_on_this_machine_with_its_own_database(tmp_path: Path) -> None:
    found = settled(tmp_path)
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert (found.embedded, found.database_url) == (True, "")
    assert (found.smtp_host, found.smtp_listen, found.lmtp_listen) == ("", Address("127.0.0.1", 2525), None)
    assert (found.mail_from, found.debug, found.log_level) == ("support@localhost", False, "INFO")


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open sesame\n", encoding="utf-8")
    assert settled(tmp_path, SMTP_PASSWORD_FILE=str(tmp_path / "password")).smtp_password == "open sesame"


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"PORT": "http"}, "PORT must be a whole number from 1 to 65535, not 'http'."),
        ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535, not '70000'."),
        ({"PORT": "²"}, "PORT must be a whole number from 1 to 65535, not '²'."),
        ({"DEBUG": "perhaps"}, "DEBUG must be on or off, not 'perhaps'."),
        ({"SMTP_TLS": "ssl"}, "SMTP_TLS must be one of starttls, tls, off, not 'ssl'."),
        ({"SMTP_LISTEN": "localhost"}, "SMTP_LISTEN must be HOST:PORT or off, not 'localhost'."),
        ({"SMTP_LISTEN": "localhost:99999"}, "SMTP_LISTEN must be HOST:PORT or off, not 'localhost:99999'."),
        (
            {"MAIL_FROM": "support"},
            "MAIL_FROM must be a mail address such as support@example.org, not 'support'.",
        ),
        ({"PGP_KEYS": "none"}, "PGP_KEYS must be PGP keys in armour, without a password (there is no key in it)."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32 characters, has 5."),
        (
            {"DATABASE_URL": "mysql://me:password@db/desk"},
            "DATABASE_URL must be an address that starts with postgresql:// and names a server.",
        ),
        ({"PUBLIC_URL": "desk.example"}, "PUBLIC_URL must be an address that starts with https:// and names a server."),
        (
            {"SMTP_HOST": "a", "SMTP_HOST_FILE": "b"},
            "SMTP_HOST is given twice: drop either SMTP_HOST or SMTP_HOST_FILE.",
        ),
        (
            {"SMTP_USER_FILE": "/nowhere/user"},
            "SMTP_USER_FILE names /nowhere/user, which cannot be read (No such file or directory).",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(tmp_path: Path, variables: dict[str, str], problem: str) -> None:
    assert problems(tmp_path, **variables) == [problem]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("desk:a%20word@proxy.example:3128", "http://desk:a%20word@proxy.example:3128"),
        ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
        ("proxy", "http://proxy"),
        ("", ""),
    ],
)
def test_a_proxy_is_taken_as_other_programs_take_it(tmp_path: Path, written: str, meant: str) -> None:
    assert settled(tmp_path, HTTPS_PROXY=written).https_proxy == meant


@pytest.mark.parametrize(
    "written",
    [
        "http://proxy.example:99999",
        "proxy.example:0",
        "proxy.example:web",
        "https://me:hunter2@proxy.example:3128",
        "socks5://proxy.example",
        "http://:3128",
        "http://[2001:db8::1",
        "http://proxy example:3128",
        "http://proxy..example:3128",
    ],
)
def test_a_proxy_that_cannot_be_meant_is_refused_at_the_start(tmp_path: Path, written: str) -> None:
    wrong = "HTTPS_PROXY must be http://[user:password@]host:port: a proxy is spoken to by plain HTTP."
    assert problems(tmp_path, HTTPS_PROXY=written) == [wrong]


def test_every_wrong_value_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(EnvironmentRefused) as refused:
        read({"DATA": str(data), "PORT": "x", "DEBUG": "x", "LOG_LEVEL": "x"})
    assert [problem.split()[0] for problem in refused.value.problems] == ["PORT", "DEBUG", "LOG_LEVEL"]
    assert not data.exists()


def test_a_refused_database_address_does_not_repeat_its_password(tmp_path: Path) -> None:
    assert "hunter2" not in "".join(problems(tmp_path, DATABASE_URL="mysql://me:hunter2@db/desk"))


def test_the_secret_key_is_made_once_and_kept_for_this_account_only(tmp_path: Path) -> None:
    first, second = (read({"DATA": str(tmp_path)}).secret_key for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentRefused, match=r"DATA names .*/file/data, which cannot be written"):
        read({"DATA": str(tmp_path / "file" / "data")})


@pytest.mark.parametrize(
    ("variables", "hosts"),
    [
        ({}, ("localhost", "127.0.0.1", "[::1]")),
        ({"PUBLIC_URL": "https://desk.example/"}, ("localhost", "127.0.0.1", "[::1]", "desk.example")),
        ({"HOST": "0.0.0.0"}, ("*",)),
        (
            {"HOST": "0.0.0.0", "PUBLIC_URL": "https://desk.example"},
            ("localhost", "127.0.0.1", "[::1]", "desk.example"),
        ),
        ({"ALLOWED_HOSTS": "a.example, b.example"}, ("a.example", "b.example")),
    ],
)
def test_the_desk_answers_to_the_names_it_can_know(
    tmp_path: Path, variables: dict[str, str], hosts: tuple[str, ...]
) -> None:
    assert settled(tmp_path, **variables).allowed_hosts == hosts


@pytest.mark.parametrize(("port", "tls"), [("465", "tls"), ("587", "starttls"), ("25", "off")])
def test_encryption_to_the_mail_server_follows_from_its_port(tmp_path: Path, port: str, tls: str) -> None:
    assert settled(tmp_path, SMTP_PORT=port).smtp_tls == tls


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("off", None),
        ("0.0.0.0:25", Address("0.0.0.0", 25)),
        ("[::1]:25", Address("::1", 25)),
        ("2526", Address("127.0.0.1", 2526)),
    ],
)
def test_a_listener_has_an_address_or_is_off(tmp_path: Path, value: str, address: Address | None) -> None:
    assert settled(tmp_path, SMTP_LISTEN=value).smtp_listen == address


SAML = {"SAML_ENTITY_ID": "https://id.example", "SAML_SSO_URL": "https://id.example/sso", "SAML_CERTIFICATE": "MII"}


def test_a_saml_provider_is_named_whole_or_not_at_all(tmp_path: Path) -> None:
    assert settled(tmp_path).saml is None
    known = settled(tmp_path, **SAML).saml
    assert known and (known.entity_id, known.certificate, known.name) == ("https://id.example", "MII", "SAML")
    for left_out in SAML:
        some = {name: value for name, value in SAML.items() if name != left_out}
        assert any("only together with" in problem for problem in problems(tmp_path, **some)), left_out


def test_saml_without_its_package_refuses_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "find_spec", lambda name: None)

    assert problems(tmp_path, **SAML) == [
        "SAML_ENTITY_ID needs the package python3-saml: pip install 'deskwright[saml]'."
    ]
