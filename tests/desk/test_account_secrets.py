"""Secrets of accounts: letters forget the way in once they have left, and an old key is read while it is named."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import override_settings

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.desk.accounts.post import post
from deskwright.desk.outbox import delivery
from deskwright.desk.settings.sealing import Unreadable, seal, unseal
from deskwright.store.models import Delivery

LINK = "https://desk.example/enter/abc"


@pytest.mark.parametrize(
    ("outcome", "kept"), [(Sent("250 taken"), False), (Refused("no such mailbox"), False), (Deferred("later"), True)]
)
def test_a_letter_holds_its_link_only_until_it_has_left_or_failed(
    outcome: Outcome, kept: bool, db: str, now: datetime
) -> None:
    sent: list[Outgoing] = []

    def send(mail: Outgoing) -> Outcome:
        sent.append(mail)
        return outcome

    post("mina@harbor.example", "Your link", LINK, now=now)
    delivery.deliver(now, 10, send)

    assert LINK in sent[0].text
    assert (LINK in str(Delivery.objects.get().content)) is kept


def test_a_secret_sealed_with_an_old_key_is_read_while_the_key_is_named() -> None:
    old, new = "first" * 10, "second" * 10
    with override_settings(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[]):
        sealed = seal("smtp password")

    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[]), pytest.raises(Unreadable):
        unseal(sealed)
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]):
        assert unseal(sealed) == "smtp password"
