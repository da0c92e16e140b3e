"""Files through the API: with a new ticket, with a reply, and back again."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

from deskwright.desk.staff import people
from deskwright.store.models import Delivery, Message
from tests.api.running import Running
from tests.api.test_front import GOOD, make_token, post, problem
from tests.api.test_front import desk as desk  # the fixture

PNG = b"\x89PNG\r\n\x1a\n and more"


def file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "content": b64encode(content).decode()}


def test_a_new_ticket_brings_its_files(desk: Running) -> None:
    made = post(desk, GOOD | {"files": [file("../etc/shot.exe", PNG), file("notes.txt", b"seen at nine")]})

    assert made.status == 201
    message = Message.objects.get(ticket=made.json["id"], kind="customer")
    kept = [(each.name, each.content_type, each.size) for each in message.attachments.order_by("pk")]
    assert kept == [("shot.exe", "image/png", len(PNG)), ("notes.txt", "text/plain", 12)]


def test_a_reply_takes_files_along_and_gives_them_back(desk: Running, now: datetime) -> None:
    make_token(now, "adas", agent=people.add_agent("Ada Quill", "ada@desk.example", role="admin"))
    ticket = post(desk).json["id"]
    body = {"text": "See the file.", "kind": "reply", "files": [file("how.txt", b"like this")]}

    reply = desk.request("POST", f"/api/v1/tickets/{ticket}/messages", body, authorization="Bearer adas")

    assert reply.status == 201
    (kept,) = Message.objects.get(pk=reply.json["id"]).attachments.all()
    assert Delivery.objects.get(message=reply.json["id"]).content["files"][0]["name"] == "how.txt"
    fetched = desk.request("GET", f"/api/v1/attachments/{kept.pk}", authorization="Bearer adas")
    assert (fetched.status, fetched.body) == (200, b"like this")
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"] == "attachment"
    other = Message.objects.get(ticket=ticket, kind="customer").attachments.create(name="gone", sha256="0" * 64, size=1)
    problem(desk.request("GET", f"/api/v1/attachments/{other.pk}", authorization="Bearer adas"), 404, "not_found")


def test_what_is_no_file_is_refused_with_its_place(desk: Running) -> None:
    wrong = [{"name": "a.txt", "content": "no base64!"}, {"name": "", "content": "QQ=="}]

    refused = post(desk, GOOD | {"files": wrong})

    faults = {fault["pointer"]: fault["detail"] for fault in problem(refused, 422, "invalid")["errors"]}
    assert faults == {
        "/files/0/content": "'content' must be the file's bytes in base64, at least one.",
        "/files/1/name": "'name' is empty.",
    }
    problem(post(desk, GOOD | {"files": "a.txt"}), 422, "invalid")
    assert not Message.objects.exists()
