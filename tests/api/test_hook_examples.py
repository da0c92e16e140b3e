"""What the documentation and the settings offer for pasting is taken by the doors as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
import yaml

from deskwright.channels.alerts import signals
from deskwright.channels.posting import File
from deskwright.desk import clock, workflows
from deskwright.desk.alerts import sources
from deskwright.desk.lines import posts, settings, ways
from deskwright.store.models import Ticket
from deskwright.web.console import examples
from tests.api.running import Answer, Running, running
from tests.desk.test_alerts import VALUES as SOURCE
from tests.desk.test_calls import VALUES as LINE

DOCS = Path(__file__).parents[2] / "docs"
CURL = re.compile(r"^curl https://desk\.example/.*?(?<!\\)$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(live_db: str) -> Iterator[Running]:
    workflows.publish("workflow: Hooks\nqueues: {everybody: {}}\n", now=clock.now())
    with running() as application:
        yield application


@pytest.fixture
def doors(desk: Running) -> dict[str, tuple[str, str]]:
    """what is posted -> the key and the secret of its door"""
    now = clock.now()
    source, secret = sources.set_up(None, SOURCE, now=now)
    line, own = settings.connect(None, LINE | {"sms": True, "whatsapp": True}, now=now)
    return {"alerts": (source.key, secret), **dict.fromkeys((ways.CALLS, ways.MESSAGES), (line.key, own))}


def paste(desk: Running, command: str) -> Answer:
    """As a shell and curl would do it."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "curl", words
    headers = dict(words[place + 1].split(": ") for place, word in enumerate(words) if word == "-H")
    assert headers["Content-Type"] == "application/json", "--json is unknown to curl before 7.82"
    body = words[words.index("-d") + 1].encode()
    return desk.request("POST", urlsplit(words[1]).path, body, **headers)


def documented() -> list[str]:
    return [found for name in ("alerts.md", "phone.md") for found in CURL.findall((DOCS / name).read_text("utf-8"))]


def nothing_to_fetch(url: str, _headers: Mapping[str, str]) -> File:
    raise AssertionError(url)


def test_every_documented_post_is_taken(desk: Running, doors: dict[str, tuple[str, str]]) -> None:
    commands = documented()
    assert len(commands) >= 4
    for command in commands:
        what = urlsplit(command.split()[1]).path.split("/")[4]
        key, secret = doors[what]
        answer = paste(desk, command.replace("/KEY", f"/{key}").replace("whsec_...", secret))
        assert answer.status == 200, (command, answer.body)
    posts.work_off(clock.now(), 20, nothing_to_fetch)
    assert {"alert", "sms"} <= set(Ticket.objects.values_list("channel", flat=True))


def test_what_the_settings_offer_is_taken(desk: Running, doors: dict[str, tuple[str, str]]) -> None:
    base = "https://desk.example/api/v1/in"
    offered = [
        examples.alert("plain", f"{base}/alerts/{doors['alerts'][0]}", doors["alerts"][1]),
        examples.call(f"{base}/calls/{doors['calls'][0]}", doors["calls"][1]),
        examples.message(f"{base}/messages/{doors['messages'][0]}", doors["messages"][1], "whatsapp"),
    ]
    for command in offered:
        answer = paste(desk, command)
        assert answer.status == 200, (command, answer.body)


def test_what_alertmanager_is_to_be_told_holds_address_and_secret() -> None:
    (receiver,) = yaml.safe_load(examples.alert("alertmanager", "https://desk.example/a", "whsec_x/+="))["receivers"]
    (hook,) = receiver["webhook_configs"]
    assert (hook["url"], hook["http_config"]["authorization"]) == (
        "https://desk.example/a",
        {"credentials": "whsec_x/+="},
    )


def test_the_fields_of_plain_alerts_are_all_documented() -> None:
    told = (DOCS / "alerts.md").read_text("utf-8")
    assert [name for name in signals.KNOWN if f"| `{name}` |" not in told] == []
    assert orjson.loads(examples.ALERT).keys() <= set(signals.KNOWN)


@pytest.mark.parametrize("body", [examples.CALL, examples.MESSAGE % "sms"])
def test_the_number_of_an_example_is_nobodys(body: str) -> None:
    """030 23125 000 to 999 are set aside for films."""
    (number,) = re.findall(r"\+\d+", body)
    assert re.fullmatch(r"\+493023125\d{3}", number)
