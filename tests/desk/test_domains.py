"""Sending domains: keys that rotate, mail that is signed, and what DNS says in plain sentences."""

from __future__ import annotations

from datetime import datetime, timedelta

import dkim
import pytest

from deskwright.channels.email import signing
from deskwright.channels.email.dns_records import Network, Unknown, pasted
from deskwright.desk.doctor import domains as doctor
from deskwright.desk.domains import judging, keys, ours
from deskwright.desk.domains.ours import Sending
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.store.models import Agent, AuditEntry, DkimKey, Sender
from tests.factories import a_team, an_agent

DOMAIN = "desk.example"
RAW = b"From: support@desk.example\r\nTo: mina@harbor.example\r\nSubject: Hello\r\n\r\nIt works.\r\n"
SENDING = Sending(DOMAIN, "smtp.gmail.com", (("dw1", "AAAA", "signing"),))
GOOD = """
@ MX 10 mx.desk.example.
@ TXT "v=spf1 include:_spf.google.com ~all"
dw1._domainkey TXT "v=DKIM1; k=rsa; p=AAAA"
_dmarc TXT "v=DMARC1; p=quarantine"
smtp.gmail.com. A 9.9.9.9
9.9.9.9. PTR mail.google.example.
"""


@pytest.fixture
def admin(db: str) -> Agent:
    return an_agent("Odile Marsh", role="admin")


def test_a_prepared_key_signs_only_once_it_is_used_and_the_one_before_rests(admin: Agent, now: datetime) -> None:
    first = keys.make(admin, DOMAIN, now=now)
    assert keys.signed(RAW, DOMAIN) == RAW
    keys.use(admin, first.pk, now=now)
    second = keys.make(admin, DOMAIN, now=now)
    assert (first.selector, second.selector) == (f"dw{now:%Y%m%d}", f"dw{now:%Y%m%d}-2")
    assert f"s={first.selector};".encode() in keys.signed(RAW, DOMAIN)

    keys.use(admin, second.pk, now=now + timedelta(days=1))
    signed = keys.signed(RAW, DOMAIN)
    record = signing.record(second.public).encode()
    assert dkim.DKIM(signed).verify(dnsfunc=lambda name, timeout=5: record)
    states = dict(DkimKey.objects.values_list("selector", "state"))
    assert states == {first.selector: "resting", second.selector: "signing"}


def test_a_private_key_is_sealed_and_its_deeds_are_in_the_audit(admin: Agent, now: datetime) -> None:
    key = keys.make(admin, DOMAIN, now=now)
    assert "PRIVATE" not in DkimKey.objects.get().private
    keys.use(admin, key.pk, now=now)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"dkim.made", "dkim.used"}
    assert key.private not in str(list(AuditEntry.objects.values()))


def test_a_domain_below_is_signed_by_the_key_of_the_one_above(admin: Agent, now: datetime) -> None:
    keys.use(admin, keys.make(admin, DOMAIN, now=now).pk, now=now)
    assert b"d=desk.example;" in keys.signed(RAW, "eu.desk.example")
    assert keys.signed(RAW, "harbor.example") == RAW


def test_what_cannot_be_is_refused_in_a_sentence(admin: Agent, now: datetime) -> None:
    for domain, selector, sentence in (
        ("harbor.example", "", "No mail is sent from harbor.example"),
        (DOMAIN, "has spaces", "letters, digits and hyphens"),
    ):
        with pytest.raises(Invalid, match=sentence):
            keys.make(admin, domain, selector, now=now)
    made = [keys.make(admin, DOMAIN, now=now).pk for _ in range(keys.MOST)]
    with pytest.raises(Invalid, match="at most 4 keys"):
        keys.make(admin, DOMAIN, now=now)
    keys.use(admin, made[0], now=now)
    with pytest.raises(Conflict):
        keys.remove(admin, made[0], now=now)
    keys.rest(admin, made[0], now=now)
    keys.remove(admin, made[0], now=now)
    with pytest.raises(NotFound):
        keys.use(admin, made[0], now=now)
    with pytest.raises(Forbidden):
        keys.make(an_agent("Ada Quill"), DOMAIN, now=now)


def test_every_sender_s_domain_is_one_of_ours(db: str) -> None:
    Sender.objects.create(team=a_team("billing"), address="billing@bücher.example")
    house.forget()
    assert ours.ours() == [DOMAIN, "xn--bcher-kva.example"]


def graded(records: str, sending: Sending = SENDING) -> dict[str, str]:
    """check -> its worst grade"""
    found: dict[str, str] = {}
    for one in judging.judge(sending, pasted(records, sending.domain)):
        found[one.check] = min(one.grade, found.get(one.check, judging.GOOD), key=judging.ORDER.index)
    return found


def said(records: str, check: str, sending: Sending = SENDING) -> judging.Finding:
    return next(one for one in judging.judge(sending, pasted(records, sending.domain)) if one.check == check)


