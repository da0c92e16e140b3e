"""Whether others believe that our mail is ours: the DNS of each sending domain, its worst point as one finding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from deskwright.channels.email.dns_records import Network, Unknown
from deskwright.desk.doctor.finding import Finding, broken, fine, warning
from deskwright.desk.domains import judging
from deskwright.desk.domains.ours import Sending, sendings
from deskwright.engine.saying import _

UNASKED: Final = _("See whether this host can ask DNS.")
PATIENCE: Final = 2.0
"""Seconds for one question of DNS."""


def sending_domains(now: datetime) -> Iterator[Finding]:
    records = Network(PATIENCE)
    for sending in sendings():
        yield examined(sending, records)


def examined(sending: Sending, records: Network) -> Finding:
    if sending.reserved:
        return fine("domains", _("%(domain)s is a reserved name; DNS is not asked about it.", domain=sending.domain))
    try:
        records.look(sending.domain, "MX")
    except Unknown as trouble:
        return warning("domains", _("%(trouble)s.", trouble=str(trouble)), UNASKED, "domains")
    found = judging.judge(sending, records)
    grade = judging.worst(found)
    said = next((one for one in found if one.grade == grade), None)
    says = sending.domain
    if said:
        says = _("%(domain)s: %(check)s: %(says)s", domain=says, check=said.check, says=said.says)
    if grade == judging.BROKEN:
        return broken("domains", says, _("Publish the record that the page of the domain shows."), "domains")
    if grade == judging.WARNING:
        return warning("domains", says, _("Publish the record that the page of the domain shows."), "domains")
    return fine("domains", _("%(domain)s: others can tell that its mail is ours.", domain=sending.domain))
