"""How mails are read: time for each beside Python's own parser, bounces recognised, answers cut, 100,000 broken ones.

Real mails are taken from the directory that --samples names (bounces/*.eml, reply_extraction.jsonl). They are not part
of the repository: without them made mails are read, and nothing is told of how many are recognised.
"""

from __future__ import annotations

import email
import email.policy
import json
import logging
import random
import resource
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from time import process_time
from typing import Any, Final

from bench import _report
from deskwright.channels.contract import Incoming
from deskwright.channels.email.page import read_page
from deskwright.channels.email.parse import parse
from deskwright.channels.email.quotes import without_quotes, without_signature
from tests.channels.test_mail_fuzz import PIECES, SEEDS, storable

SLOW: Final = 1.0
"""Seconds of processor time that no mail may take."""
WOUNDS: Final = 12


def main() -> None:
    parser = _report.parser(__doc__)
    parser.add_argument("--samples", metavar="DIR", type=Path, help="where real mails are (none: made ones are read)")
    parser.add_argument("--mutations", type=int, default=100_000, help="broken mails to read")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    reports, answers = samples(asked.samples)
    mails = reports or SEEDS
    figures: dict[str, Any] = {"reading": reading(mails), "rates": rates(reports, answers)}
    figures["broken"] = broken(mails, 1000 if asked.quick else asked.mutations, asked.seed)
    _report.keep("mail", figures, asked)


def samples(place: Path | None) -> tuple[Sequence[bytes], Sequence[dict[str, Any]]]:
    """Real reports and answers; says which are missing."""
    reports = [path.read_bytes() for path in sorted(place.glob("bounces/*.eml"))] if place else []
    lines = place / "reply_extraction.jsonl" if place else None
    answers = [json.loads(line) for line in lines.read_text("utf-8").splitlines()] if lines and lines.is_file() else []
    missing = [name for name, found in (("bounces/*.eml", reports), ("reply_extraction.jsonl", answers)) if not found]
    if missing:
        print(f"no {' and no '.join(missing)} in {place or 'a directory named by --samples'}: no rates of real mails")
    return reports, answers


def reading(mails: Sequence[bytes]) -> dict[str, Any]:
    """Milliseconds of processor time for each mail: ours, and Python's own parser, which cuts and judges nothing."""
    ours, yardstick = sorted(map(ours_ms, mails)), sorted(map(yardstick_ms, mails))
    rows = [
        (name, _report.middle(times), _report.percentile(times, 0.99), times[-1])
        for name, times in (("deskwright", ours), ("email.policy.default", yardstick))
    ]
    _report.table(f"reading {len(mails):,} mails, milliseconds of one core", ("by", "median", "p99", "most"), rows)
    return {name: {"median": middle, "p99": p99, "most": most} for name, middle, p99, most in rows}


def ours_ms(raw: bytes) -> float:
    began = process_time()
    parse(raw)
    return (process_time() - began) * 1000


def yardstick_ms(raw: bytes) -> float:
    """The headers everybody needs, the body and the files, by the standard library."""
    began = process_time()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    try:
        for name in ("from", "to", "subject", "date", "message-id", "references"):
            str(message[name])
        body = message.get_body(("plain", "html"))
        if body is not None:
            body.get_content()
        for part in message.iter_attachments():
            part.get_payload(decode=True)
    except Exception:  # it does not read every mail; that is what it took until then
        return (process_time() - began) * 1000
    return (process_time() - began) * 1000


def rates(reports: Sequence[bytes], answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many real reports are recognised, with whom they are about, and how many answers are cut as expected."""
    if not reports or not answers:
        return {}
    read = list(map(parse, reports))
    bounces = [one.bounce for one in read if one.bounce]
    rows = [
        ("reports recognised as automatic", sum(one.auto is not None for one in read), len(read)),
        (
            "bounces that name who did not get it",
            sum(one.failed_recipient is not None for one in bounces),
            len(bounces),
        ),
        ("answers cut as expected", sum(map(cut_as_expected, answers)), len(answers)),
    ]
    told = [(name, right, whole, 100 * right / whole) for name, right, whole in rows]
    _report.table("of real mails", ("", "right", "of", "%"), told)
    return {name: {"right": right, "of": whole, "percent": share} for name, right, whole, share in told}


def cut_as_expected(sample: dict[str, Any]) -> bool:
    text = sample["input"].replace("\r\n", "\n")
    found = without_quotes(read_page(text).reply if sample["kind"] == "html" else text)
    if "signature kept" not in sample["convention"]:
        found = without_signature(found)
    return trimmed(found) == trimmed(sample["expected"])


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]


def broken(mails: Sequence[bytes], number: int, seed: int) -> dict[str, Any]:
    """Mails with random wounds: none may raise, none may hang, and memory must not grow with their number."""
    times: list[float] = []
    crashes, first = 0, 0
    for count, raw in enumerate(wounded(mails, number, seed)):
        began = process_time()
        try:
            read: Incoming = parse(raw)
            times.append(process_time() - began)
            storable(read)
        except Exception as trouble:
            crashes += 1
            print(f"  mail {count} of seed {seed}: {type(trouble).__name__}: {trouble}")
        if count == number // 10:
            first = peak()
    slow = sum(one > SLOW for one in times)
    figures = {
        "mails": number,
        "crashes": crashes,
        "over a second": slow,
        "p99 ms of one core": _report.percentile(times, 0.99) * 1000,
        "most ms of one core": max(times) * 1000,
        "MB after a tenth": first,
        "MB at the end": peak(),
    }
    _report.table("broken mails", ("", "figure"), list(figures.items()))
    return figures


def wounded(mails: Sequence[bytes], number: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(number):
        raw = bytearray(chance.choice([*mails, *SEEDS]))
        for _ in range(chance.randint(1, WOUNDS)):
            wound(raw, chance)
        yield bytes(raw)


def wound(raw: bytearray, chance: random.Random) -> None:
    """Cut, repeat, insert, overwrite or shuffle a stretch."""
    place = chance.randrange(len(raw) + 1)
    length = chance.choice((1, 1, 4, 30, 400))
    how = chance.randrange(5)
    if how == 0:
        del raw[place : place + length]
    elif how == 1:
        raw[place:place] = raw[place : place + length] * chance.choice((1, 2, 20))
    elif how == 2:
        raw[place:place] = chance.choice(PIECES)
    elif how == 3:
        raw[place : place + length] = chance.randbytes(min(length, len(raw) - place))
    else:
        other = chance.randrange(len(raw) + 1)
        raw[place : place + length], raw[other : other + length] = (
            raw[other : other + length],
            raw[place : place + length],
        )


def peak() -> int:
    """Megabytes this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
