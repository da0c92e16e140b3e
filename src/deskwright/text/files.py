"""What a file's name and first bytes say of it: whether it may do harm, whether it is a picture a page may show."""

from __future__ import annotations

from typing import Final

RUN: Final = """
apk app appx bat cab chm cmd com cpl dll dmg exe gadget img ins iso jar js jse lnk msc msi msp pif ps1 psm1 reg scf scr
sct sh shb sys url vb vbe vbs vhd vhdx wsf wsh
"""
MACROS: Final = "docm dotm ppam pptm xlam xlsb xlsm xll"
PAGES: Final = "hta htm html mht mhtml shtml svg xhtml"
HARMFUL: Final = frozenset(f"{RUN} {MACROS} {PAGES}".split())
"""Endings of files that run something, or open as a page of somebody's making."""
PICTURES: Final = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
SHOWN_TYPES: Final = frozenset({"image/webp"}.union(kind for _, kind in PICTURES))

SOUNDS: Final = (
    (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"\xff\xf2", "audio/mpeg"),
    (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"#!AMR", "audio/amr"),
)  # fmt: skip
SOUND_TYPES: Final = frozenset(
    {"audio/wav", "audio/x-wav", "audio/wave", "audio/mp4", "audio/mp3", "audio/aac"}.union(kind for _, kind in SOUNDS)
) - {"audio/amr"}
"""What browsers play."""


def harmful(name: str) -> bool:
    """Whether people should think twice before they open a file of this name."""
    return name.rstrip(". ").rpartition(".")[2].lower() in HARMFUL


def picture_type(head: bytes) -> str | None:
    """The content type of a picture every browser shows and none runs, from its first bytes; None for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in PICTURES if head.startswith(start)), None)


def sound_type(head: bytes) -> str | None:
    """The content type of a sound browsers play and none runs, from its first bytes; None for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp" and head[8:11] in {b"M4A", b"mp4", b"iso"}:
        return "audio/mp4"
    kind = next((kind for start, kind in SOUNDS if head.startswith(start)), None)
    return kind if kind in SOUND_TYPES else None
