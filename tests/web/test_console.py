"""The console's frame: who enters, what the navigation and the palette show, how a list, a form and a deletion work."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskwright.desk.access import may
from deskwright.store.models import Agent, Team
from deskwright.web.console.places import SECTIONS
from tests.web import rows

SignIn = Callable[[Agent], Client]


PLACES = [place for section in SECTIONS for place in section.places]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_place_opens_for_an_admin_and_for_nobody_without_its_right(
    place: Any, admin: Agent, lead: Agent, ada: Agent, signed_in: SignIn
) -> None:
    for actor in (admin, lead, ada):
        expected = 200 if may(actor, place.right) else 403
        assert signed_in(actor).get(place.url).status_code == expected, actor.role
    assert Client().get(place.url).status_code == 302


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_palette_finds_a_place_by_its_title_for_those_who_may_enter(
    place: Any, admin: Agent, ada: Agent, signed_in: SignIn
) -> None:
    asked = reverse("palette") + f"?q={place.title}"

    assert f'href="{place.url}"' in signed_in(admin).get(asked).content.decode()
    found = f'href="{place.url}"' in signed_in(ada).get(asked).content.decode()
    assert found == may(ada, place.right)


def test_the_overview_shows_agents_what_is_theirs_and_is_closed_to_light_ones(ada: Agent, signed_in: SignIn) -> None:
    page = signed_in(ada).get("/console/").content.decode()
    assert set(re.findall(r'href="/console/(\w+)/"', page)) == {"macros"}
    light = rows.agent("Lio Brand", "light")
    assert signed_in(light).get("/console/").status_code == 403


def test_a_team_is_added_with_its_members(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    answer = signed_in(admin).post("/console/teams/new/", {"name": "Night watch", "key": "night", "members": [ada.pk]})

    assert answer.status_code == 302
    assert list(Team.objects.get(key="night").agents.all()) == [ada]


def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    answer = signed_in(admin).post("/console/teams/new/", {"name": "Night watch", "key": "technical"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Another team has this key." in page
    assert 'value="Night watch"' in page


def test_a_team_is_deleted_only_when_its_name_is_typed(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    team, client = Team.objects.get(key="technical"), signed_in(admin)
    url = f"/console/teams/{team.pk}/delete/"

    assert client.post(url, {"typed": "something else"}).status_code == 422
    assert Team.objects.filter(key="technical").exists()
    assert client.post(url, {"typed": " technical "}).status_code == 302
    assert not Team.objects.filter(key="technical").exists()


def test_an_agent_changes_no_team_and_an_unknown_one_is_not_found(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    team = Team.objects.get(key="technical")

    assert signed_in(ada).post(f"/console/teams/{team.pk}/", {"name": "Mine"}).status_code in {302, 403}
    team.refresh_from_db()
    assert team.name == "Technical"
    assert signed_in(admin).get("/console/teams/987/").status_code == 404
