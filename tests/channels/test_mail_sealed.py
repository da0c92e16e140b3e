"""What signatures and packed files are read with: bounded, and told in sentences where they cannot be read."""

from __future__ import annotations

import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from deskwright.channels.email.bodies import LARGEST_TEXT
from deskwright.channels.email.der import NoDer, element, octets
from deskwright.channels.email.packed import take_yenc
from deskwright.channels.email.parse import parse
from deskwright.channels.email.sealed import keys_in


def nested(levels: int) -> bytes:
    return b"\x24\x80" * levels + b"\x04\x01x" + b"\0\0" * levels


def definite(levels: int) -> bytes:
    return b"\x04\x01x" if not levels else bytes([0x24, len(definite(levels - 1))]) + definite(levels - 1)


@pytest.mark.parametrize("written", [nested, definite])
def test_pieces_in_pieces_are_read_eight_deep_at_most(written):
    assert octets(element(written(5), 0)[0]) == b"x"
    with pytest.raises(NoDer):
        octets(element(written(12), 0)[0])


@pytest.mark.parametrize("length", [b"\x80", b"\x84" + (2 * 30_000).to_bytes(4, "big")])
def test_countless_empty_pieces_are_no_signature(length):
    with pytest.raises(NoDer):
        octets(element(b"\x24" + length + b"\x04\0" * 30_000 + b"\0\0", 0)[0])


def packed(content: bytes, end: bytes) -> bytes:
    return b"=ybegin part=1 line=128 size=9 name=a.bin\r\n=ypart begin=1 end=3\r\n" + content + b"\r\n=yend " + end


@pytest.mark.parametrize(
    ("end", "damaged"),
    [
        (b"size=3 part=1 pcrc32=%08x crc32=00000001", False),
        (b"size=3 part=1 crc32=00000001", False),
        (b"size=3 crc32=%08x pcrc32=00000001", True),
    ],
)
def test_a_part_of_a_file_is_held_against_its_own_checksum(end, damaged):
    content = bytes(byte - 42 for byte in b"abc")
    line = end % zlib.crc32(content) if b"%" in end else end
    _text, (file,), broken = take_yenc(packed(b"abc", line))
    assert (file.content, broken) == (content, damaged)


def test_a_file_that_ends_where_the_text_is_cut_is_not_looked_for():
    text = b"=ybegin line=128 name=a.bin\r\n" + b"abc\r\n" * (LARGEST_TEXT // 5) + b"=yend\r\n"
    assert parse(b"From: ada@example.com\r\n\r\n" + text).attachments == ()


def test_a_key_that_is_locked_is_refused_in_a_sentence():
    key = rsa.generate_private_key(65537, 2048)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    with pytest.raises(ValueError, match="password"):
        keys_in(locked.decode())