def test_a_domain_that_is_well_is_good_in_everything_but_the_name_that_does_not_lead_back() -> None:
    assert graded(GOOD) == {
        "MX": "good", "SPF": "good", "DKIM": "good", "DMARC": "good", "Reverse name": "warning",
    }  # fmt: skip
    assert graded(GOOD + "mail.google.example. A 9.9.9.9")["Reverse name"] == "good"


@pytest.mark.parametrize(
    ("old", "new", "check", "grade", "words"),
    [
        ("10 mx.desk.example.", "0 .", "MX", "broken", "takes no mail"),
        ("@ MX 10 mx.desk.example.", "", "MX", "broken", "no MX record"),
        ("@ MX 10 mx.desk.example.", "@ A 192.0.2.1", "MX", "warning", "fall back"),
        ("v=spf1 include:_spf.google.com ~all", "hello", "SPF", "broken", "No SPF record"),
        ("~all", "+all", "SPF", "broken", "anybody may send"),
        ("~all", "all", "SPF", "broken", "anybody may send"),
        ("~all", "?all", "SPF", "warning", "decides nothing"),
        (" ~all", "", "SPF", "warning", "has no end"),
        ("include:_spf.google.com", "mx", "SPF", "broken", "does not name the servers of smtp.gmail.com"),
        ("v=spf1", "v=spf1 " + "a:b.example " * 10, "SPF", "broken", "asks 11 questions"),
        ("@ TXT", '@ TXT "v=spf1 -all"\n@ TXT', "SPF", "broken", "2 SPF records"),
        ("p=AAAA", "p=BBBB", "DKIM", "broken", "Another key than ours"),
        ("p=AAAA", "p=", "DKIM", "broken", "Another key than ours"),
        ("k=rsa;", "k=rsa; t=y;", "DKIM", "warning", "as a trial"),
        ("dw1._domainkey", "dw2._domainkey", "DKIM", "broken", "is not published"),
        ("_dmarc TXT", "_other TXT", "DMARC", "warning", "No DMARC record"),
        ("p=quarantine", "p=maybe", "DMARC", "broken", "no policy"),
        ("p=quarantine", "p=none", "DMARC", "good", "only watches"),
        ("9.9.9.9. PTR mail.google.example.", "", "Reverse name", "warning", "no reverse name"),
    ],
)
def test_what_is_wrong_is_said_in_a_plain_sentence(old: str, new: str, check: str, grade: str, words: str) -> None:
    assert old in GOOD
    finding = said(GOOD.replace(old, new), check)
    assert (finding.grade, words in finding.says) == (grade, True), finding


def test_each_thing_that_is_missing_comes_with_the_record_to_publish() -> None:
    found = {one.check: one for one in judging.judge(SENDING, pasted("", DOMAIN)) if one.value}
    assert (found["SPF"].name, found["SPF"].value) == (DOMAIN, "v=spf1 include:_spf.google.com ~all")
    assert found["DKIM"].name == "dw1._domainkey.desk.example" and found["DKIM"].value == "v=DKIM1; k=rsa; p=AAAA"
    assert found["DMARC"].name == "_dmarc.desk.example" and found["DMARC"].value.startswith("v=DMARC1; p=none")


def test_publishing_what_is_offered_makes_it_good() -> None:
    lines = [f'{one.name}. {one.kind} "{one.value}"' for one in judging.judge(SENDING, pasted("", DOMAIN)) if one.value]
    lines = [line.replace('"', "") if " MX " in line else line for line in lines]
    grades = graded("\n".join(lines))
    assert {grades[name] for name in ("MX", "SPF", "DKIM", "DMARC")} == {"good"}


def test_the_policy_of_the_domain_above_counts_for_the_one_below() -> None:
    below = Sending("eu.desk.example")
    assert said("_dmarc.desk.example. TXT v=DMARC1; p=reject", "DMARC", below).grade == "good"


def test_a_domain_without_a_key_is_told_to_make_one() -> None:
    assert "signs nothing" in said(GOOD, "DKIM", Sending(DOMAIN)).says


def test_an_answer_that_does_not_come_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self: Network, name: str, kind: str) -> list[str]:
        raise Unknown(f"DNS did not answer for {name}: LifetimeTimeout")

    monkeypatch.setattr(Network, "_ask", silent)
    found = judging.judge(SENDING, Network())
    assert {one.grade for one in found} == {"unknown"} and "LifetimeTimeout" in found[0].says
    finding = doctor.examined(Sending("desk.test.org"), Network())
    assert (finding.severity, finding.place) == ("warning", "domains")


def test_the_doctor_names_the_worst_of_a_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    records = pasted(GOOD.replace("p=AAAA", "p=BBBB").replace("desk.example", "desk.org"), "desk.org")
    monkeypatch.setattr(Network, "_ask", lambda self, name, kind: records.look(name, kind))
    found = doctor.examined(Sending("desk.org", "smtp.gmail.com", SENDING.keys), Network())
    assert (found.severity, "Another key than ours" in found.says) == ("broken", True)
    assert doctor.examined(SENDING, Network()).severity == "fine", "nobody answers for reserved names"
