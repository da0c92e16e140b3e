"""Files that go with a reply or a note: kept with the draft, limited, attached as it leaves, forgotten in time."""

from __future__ import annotations

import email
import os
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default

import pytest

from deskwright.channels.contract import Outgoing, Sent
from deskwright.channels.email.compose import compose
from deskwright.desk.answering import files, holding, replies
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.outbox import delivery
from deskwright.store import blobs
from deskwright.store.models import Agent, Attachment, DraftFile, Message
from tests.factories import a_ticket, an_agent

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
DAY = timedelta(days=1)


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    return a_ticket(now, channel="email").pk


def leave(now: datetime) -> EmailMessage:
    """The mail that leaves, read back as a mail program would."""
    sent: list[Outgoing] = []
    holding.leave_due(now + holding.UNDO_FOR, 10)
    delivery.deliver(now + DAY, 10, lambda mail: sent.append(mail) or Sent("250"))  # type: ignore[func-returns-value]
    answer = next(mail for mail in sent if mail.auto_submitted is None)
    return email.message_from_bytes(compose(answer), policy=default)  # type: ignore[return-value]


def test_files_leave_with_the_reply_and_stand_on_the_timeline(agent: Agent, ticket: int, now: datetime) -> None:
    files.add(agent, ticket, "reply", "../../plan ü.pdf", b"%PDF-1.7", now=now)
    holding.send(agent, ticket, "See the plan.", now=now)

    mail = leave(now)

    (part,) = mail.iter_attachments()
    assert part.get_filename() == "plan ü.pdf" and part.get_content_type() == "application/pdf"
    assert part.get_content() == b"%PDF-1.7"
    kept = Attachment.objects.get(message__kind="agent")
    assert kept.name == "plan ü.pdf" and not kept.inline and not DraftFile.objects.exists()


def test_a_picture_in_the_text_travels_inside_the_mail(agent: Agent, ticket: int, now: datetime) -> None:
    shown = files.add(agent, ticket, "reply", "shot.png", PNG, now=now)
    files.add(agent, ticket, "reply", "other.png", PNG, now=now)
    holding.send(agent, ticket, f"Look:\n\n![shot](cid:{shown.content_id})", now=now)

    mail = leave(now)

    html = mail.get_body(("html",))
    assert html is not None and f'src="cid:{shown.content_id}"' in html.get_content()
    inline = [part for part in mail.walk() if part["Content-ID"]]
    assert [part["Content-ID"] for part in inline] == [f"<{shown.content_id}>"]
    plain = mail.get_body(("plain",))
    assert plain is not None and "[shot]" in plain.get_content() and "cid:" not in plain.get_content()
    assert dict(Attachment.objects.values_list("name", "inline")) == {"shot.png": True, "other.png": False}


def test_files_of_a_reply_taken_back_are_the_draft_s_again(agent: Agent, ticket: int, now: datetime) -> None:
    files.add(agent, ticket, "reply", "plan.pdf", b"%PDF", now=now)
    held = holding.send(agent, ticket, "See the plan.", now=now)
    assert DraftFile.objects.get().held_id == held

    holding.take_back(agent, held, now=now)

    assert DraftFile.objects.get().held_id is None


def test_a_note_takes_its_own_files_and_leaves_those_of_the_reply(agent: Agent, ticket: int, now: datetime) -> None:
    files.add(agent, ticket, "note", "log.txt", b"line", now=now)
    files.add(agent, ticket, "reply", "plan.pdf", b"%PDF", now=now)

    note = replies.note(agent, ticket, "For us.", now=now, drafted=True)

    assert Attachment.objects.get(message=note).name == "log.txt"
    assert DraftFile.objects.get().name == "plan.pdf"


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([0], "is empty"),
        ([files.LARGEST + 1], "at most 20 MB"),
        ([files.LARGEST, 1], "Together"),
        ([1] * (files.MOST + 1), "at most 20 files"),
    ],
)
def test_limits_are_told_in_sentences(
    sizes: list[int], sentence: str, agent: Agent, ticket: int, now: datetime
) -> None:
    with pytest.raises(Invalid, match=sentence):
        for size in sizes:
            files.add(agent, ticket, "reply", "file.bin", b"x" * size, now=now)


def test_a_file_is_its_agent_s_and_needs_the_right_to_write(agent: Agent, ticket: int, now: datetime) -> None:
    mine = files.add(agent, ticket, "reply", "plan.pdf", b"%PDF", now=now)
    light = an_agent("Lia Moss", role="light")
    DraftFile.objects.filter(pk=mine.pk).update(agent=agent)

    with pytest.raises(NotFound):
        files.remove(an_agent("Bram Oak", role="lead"), mine.pk)
    with pytest.raises(Forbidden):
        files.add(light, ticket, "reply", "plan.pdf", b"%PDF", now=now)
    assert files.add(light, ticket, "note", "plan.pdf", b"%PDF", now=now).kind == "note"


def test_a_file_nobody_sends_is_forgotten_with_its_bytes_unless_they_are_used(
    agent: Agent, ticket: int, now: datetime
) -> None:
    lost = files.add(agent, ticket, "reply", "lost.txt", b"nobody wants this", now=now)
    used = files.add(agent, ticket, "reply", "used.txt", b"everybody has this", now=now)
    note = replies.note(agent, ticket, "x", now=now)
    Attachment.objects.create(message_id=note, name="used.txt", content_type="", size=1, sha256=used.sha256)
    long_after = datetime.now(now.tzinfo) + files.KEPT + 2 * DAY  # noqa: TID251  # files age by the disk's clock

    assert files.sweep(now + files.KEPT - DAY, 10) == 0
    assert files.sweep(max(long_after, now + files.KEPT + DAY), 10) == 2

    assert not blobs.path(lost.sha256).exists() and blobs.path(used.sha256).exists()
    assert Message.objects.filter(pk=note).exists()


def test_bytes_that_no_row_names_are_forgotten_when_they_are_old(agent: Agent, ticket: int, now: datetime) -> None:
    kept = files.add(agent, ticket, "reply", "kept.txt", b"it waits for its message", now=now).sha256
    orphan, young = blobs.put(b"a crash came before the row"), blobs.put(b"its row is being written")
    half = blobs.path(orphan).with_name(f"{blobs.DRAFT}x")
    half.write_bytes(b"a cra")
    for place in (blobs.path(kept), blobs.path(orphan), half):
        os.utime(place, (0, (now - files.KEPT - DAY).timestamp()))

    found = sum(files.sweep_store(now + hour * timedelta(hours=1), 10) for hour in range(blobs.FOLDERS))

    assert found == 1
    assert not blobs.path(orphan).exists() and not half.exists()
    assert blobs.path(kept).exists() and blobs.path(young).exists()


def test_content_put_again_is_never_forgotten(db: str) -> None:
    name = blobs.put(b"here again")
    young = datetime.fromtimestamp(blobs.path(name).stat().st_mtime - 60).astimezone()
    assert not blobs.forget(name, young)
    assert blobs.get(name) == b"here again"
    assert blobs.forget(name, young + timedelta(hours=1)) and not blobs.path(name).exists()
