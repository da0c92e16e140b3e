"""A phone number becomes a customer's by a code that was sent to it, and by nothing else."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk import workflows
from deskwright.desk.customers import addresses, number_proofs, proofs
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.lines import settings
from deskwright.desk.outbox import delivery
from deskwright.store.models import AddressProof, Customer, Delivery, Identity, Line, NumberProof
from tests import factories
from tests.desk.providers import ACCOUNT, TOKEN, Provider
from tests.desk.test_calls import THEIRS, VALUES


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    values = VALUES | {"provider": "twilio", "sms": True, "account": ACCOUNT, "token": TOKEN, "api": provider.url}
    return settings.connect(None, values, now=now)[0]


@pytest.fixture
def mina(line: Line, now: datetime) -> Customer:
    return factories.a_ticket(now).customer


def asked(customer: Customer, provider: Provider, now: datetime) -> str:
    """The code that arrives."""
    number_proofs.ask(customer, "0170 12345678", now=now)
    delivery.deliver(now, 10, provider.send, TEXTS)
    return str(provider.messages[-1]["Body"][:6])


def numbers_of(customer: Customer) -> list[str]:
    return list(Identity.objects.filter(customer=customer, kind="phone").values_list("value", flat=True))


def test_the_code_that_was_sent_makes_the_number_theirs_once(mina: Customer, provider: Provider, now: datetime) -> None:
    code = asked(mina, provider, now)
    assert code.isdecimal() and provider.messages[0]["To"] == THEIRS
    assert code not in str(Delivery.objects.get(channel="sms").content), "the row forgets it once it has left"
    assert number_proofs.prove(mina, f"{code[:3]} {code[3:]}", now=now) == THEIRS
    assert numbers_of(mina) == [THEIRS]
    with pytest.raises(NotFound):
        number_proofs.prove(mina, code, now=now)
    with pytest.raises(Conflict, match="already"):
        number_proofs.ask(mina, THEIRS, now=now)


def test_five_wrong_codes_end_it_and_so_do_ten_minutes(mina: Customer, provider: Provider, now: datetime) -> None:
    code = asked(mina, provider, now)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(number_proofs.TRIES):
        with pytest.raises(Invalid):
            number_proofs.prove(mina, wrong, now=now)
    with pytest.raises(NotFound):
        number_proofs.prove(mina, code, now=now)
    code = asked(mina, provider, now)
    with pytest.raises(NotFound):
        number_proofs.prove(mina, code, now=now + number_proofs.LASTS)
    assert numbers_of(mina) == []


def test_a_code_is_good_for_who_asked_only(mina: Customer, provider: Provider, now: datetime) -> None:
    code = asked(mina, provider, now)
    other = factories.a_ticket(now, requester=factories.a_requester("other@x.example")).customer
    with pytest.raises(NotFound):
        number_proofs.prove(other, code, now=now)


def test_who_was_known_by_the_number_alone_is_the_same_person(
    mina: Customer, provider: Provider, now: datetime
) -> None:
    caller = Customer.objects.create(name="", created_at=now)
    addresses.take(caller, "phone", THEIRS)
    number_proofs.prove(mina, asked(mina, provider, now), now=now)
    caller.refresh_from_db()
    assert numbers_of(mina) == [THEIRS] and caller.merged_into_id == mina.pk


def test_who_has_a_mail_address_too_loses_the_number_and_nothing_else(
    mina: Customer, provider: Provider, now: datetime
) -> None:
    before = factories.a_ticket(now, requester=factories.a_requester("before@x.example")).customer
    addresses.take(before, "phone", THEIRS)
    number_proofs.prove(mina, asked(mina, provider, now), now=now)
    before.refresh_from_db()
    assert numbers_of(mina) == [THEIRS] and numbers_of(before) == []
    assert before.merged_into_id is None and before.tickets.count() == 1


def test_codes_are_not_sent_endlessly(mina: Customer, provider: Provider, now: datetime) -> None:
    for _ in range(number_proofs.ASKED):
        number_proofs.ask(mina, THEIRS, now=now)
    with pytest.raises(Conflict, match="often"):
        number_proofs.ask(mina, THEIRS, now=now)
    with pytest.raises(Conflict, match="often"):
        number_proofs.ask(mina, "+4917012345679", now=now)
    number_proofs.ask(mina, THEIRS, now=now + number_proofs.WINDOW + timedelta(seconds=1))


def test_when_the_desk_has_sent_its_codes_for_the_day_nobody_is_told_to_wait_an_hour(
    mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_proofs, "DAILY", 1)
    number_proofs.ask(mina, THEIRS, now=now)
    with pytest.raises(Conflict, match="cannot send text messages at the moment"):
        number_proofs.ask(mina, THEIRS, now=now + number_proofs.WINDOW)


def test_codes_asked_for_at_once_are_no_more_and_one_of_them_is_open(live_db: str, now: datetime) -> None:
    workflows.publish("workflow: Texts\n", now=now)
    settings.connect(None, VALUES | {"provider": "plain", "url": "https://pbx.example/send", "sms": True}, now=now)
    mina, together = factories.a_ticket(now).customer, threading.Barrier(8)

    def work() -> None:
        together.wait()
        with suppress(Conflict):
            number_proofs.ask(mina, THEIRS, now=now)
        with suppress(Conflict):
            proofs.ask(mina, "mina@private.example", now=now)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Delivery.objects.filter(channel="sms").count() == number_proofs.ASKED
    assert NumberProof.objects.filter(used_at=None).count() == 1
    assert AddressProof.objects.count() == proofs.ASKED


def test_without_a_line_or_a_number_no_code_is_sent(mina: Customer, line: Line, now: datetime) -> None:
    with pytest.raises(Invalid):
        number_proofs.ask(mina, "12", now=now)
    settings.switch(None, line.pk, False, now=now)
    with pytest.raises(Conflict):
        number_proofs.ask(mina, THEIRS, now=now)
