"""One's own account: what it changes, whom it tells, in which language pages speak, and that it is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from deskwright.desk.accounts import own
from deskwright.desk.answering import following, replies
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings import tokens
from deskwright.desk.staff import members
from deskwright.store.models import Agent, ApiToken, AuditEntry, Customer, Delivery, DeskState, Notice
from tests.web import rows

SignIn = Callable[[Agent], Client]


def test_an_agent_says_who_they_are_and_routing_knows_their_languages(
    ada: Agent, now: datetime, signed_in: SignIn
) -> None:
    members.change(None, ada.pk, {name: getattr(ada, name) for name in members.PLAIN} | {"teams": []}, now=now)
    before = DeskState.objects.get().people_version

    said = {"name": "Ada Q. Quill", "signature": "Ada\nSupport", "languages": "EN, fr"}
    assert signed_in(ada).post("/account/", said).status_code == 302

    ada.refresh_from_db()
    assert (ada.name, ada.signature, ada.languages) == ("Ada Q. Quill", "Ada\nSupport", ["en", "fr"])
    assert DeskState.objects.get().people_version > before
    assert AuditEntry.objects.filter(action="account.changed", actor=ada.pk).count() == 1


def test_a_language_that_is_none_is_refused_beside_its_field(ada: Agent, signed_in: SignIn) -> None:
    answer = signed_in(ada).post("/account/", {"name": "Ada", "signature": "", "languages": "german!"})

    assert answer.status_code == 422
    assert "Languages are written as en, de, fr." in answer.content.decode()


def test_pages_speak_the_language_of_the_account_whatever_the_browser_asks(ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    looks = {"interface_language": "de", "theme": "dark", "time_zone": "Asia/Tokyo", "shortcuts": ""}
    client.post("/account/looks/", looks)

    page = client.get("/account/looks/", headers={"Accept-Language": "fr"}).content.decode()

    assert '<html lang="de" data-theme="dark" data-zone="Asia/Tokyo">' in page
    assert 'data-keys="off"' in page


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Base"}, {"interface_language": "xx"}, {"theme": "loud"}])
def test_looks_nobody_offers_are_refused(wrong: dict[str, str], ada: Agent, now: datetime) -> None:
    with pytest.raises(Invalid):
        own.looks(ada, wrong, now=now)


def test_a_stranger_chooses_a_language_for_the_browser_and_an_agent_for_the_account(
    ada: Agent, signed_in: SignIn
) -> None:
    stranger = Client()
    assert '<html lang="es"' in stranger.get("/login/", headers={"Accept-Language": "es"}).content.decode()
    stranger.post("/language/", {"language": "ja"})
    assert '<html lang="ja"' in stranger.get("/help/", headers={"Accept-Language": "es"}).content.decode()
    stranger.post("/language/", {"language": "tlh"})
    assert '<html lang="ja"' in stranger.get("/login/").content.decode()

    signed_in(ada).post("/language/", {"language": "fr"})
    ada.refresh_from_db()
    assert ada.interface_language == "fr"


def test_a_notice_is_mailed_to_who_asked_for_it_and_to_nobody_else(
    ada: Agent, lead: Agent, mina: Customer, now: datetime
) -> None:
    ticket = rows.ticket(mina, now)
    for agent in (ada, lead):
        following.follow(agent, ticket.pk, now=now)
    own.told_by(ada, {"followed": ["mail"]}, now=now)

    replies.note(rows.agent("Cleo Vance", "lead"), ticket.pk, "Look at this.", now=now)

    assert set(Notice.objects.values_list("agent", flat=True)) == {ada.pk, lead.pk}
    assert list(Delivery.objects.values_list("recipient", flat=True)) == [ada.email]


def test_notes_of_the_browser_hold_unread_notices_of_the_chosen_kinds(
    ada: Agent, mina: Customer, now: datetime, signed_in: SignIn
) -> None:
    ticket = rows.ticket(mina, now)
    told = [
        Notice.objects.create(agent=ada, ticket=ticket, subject=key, key=key, created_at=now)
        for key in ("mention:1", "followed:2", "rule:at risk")
    ]
    own.told_by(ada, {"mentions": ["browser"], "rules": ["browser"]}, now=now)
    client = signed_in(ada)

    assert 'data-notes="/notices/fresh/"' in client.get("/notices/").content.decode()
    notes = client.get("/notices/fresh/").json()["notices"]
    assert [note["subject"] for note in notes] == ["mention:1", "rule:at risk"]
    later = client.get(f"/notices/fresh/?after={told[0].pk}").json()["notices"]
    assert [note["id"] for note in later] == [told[2].pk]


def test_ones_own_work_gone_wrong_is_not_mailed(ada: Agent, now: datetime) -> None:
    with pytest.raises(Invalid):
        own.told_by(ada, {"mine": ["mail"]}, now=now)


def test_an_own_token_acts_for_its_agent_and_always_ends(ada: Agent, signed_in: SignIn, now: datetime) -> None:
    client = signed_in(ada)

    made = client.post("/account/tokens/new/", {"name": "My script", "scopes": ["tickets:read"], "lasts": "30"})

    token = ApiToken.objects.get()
    assert (token.agent_id, token.scopes, token.expires_at) == (ada.pk, ["tickets:read"], now + timedelta(days=30))
    assert tokens.PREFIX in made.content.decode()
    assert client.post("/account/tokens/new/", {"name": "x", "scopes": [], "lasts": "30"}).status_code == 422
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == now


def test_nobody_sees_or_ends_anothers_tokens(ada: Agent, bram: Agent, signed_in: SignIn, now: datetime) -> None:
    tokens.issue_own(ada, "Of Ada", ["tickets:read"], now=now, expires_at=now + timedelta(days=1))
    token = ApiToken.objects.get()

    assert "Of Ada" not in signed_in(bram).get("/account/tokens/").content.decode()
    with pytest.raises(NotFound):
        tokens.revoke_own(bram, token.pk, now=now)


def test_signing_out_everywhere_else_leaves_this_session_only(desk: None) -> None:
    rows.agent("Odile Marsh", "admin", password=rows.PASSWORD)
    browsers = [Client() for _ in range(3)]
    for each in browsers:
        each.post("/login/", {"email": "odile@desk.example", "password": rows.PASSWORD})
    assert "Sign out everywhere else" in browsers[0].get("/account/sign-in/").content.decode()

    browsers[0].post("/account/sessions/end/")

    assert UserSession.objects.count() == 1
    assert [each.get("/inbox/mine/").status_code for each in browsers] == [200, 302, 302]


def test_an_account_is_for_who_signed_in(desk: None) -> None:
    for address in ("/account/", "/account/looks/", "/account/notices/", "/account/tokens/", "/account/sign-in/"):
        assert Client().get(address).headers["Location"].startswith("/login/"), address


def test_a_token_of_ones_own_ends_within_a_year(ada: Agent, now: datetime) -> None:
    tokens.issue_own(ada, "A year", ["tickets:read"], now=now, expires_at=now + timedelta(days=365))
    with pytest.raises(Invalid, match="within a year"):
        tokens.issue_own(ada, "Longer", ["tickets:read"], now=now, expires_at=now + timedelta(days=366))
