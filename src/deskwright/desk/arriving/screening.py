"""Files that are not let in: what a virus scanner finds, and kinds that only ever run. A note takes their place.

The raw mail keeps them; the ticket arrives whatever is attached to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from django.conf import settings

from deskwright.channels import clamd
from deskwright.desk.arriving.arrivals import File

RUNS: Final = frozenset(
    {"ade", "adp", "apk", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "exe", "gadget", "hta", "ins", "isp", "jar"}
    | {"js", "jse", "lnk", "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "ps1", "reg", "scr", "sct", "shb"}
    | {"vb", "vbe", "vbs", "vhd", "vxd", "wsc", "wsf", "wsh", "xll"}
)
"""Endings of files that a double click runs."""
EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
UNSCANNED: Final = "The virus scanner did not answer: the attachments were not scanned."

log = logging.getLogger("deskwright.screening")


def screened(files: Iterable[File]) -> tuple[list[File], list[str]]:
    """(the files, each that is not let in replaced by a note; sentences about what was held back)"""
    kept, notes = [], []
    for file in files:
        try:
            fault = objection(file)
        except clamd.Unscanned as trouble:
            log.warning("%s", trouble)
            notes += [UNSCANNED] if UNSCANNED not in notes else []
            fault = None
        if fault is None:
            kept.append(file)
            continue
        said = f"{file.name} was held back: {fault}. The original mail has it."
        kept.append(File(f"{file.name[:200]}.held-back.txt", "text/plain", said.encode()))
        notes.append(said)
    return kept, notes


def objection(file: File) -> str | None:
    """Why this file is not let in; None when it is. Raises clamd.Unscanned."""
    if file.content.startswith(EICAR):
        return "it is the EICAR test virus"
    ending = file.name.rpartition(".")[2].lower()
    if ending in RUNS:
        return f"files ending in .{ending} run when they are opened"
    scanner = settings.ENV.clamd
    found = clamd.scan(*scanner, file.content) if scanner and file.content else None
    return f"the virus scanner found {found}" if found else None
