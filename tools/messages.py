"""The catalogues of what people read: `python -m tools.messages` gathers every string and compiles what is translated.

Gathering takes `xgettext` of GNU gettext; the compiled catalogues are kept in the tree, so that an installation needs
no tools. `--check` changes nothing and exits 1 when a catalogue is not what gathering and compiling would make it.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

PACKAGE: Final = "src/deskwright"
LANGUAGES: Final = ("de", "es", "fr", "ja")
"""Beside English, which is what the strings are written in."""
SINGULAR: Final = "nplurals=1; plural=0;"
PLURALS: Final = {"fr": "nplurals=2; plural=(n > 1);", "ja": SINGULAR}
USUAL: Final = "nplurals=2; plural=(n != 1);"


def main(root: Path, *, check: bool) -> int:
    if shutil.which("xgettext") is None:
        print("Gathering messages takes xgettext: on Debian, apt install gettext.", file=sys.stderr)
        return 2
    if check:
        found = list(faults(root))
        print("\n".join(found) or "Every string is translated.")
        return 1 if found else 0
    gather(root)
    for language in LANGUAGES:
        po(root, language).with_suffix(".mo").write_bytes(compiled(catalogue(root, language)))
    print(f"{PACKAGE}/locale is written.")
    return 0


def po(root: Path, language: str) -> Path:
    return root / PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(root: Path, language: str) -> Catalog:
    with po(root, language).open("rb") as file:
        return read_po(file, locale=language)


def gather(root: Path) -> None:
    """Bring every catalogue in step with the strings of the tree; translations stay, what is gone goes."""
    (root / PACKAGE / "locale").mkdir(exist_ok=True)
    command = ["env", "-u", "DJANGO_SETTINGS_MODULE", sys.executable, "-m", "django", "makemessages"]
    command += ["--no-location", "--no-obsolete", "--no-wrap", *(f"--locale={language}" for language in LANGUAGES)]
    run = subprocess.run(command, cwd=root / PACKAGE, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr)
    for language in LANGUAGES:
        settle(po(root, language), language)


def settle(path: Path, language: str) -> None:
    """Without the lines that change with every gathering and name nobody, and with the language's own plural."""
    unsettled = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
        "Project-Id",
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}' for name in unsettled))]
    while kept and kept[0].startswith("#"):
        kept.pop(0)
    forms = PLURALS.get(language, USUAL)
    kept = [f'"Language: {language}\\n"' if line.startswith('"Language:') else line for line in kept]
    kept = [f'"Plural-Forms: {forms}\\n"' if line.startswith('"Plural-Forms:') else line for line in kept]
    if forms == SINGULAR:
        kept = [line for line in kept if not line.startswith("msgstr[1]")]
    path.write_text("\n".join(kept).strip() + "\n", encoding="utf-8")


def compiled(translated: Catalog) -> bytes:
    into = io.BytesIO()
    write_mo(into, translated)
    return into.getvalue()


# Checking


def faults(root: Path) -> Iterator[str]:
    """A sentence for each string that lacks a translation, or is in doubt, and each catalogue out of step."""
    gathered = strings(root)
    for language in LANGUAGES:
        known = catalogue(root, language)
        yield from (
            f"{language}: {message!r} is not in the catalogue: make messages"
            for message in sorted(gathered - ids(known))
        )
        yield from (
            f"{language}: {message!r} is not used any more: make messages" for message in sorted(ids(known) - gathered)
        )
        yield from untranslated(language, known)
        if said(kept(root, language)) != said(known):
            yield f"{language}: the compiled catalogue is older than the text: make messages"


def kept(root: Path, language: str) -> Catalog:
    """The compiled catalogue."""
    with po(root, language).with_suffix(".mo").open("rb") as file:
        return read_mo(file)


def said(known: Catalog) -> dict[str, tuple[str, ...]]:
    """What each string is translated to."""
    strings = ((name(message.id), message.string) for message in known if message.id)
    return {key: tuple(given) if isinstance(given, tuple | list) else (given,) for key, given in strings}


def untranslated(language: str, known: Catalog) -> Iterator[str]:
    for message in known:
        if not message.id:
            continue
        given = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(given):
            yield f"{language}: {name(message.id)!r} is not translated"
        elif message.fuzzy:
            yield f"{language}: {name(message.id)!r} is in doubt"
        else:
            yield from (f"{language}: {name(message.id)!r}: {error}" for error in message.check(known))


def ids(known: Catalog) -> set[str]:
    return {name(message.id) for message in known if message.id}


def name(message: object) -> str:
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def strings(root: Path) -> set[str]:
    """Every string of the tree, gathered into a throw-away copy."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        shutil.copytree(
            root / PACKAGE, copy / PACKAGE, ignore=shutil.ignore_patterns("locale", "__pycache__", "static")
        )
        gather(copy)
        return ids(catalogue(copy, LANGUAGES[0]))


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), check="--check" in sys.argv[1:]))
