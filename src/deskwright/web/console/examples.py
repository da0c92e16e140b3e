"""What to paste into a shell, or into Alertmanager's configuration, once a secret was made: it works as it stands."""

from __future__ import annotations

from typing import Final

ALERT: Final = '{"key": "test/1", "title": "A test of the alerts", "severity": "info"}'
CALL: Final = '{"call": "test-1", "event": "missed", "number": "+493023125017"}'
MESSAGE: Final = '{"id": "test-1", "channel": "%s", "from": "+493023125017", "text": "A test of the messages"}'
RECEIVER: Final = """receivers:
  - name: desk
    webhook_configs:
      - url: {address}
        send_resolved: true
        http_config:
          authorization: {{credentials: "{secret}"}}"""


def alert(form: str, address: str, secret: str) -> str:
    """For a source of alerts of this form."""
    return RECEIVER.format(address=address, secret=secret) if form == "alertmanager" else curl(address, secret, ALERT)


def call(address: str, secret: str) -> str:
    return curl(address, secret, CALL)


def message(address: str, secret: str, channel: str) -> str:
    return curl(address, secret, MESSAGE % channel)


def curl(address: str, secret: str, body: str) -> str:
    """As curls of any age know it: `--json` came with 7.82."""
    proof, kind = f"Authorization: Bearer {secret}", "Content-Type: application/json"
    return f"curl {address} \\\n  -H '{proof}' \\\n  -H '{kind}' \\\n  -d '{body}'"
