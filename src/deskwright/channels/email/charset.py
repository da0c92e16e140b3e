"""Bytes -> text, whatever they claim to be: declared, its superset, UTF-8, a guess, Windows-1252. Never raises."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

SUPERSETS = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "iso2022_jp_2": "iso2022_jp_ext",
}
"""What mail programs name, and what they write."""
OTHER_NAMES = {
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-windows-949": "cp949",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb_2312-80": "gb18030",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "utf8": "utf-8",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
}
NO_CHARSETS = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem", "utf_7"}
"""Python's codecs that are none of mail's. UTF-7 hides markup and is refused, except under its own old name."""
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]|\x1b\([JB]")
KANA = re.compile("[\u3040-\u30ff]")
COMMON_CHINESE = re.compile("[的一是不了在人有我他这中大来上国個个和我們们你请您好谢謝訂订单單]")
COMMON_KOREAN = re.compile("[이다는을의가에지하고나도한로사기리요니있습주세안녕감문했해아직않]")
"""Not every syllable: in this charset nearly any two bytes are one."""
CYRILLIC_LOWER = re.compile("[аеиоунтсрвл]")
HIGH = re.compile(rb"[\x80-\xff]")


def decode(raw: bytes, declared: str | None = None) -> str:
    """The text. Undecodable bytes of the last resort become U+FFFD."""
    for mark, marked in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw.decode(marked, "replace")
    attempts: tuple[str | None, ...] = (codec_of(declared or ""), "utf-8")
    for codec in attempts:
        if codec and (codec != "utf-8" or b"\x1b" not in raw[:2000] or not JAPANESE_ESCAPE.search(raw[:2000])):
            try:
                return raw.decode(codec)
            except (UnicodeError, ValueError):
                continue
    return undeclared(raw, codec_of(declared or ""))


@lru_cache(maxsize=256)
def codec_of(name: str) -> str | None:
    """Python's codec for a charset name of mail, widened to what is really written; None when there is none."""
    name = name.strip().strip("\"'").lower().partition("*")[0]
    name = OTHER_NAMES.get(name, name)
    try:
        found = codecs.lookup(name)
        found.decode(b"")
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    if found.name.replace("-", "_") in NO_CHARSETS or not getattr(found, "_is_text_encoding", True):
        return None
    return SUPERSETS.get(found.name, found.name)


def undeclared(raw: bytes, declared: str | None) -> str:
    """For bytes that are neither what they claim nor UTF-8."""
    if JAPANESE_ESCAPE.search(raw[:2000]):
        return raw.decode("iso2022_jp_ext", "replace")
    damaged_utf8 = raw.decode("utf-8", "replace")
    high = len(HIGH.findall(raw))
    if high and damaged_utf8.count("\ufffd") * 10 <= high:
        return damaged_utf8
    if declared not in (None, "utf-8", "cp1252"):
        return raw.decode(str(declared), "replace")
    return raw.decode(guessed(raw) or "cp1252", "replace")


def guessed(raw: bytes) -> str | None:
    """A legacy charset whose reading looks like its language; None when none does."""
    head = raw[:4000]
    high = len(HIGH.findall(head)) or 1
    scores = {codec: pattern_share(head, codec, pattern, high) for codec, pattern in CANDIDATES}
    codec = max(scores, key=lambda one: scores[one])
    return codec if scores[codec] >= 0.2 else None


def pattern_share(head: bytes, codec: str, pattern: re.Pattern[str], high: int) -> float:
    """How many of the high bytes become letters that are frequent in the language, 0 when the bytes do not fit."""
    text = head.decode(codec, "replace")
    if text[:-1].count("\ufffd"):
        return 0.0
    per_letter = 1 if codec in ("cp1251", "koi8-r") else 2
    return per_letter * len(pattern.findall(text)) / high


CANDIDATES = (
    ("cp932", KANA),
    ("euc_jp", KANA),
    ("gb18030", COMMON_CHINESE),
    ("big5hkscs", COMMON_CHINESE),
    ("cp949", COMMON_KOREAN),
    ("cp1251", CYRILLIC_LOWER),
    ("koi8-r", CYRILLIC_LOWER),
)
