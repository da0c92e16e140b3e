"""The process that reads OpenPGP: `python -m`, one line of JSON and the bytes in, one line of JSON and the bytes out.

It knows nothing of the desk. What takes too much memory or time ends it, and with it the try.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from pysequoia import Cert, Decrypted, Tsk

MEMORY: Final = 768 * 1024 * 1024
SECONDS: Final = 8
"""Of processor time."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of what is inside."""
BLOCK: Final = re.compile(r"-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----.*?-----END PGP \1 KEY BLOCK-----", re.DOTALL)
FAULTS: Final = (RuntimeError, ValueError, TypeError)
"""What the library raises for bytes that are not what they should be."""


class Ring(NamedTuple):
    keys: str
    at: float | None
    """Seconds since 1970; what has expired by then is no longer valid."""


def main(source: BinaryIO, target: BinaryIO) -> None:
    head = json.loads(source.readline())
    pieces = [source.read(size) for size in head["sizes"]]
    answer, content = DEEDS[head["deed"]](Ring(head["ring"], head["at"]), *pieces)
    if content is not None and len(content) > LARGEST:
        raise MemoryError
    target.write(json.dumps({**answer, "content": content is not None}).encode() + b"\n" + (content or b""))
    target.flush()


def ring(known: Ring) -> tuple[dict[str, Any], None]:
    """{"refused": why the keys cannot be used, "" when they can}"""
    try:
        certificates(known.keys)
        for key in secrets(known.keys):
            key.decryptor()
    except FAULTS as trouble:
        return {"refused": sentence(trouble)}, None
    return {"refused": ""}, None


def sentence(trouble: Exception) -> str:
    """Without the trace that the library writes below it."""
    return str(trouble).split("\n", 1)[0].strip()


def secrets(text: str) -> list[Tsk]:
    from pysequoia import Tsk

    return [Tsk.from_bytes(match[0].encode()) for match in BLOCK.finditer(text) if match[1] == "PRIVATE"]


def certificates(text: str) -> list[Cert]:
    """All public keys, those of the secret ones too."""
    from pysequoia import Cert

    blocks = [match[0].encode() for match in BLOCK.finditer(text) if match[1] == "PUBLIC"]
    return [*(one for block in blocks for one in Cert.split_bytes(block)), *map(extracted, secrets(text))]


def extracted(key: Tsk) -> Cert:
    return key.extract_certificate()


def decrypt(known: Ring, message: bytes) -> tuple[dict[str, Any], bytes | None]:
    from pysequoia import decrypt as opened

    for key in secrets(known.keys):
        try:
            content = opened(message, key.decryptor()).bytes
        except FAULTS:
            continue
        store = Store(known)
        return verdict(store, lambda: opened(message, key.decryptor(), store)), content  # noqa: B023
    return {"signed": False}, None


def detached(known: Ring, content: bytes, signature: bytes) -> tuple[dict[str, Any], None]:
    from pysequoia import Sig, verify

    store = Store(known)
    return verdict(store, lambda: verify(content, store, None, Sig.from_bytes(signature))), None


def clear(known: Ring, message: bytes) -> tuple[dict[str, Any], bytes | None]:
    from pysequoia import verify

    store = Store(known)
    return verdict(store, lambda: verify(message, store)), store.read


class Store:
    """Gives the library the keys it asks for, and remembers who they are."""

    def __init__(self, ring: Ring) -> None:
        self.known = certificates(ring.keys)
        self.at = ring.at
        self.asked: list[str] = []
        self.read: bytes | None = None

    def __call__(self, names: Sequence[str]) -> list[Cert]:
        self.asked += names
        return [one for one in self.known if not held(one).isdisjoint(names)]


def held(certificate: Cert) -> set[str]:
    """The names of all keys of a certificate."""
    from pysequoia.packet import PacketPile

    return {name for one in PacketPile.from_bytes(bytes(certificate)) for name in names_of(one)}


def names_of(packet: Any) -> Iterator[str]:
    yield from (name for name in (packet.fingerprint, packet.key_id) if name)


def verdict(store: Store, verify: Any) -> dict[str, Any]:
    """Who has signed, and whether it holds: `sound` is None where their key is not in the ring, or has `lapsed`."""
    users: list[str] = []
    lapsed = False
    try:
        result: Decrypted = verify()
        store.read = result.bytes
        proved = {one.certificate for one in result.valid_sigs}
        users = [str(user) for one in store.known if one.fingerprint in proved for user in one.user_ids]
        sound: bool | None = True
    except FAULTS:
        signers = [one for one in store.known if not held(one).isdisjoint(store.asked)]
        lapsed = any(no_longer_valid(one, store.at) for one in signers)
        sound = False if signers and not lapsed else None
    key = next(iter(store.asked), "")
    return {"signed": bool(store.asked), "users": users, "sound": sound, "lapsed": lapsed, "key": key}


def no_longer_valid(certificate: Cert, at: float | None) -> bool:
    expires = certificate.expiration
    return certificate.is_revoked or (expires is not None and at is not None and expires.timestamp() <= at)


DEEDS: Final[dict[str, Any]] = {"ring": ring, "decrypt": decrypt, "detached": detached, "clear": clear}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.stdin.buffer, sys.stdout.buffer)
