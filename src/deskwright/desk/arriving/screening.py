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
from deskwright.engine.saying import _

RUNS: Final = frozenset(
    {"ade", "adp", "apk", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "exe", "gadget", "hta", "ins", "isp", "jar"}
    | {"js", "jse", "lnk", "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "ps1", "reg", "scr", "sct", "shb"}
    | {"vb", "vbe", "vbs", "vhd", "vxd", "wsc", "wsf", "wsh", "xll"}
)
"""Endings of files that a double click runs."""
EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
UNSCANNED: Final = _("The virus scanner did not answer: the attachments were not scanned.")

log = logging.getLogger("deskwright.screening")


def screened(files: Iterable[File]) -> tuple[list[File], list[str]]:
    """(the files, each that is not let in replaced by a note; sentences about what was held back)"""
    kept: list[File] = []
    notes: list[str] = []
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
        said = _("%(file)s was held back: %(fault)s. The original mail has it.", file=file.name, fault=fault)
        kept.append(File(f"{file.name[:200]}.held-back.txt", "text/plain", said.encode()))
        notes.append(said)
    return kept, notes


def objection(file: File) -> str | None:
    """Why this file is not let in; None when it is. Raises clamd.Unscanned."""
    if file.content.startswith(EICAR):
        return _("it is the EICAR test virus")
    ending = file.name.rpartition(".")[2].lower()
    if ending in RUNS:
        return _("files ending in .%(ending)s run when they are opened", ending=ending)
    scanner = settings.ENV.clamd
    found = clamd.scan(*scanner, file.content) if scanner and file.content else None
    return _("the virus scanner found %(found)s", found=found) if found else None
