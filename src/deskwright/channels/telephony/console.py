"""The twin of every provider of messages: prints instead of sending. Used by lines that have no address to send to."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from deskwright.channels.contract import Outcome, Sent, Text
from deskwright.channels.telephony.segments import measure

_turn = threading.Lock()


class Printed:
    """Prints to a stream (standard output by default). Safe to share between threads."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, text: Text) -> Outcome:
        length = measure(text.text)
        head = f"{text.channel} from {text.from_} to {text.to}, {length.segments} segments"
        template = [f"template {text.template.name} ({text.template.language})"] if text.template else []
        files = [f"file {file.name}: {file.url}" for file in text.files]
        lines = [head, *template, "", *text.text.splitlines(), *files]
        frame = "+" + "-" * 71
        with _turn:
            print(
                "\n".join([frame, *(f"| {line}" for line in lines), frame]), file=self._stream or sys.stdout, flush=True
            )
        return Sent("printed")
