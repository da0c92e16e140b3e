"""Whether others can believe that mail of a domain is ours: SPF, DKIM, DMARC, MX and reverse name, in plain sentences.

Judges what `Records` say, whether looked up or pasted; asks no network itself. Sources: RFC 7208 (SPF), 6376 (DKIM),
7489 (DMARC), 7505 (null MX).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from deskwright.channels.email import signing
from deskwright.channels.email.dns_records import Records, Unknown
from deskwright.desk.domains.ours import Sending
from deskwright.desk.said import said as worded

GOOD, WARNING, BROKEN, UNKNOWN = "good", "warning", "broken", "unknown"
ORDER: Final = (BROKEN, WARNING, UNKNOWN, GOOD)
MOST_LOOKUPS: Final = 10
INCLUDES: Final = {
    "google.com": "_spf.google.com",
    "gmail.com": "_spf.google.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "amazonaws.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "mailgun.org": "mailgun.org",
    "mtasv.net": "spf.mtasv.net",
    "postmarkapp.com": "spf.mtasv.net",
    "mailjet.com": "spf.mailjet.com",
    "brevo.com": "spf.brevo.com",
    "sparkpostmail.com": "sparkpostmail.com",
    "mandrillapp.com": "spf.mandrillapp.com",
    "zoho.com": "zoho.com",
    "zoho.eu": "zoho.eu",
}
"""Domain of a provider's mail servers -> what an SPF record includes for it."""
LOOKING_UP: Final = re.compile(r"^[+?~-]?(include:|a$|a[:/]|mx$|mx[:/]|ptr$|ptr:|exists:)|^redirect=", re.IGNORECASE)
ALL: Final = re.compile(r"^([+?~-]?)all$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one check; `name`, `kind` and `value` are the record to publish, where one would mend it."""

    check: str
    grade: str
    says: str
    published: str = ""
    name: str = ""
    kind: str = ""
    value: str = ""


Check = Callable[[Sending, Records], Iterator[Finding]]


def judge(sending: Sending, records: Records) -> list[Finding]:
    """Every finding, in the order of the checks. A check whose question got no answer says so."""
    found: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            found.extend(check(sending, records))
        except Unknown as trouble:
            found.append(Finding(_(name), UNKNOWN, worded(str(trouble))))
    return found


def worst(found: list[Finding]) -> str:
    return min((one.grade for one in found), key=ORDER.index, default=GOOD)


def mx(sending: Sending, records: Records) -> Iterator[Finding]:
    hosts = records.look(sending.domain, "MX")
    said = ", ".join(hosts)
    if hosts == ["."]:
        yield Finding(
            "MX", BROKEN, _("The domain says that it takes no mail (a null MX): answers cannot arrive."), said
        )
    elif hosts:
        yield Finding("MX", GOOD, _("Answers are delivered to %(hosts)s.") % {"hosts": said}, said)
    elif records.look(sending.domain, "A"):
        says = _("There is no MX record. Servers fall back to the address of the domain itself; many distrust that.")
        yield Finding("MX", WARNING, says, name=sending.domain, kind="MX", value=f"10 {mail_host(sending)}")
    else:
        says = _("There is no MX record: answers cannot arrive, and many servers refuse mail from such a domain.")
        yield Finding("MX", BROKEN, says, name=sending.domain, kind="MX", value=f"10 {mail_host(sending)}")


def mail_host(sending: Sending) -> str:
    return f"mail.{sending.domain}."


def spf(sending: Sending, records: Records) -> Iterator[Finding]:
    found = [one for one in records.look(sending.domain, "TXT") if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]
    if not found:
        says = _("No SPF record: nothing says which servers may send mail of this domain.")
        yield missing(sending, "SPF", BROKEN, says, f"v=spf1 {mechanism(sending)} ~all")
        return
    if len(found) > 1:
        says = _("There are %(number)s SPF records. Servers then ignore all of them: make them one.")
        yield Finding("SPF", BROKEN, says % {"number": len(found)}, " | ".join(found))
        return
    yield from spf_terms(sending, found[0])


def spf_terms(sending: Sending, record: str) -> Iterator[Finding]:
    terms = record.split()[1:]
    ends = [match for term in terms if (match := ALL.match(term))]
    lookups = sum(1 for term in terms if LOOKING_UP.match(term))
    wanted = mechanism(sending)
    if lookups > MOST_LOOKUPS:
        says = _("The SPF record asks %(number)s questions itself; more than %(most)s make it invalid.")
        yield Finding("SPF", BROKEN, says % {"number": lookups, "most": MOST_LOOKUPS}, record)
    elif ends and ends[0][1] in {"", "+"}:
        says = _("The SPF record ends in “+all”: anybody may send mail in your name.")
        yield missing(sending, "SPF", BROKEN, says, re.sub(r"[+]?all\b", "~all", record), record)
    elif ends and ends[0][1] == "?":
        says = _("The SPF record ends in “?all” and so decides nothing about other servers.")
        yield missing(sending, "SPF", WARNING, says, record.replace("?all", "~all"), record)
    elif not ends and not any(term.lower().startswith("redirect=") for term in terms):
        says = _("The SPF record has no end such as “~all” and so decides nothing about other servers.")
        yield missing(sending, "SPF", WARNING, says, f"{record} ~all", record)
    elif wanted.startswith("include:") and wanted not in (term.lower().lstrip("+") for term in terms):
        says = _("The SPF record does not name the servers of %(server)s, by which mail leaves.")
        value = record.replace("v=spf1", f"v=spf1 {wanted}", 1)
        yield missing(sending, "SPF", BROKEN, says % {"server": sending.server}, value, record)
    else:
        yield Finding(
            "SPF", GOOD, _("The SPF record names who may send: %(terms)s.") % {"terms": " ".join(terms)}, record
        )


def mechanism(sending: Sending) -> str:
    """What lets the outgoing server send: a known provider's include, else its own address."""
    if not sending.server:
        return "mx"
    include = next((value for end, value in INCLUDES.items() if ("." + sending.server).endswith("." + end)), "")
    return f"include:{include}" if include else f"a:{sending.server} mx"


def missing(sending: Sending, check: str, grade: str, says: str, value: str, published: str = "") -> Finding:
    return Finding(check, grade, says, published, sending.domain, "TXT", value)


def dkim(sending: Sending, records: Records) -> Iterator[Finding]:
    if not any(state == "signing" for _selector, _public, state in sending.keys):
        says = _(
            "The desk signs nothing for this domain. Where your mail server does not sign either, make a key here."
        )
        yield Finding("DKIM", WARNING, says)
    for selector, public, state in sending.keys:
        yield dkim_key(sending, records, selector, public, state)


def dkim_key(sending: Sending, records: Records, selector: str, public: str, state: str) -> Finding:
    name = signing.record_name(sending.domain, selector)
    found = [one for one in records.look(name, "TXT") if "p=" in one]
    said, value = " | ".join(found), signing.record(public)
    grade = {"signing": BROKEN, "prepared": WARNING}.get(state, GOOD)
    if not found and state == "resting":
        return Finding("DKIM", GOOD, _("The key %(name)s rests and is published no more.") % {"name": selector})
    if not found:
        says = {
            "signing": _("Mails are signed with the key %(name)s, but it is not published: every check of them fails."),
            "prepared": _("The key %(name)s is not published yet. Publish it, then sign with it."),
        }[state]
        return Finding("DKIM", grade, says % {"name": selector}, "", name, "TXT", value)
    if len(found) > 1:
        says = _("There are %(number)s records for the key %(name)s; only one may be there.")
        return Finding("DKIM", grade, says % {"number": len(found), "name": selector}, said, name, "TXT", value)
    tags = read_tags(found[0])
    if tags.get("p", "").replace(" ", "") != public:
        says = _("Another key than ours is published as %(name)s: the record was cut, or belongs to an older key.")
        return Finding("DKIM", grade, says % {"name": selector}, said, name, "TXT", value)
    if "y" in tags.get("t", "").split(":"):
        says = _("The key %(name)s is published as a trial (t=y): servers do not count on it. Take t=y away.")
        return Finding("DKIM", WARNING, says % {"name": selector}, said, name, "TXT", value)
    says = {
        "signing": _("The key %(name)s is published, and mails are signed with it."),
        "prepared": _("The key %(name)s is published. You can sign with it now."),
        "resting": _("The key %(name)s rests. Its record can go a week after it was last used."),
    }[state]
    return Finding("DKIM", GOOD, says % {"name": selector}, said)


def read_tags(record: str) -> dict[str, str]:
    """`a=b; c=d` as a dictionary, names in lower case."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, equals, value in pairs if equals}


def dmarc(sending: Sending, records: Records) -> Iterator[Finding]:
    name, found = dmarc_record(sending.domain, records)
    offered = f"v=DMARC1; p=none; rua=mailto:postmaster@{sending.domain}"
    if not found:
        says = _("No DMARC record: the large providers want one. Begin with p=none, which changes nothing yet.")
        yield Finding("DMARC", WARNING, says, "", f"_dmarc.{sending.domain}", "TXT", offered)
        return
    if len(found) > 1:
        says = _("There are %(number)s DMARC records; servers then ignore all of them.") % {"number": len(found)}
        yield Finding("DMARC", BROKEN, says, " | ".join(found))
        return
    policy = read_tags(found[0]).get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        says = _("The DMARC record has no policy such as p=none and counts as none.")
        yield Finding("DMARC", BROKEN, says, found[0], name, "TXT", offered)
    elif policy == "none":
        says = _(
            "DMARC only watches (p=none). Once SPF and DKIM are good for some weeks, p=quarantine protects your name."
        )
        yield Finding("DMARC", GOOD, says, found[0])
    else:
        says = _("DMARC protects the domain (p=%(policy)s): mail that proves neither SPF nor DKIM is not delivered.")
        yield Finding("DMARC", GOOD, says % {"policy": policy}, found[0])


def dmarc_record(domain: str, records: Records) -> tuple[str, list[str]]:
    """(where it stands, the records): the domain's own, else that of the domain above it, which covers it."""
    parts = domain.split(".")
    for begin in range(max(1, len(parts) - 1)):
        name = "_dmarc." + ".".join(parts[begin:])
        found = [one for one in records.look(name, "TXT") if one.lower().startswith("v=dmarc1")]
        if found:
            return name, found
    return f"_dmarc.{domain}", []


def reverse_name(sending: Sending, records: Records) -> Iterator[Finding]:
    """The name behind the outgoing server's addresses, confirmed forwards: without it, many servers take nothing."""
    check = _("Reverse name")
    if not sending.server:
        yield Finding(check, UNKNOWN, _("No mail server is set: there is no address to look at."))
        return
    addresses = addresses_of(sending.server, records)
    if not addresses:
        yield Finding(check, UNKNOWN, _("%(server)s has no address that is known here.") % {"server": sending.server})
    for address in addresses[:4]:
        yield reverse_of(check, address, records)


def addresses_of(host: str, records: Records) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return [*records.look(host, "A"), *records.look(host, "AAAA")]


def reverse_of(check: str, address: str, records: Records) -> Finding:
    if ipaddress.ip_address(address).is_private:
        says = _("%(address)s is an address of a private network; nobody outside sees it.")
        return Finding(check, GOOD, says % {"address": address})
    names = [one.lower() for one in records.look(address, "PTR")]
    if not names:
        says = _("%(address)s has no reverse name. Who rents you the server can set one; many servers insist on it.")
        return Finding(check, WARNING, says % {"address": address})
    if not any(address in addresses_of(name, records) for name in names):
        says = _("%(address)s is called %(name)s, but that name does not lead back to it.")
        return Finding(check, WARNING, says % {"address": address, "name": names[0]}, names[0])
    says = _("%(address)s is called %(name)s, and the name leads back to it.")
    return Finding(check, GOOD, says % {"address": address, "name": names[0]}, names[0])


CHECKS: Final[dict[str, Check]] = {"MX": mx, "SPF": spf, "DKIM": dkim, "DMARC": dmarc, "Reverse name": reverse_name}
