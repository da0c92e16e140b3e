"""Settings of people: changed, retired; skills, absences, tokens; each kept so that a replay finds it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.api import tokens as api_tokens
from deskwright.desk import workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.settings import roles, tokens
from deskwright.desk.staff import members, people, planning, skills
from deskwright.store.models import Absence, Agent, AgentRecord, AgentSkill, ApiToken, DeskState, Role
from tests import factories
from tests.web import rows

SignIn = Callable[[Agent], Client]
HOUR = timedelta(hours=1)


def form(agent: Agent, **changed: Any) -> dict[str, Any]:
    known = {"name": agent.name, "email": agent.email, "role": agent.role, "level": agent.level, "shift": ""}
    return {**known, "languages": "en, de", "capacity": "", "teams": [], **changed}


def test_a_person_is_changed_and_decisions_know_it_from_then_on(admin: Agent, signed_in: SignIn) -> None:
    ada = people.add_agent("Ada Quill", "ada@desk.example")
    before = DeskState.objects.get().people_version

    answer = signed_in(admin).post(f"/console/people/{ada.pk}/", form(ada, level="senior", capacity="4"))

    ada.refresh_from_db()
    assert (answer.status_code, ada.level, ada.capacity, ada.languages) == (302, "senior", 4, ["en", "de"])
    kept = AgentRecord.objects.filter(agent=ada.pk).latest("version")
    assert kept.version > before
    assert kept.facts["level"] == "senior"


def test_an_address_is_used_once_however_it_is_written(admin: Agent, signed_in: SignIn) -> None:
    answer = signed_in(admin).post("/console/people/new/", form(admin, name="Another", email="ODILE@desk.example"))

    assert answer.status_code == 422
    assert "Somebody has this address already." in answer.content.decode()


def test_who_retires_gives_their_work_on_and_can_be_brought_back(
    admin: Agent, now: datetime, signed_in: SignIn
) -> None:
    workflows.publish("workflow: One queue\nqueues: {front: {}}\ndefault_queue: front\n", now=now)
    Agent.objects.filter(pk=admin.pk).update(capacity=0)
    agents = {one.pk: one for one in (factories.an_agent("Ada Quill"), factories.an_agent("Bram Oak"))}
    ticket = factories.a_ticket(now)
    assert ticket.assignee_id is not None
    owner = agents.pop(ticket.assignee_id)

    signed_in(admin).post(f"/console/people/{owner.pk}/retire/")
    ticket.refresh_from_db()
    owner.refresh_from_db()
    assert not owner.is_active
    assert ticket.assignee_id in agents

    signed_in(admin).post(f"/console/people/{owner.pk}/back/")
    owner.refresh_from_db()
    assert owner.is_active


def test_the_last_admin_stays(admin: Agent, now: datetime) -> None:
    with pytest.raises(Conflict):
        members.retire(None, admin.pk, now=now)
    with pytest.raises(Conflict):
        members.change(admin, admin.pk, {**form(admin), "role": "agent", "teams": [], "languages": []}, now=now)


def test_an_agent_changes_nobody(admin: Agent, now: datetime) -> None:
    ada = factories.an_agent("Ada Quill")

    with pytest.raises(Forbidden):
        members.retire(ada, admin.pk, now=now)
    with pytest.raises(Forbidden):
        skills.set_levels(ada, ada.pk, {"database": 3}, now=now)
    with pytest.raises(Forbidden):
        tokens.issue(ada, "Mine", ["tickets:read"], now=now)


def test_a_row_of_the_matrix_is_saved_and_an_empty_field_takes_the_skill_away(
    admin: Agent, lead: Agent, signed_in: SignIn
) -> None:
    ada = people.add_agent("Ada Quill", "ada@desk.example", skills={"database": 2})
    client = signed_in(lead)

    client.post(f"/console/skills/{ada.pk}/", {"skill:database": "", "skill:billing": "3"})
    assert dict(AgentSkill.objects.filter(agent=ada).values_list("skill", "level")) == {"billing": 3}

    assert (
        client.post(f"/console/skills/{ada.pk}/", {"skill:billing": "9"}, headers={"HX-Request": "true"}).status_code
        == 422
    )
    assert AgentSkill.objects.get(agent=ada).level == 3


def test_a_planned_absence_begins_and_ends_by_itself(admin: Agent, now: datetime) -> None:
    from deskwright.desk.staff.absences import end_absences

    ada = factories.an_agent("Ada Quill")
    planning.plan(admin, ada.pk, now + HOUR, now + 3 * HOUR, "Dentist", now=now)

    assert planning.begin_due(now, 10) == 0
    assert planning.begin_due(now + HOUR, 10) == 1
    ada.refresh_from_db()
    assert (ada.available, ada.away_since, ada.away_until) == (False, now + HOUR, now + 3 * HOUR)

    assert end_absences(now + 3 * HOUR, 10) == 1
    planning.begin_due(now + 3 * HOUR, 10)
    ada.refresh_from_db()
    assert ada.available
    assert Absence.objects.get().state == "over"


def test_absences_do_not_overlap_and_end_after_they_begin(admin: Agent, now: datetime) -> None:
    planning.plan(admin, admin.pk, now + HOUR, now + 3 * HOUR, now=now)

    with pytest.raises(Conflict):
        planning.plan(admin, admin.pk, now + 2 * HOUR, now + 4 * HOUR, now=now)
    with pytest.raises(Invalid):
        planning.plan(admin, admin.pk, now + 5 * HOUR, now + 4 * HOUR, now=now)


def test_cancelling_an_absence_that_has_begun_brings_the_agent_back(admin: Agent, now: datetime) -> None:
    absence = planning.plan(admin, admin.pk, now - HOUR, now + HOUR, now=now)
    planning.begin_due(now, 10)

    planning.cancel(admin, absence.pk, now=now)

    admin.refresh_from_db()
    assert admin.available


def test_times_are_read_in_the_desks_zone(admin: Agent, now: datetime, signed_in: SignIn) -> None:
    text = "workflow: Berlin\ncalendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ['09:00-17:00']}}}\n"
    workflows.publish(text + "sla: {calendar: office}\n", now=now)

    said = {"agent": admin.pk, "begins_at": "2026-11-24T10:00", "ends_at": "2026-11-24T12:00", "note": ""}
    signed_in(admin).post("/console/absences/new/", said)

    assert Absence.objects.get().begins_at.isoformat() == "2026-11-24T09:00:00+00:00"


def test_a_token_is_shown_once_and_says_when_it_was_used(admin: Agent, now: datetime, signed_in: SignIn) -> None:
    client = signed_in(admin)
    page = client.post("/console/tokens/new/", {"name": "Shop", "scopes": ["tickets:read"]}).content.decode()
    token = page.split('<code id="token">')[1].split("<")[0]

    found = api_tokens.look_up(hashlib.sha256(token.encode()).hexdigest())
    assert found is not None
    assert (found.scopes, found.revoked) == (frozenset({"tickets:read"}), False)
    assert ApiToken.objects.get().last_used_at is not None
    assert token not in client.get("/console/tokens/").content.decode()


def test_an_expired_or_revoked_token_works_no_more(admin: Agent, now: datetime) -> None:
    def works(token: str) -> bool:
        found = api_tokens.look_up(hashlib.sha256(token.encode()).hexdigest())
        return found is not None and not found.revoked

    old = tokens.issue(admin, "Old", ["tickets:read"], now=now - 3 * HOUR, expires_at=now - HOUR)
    fresh = tokens.issue(admin, "Fresh", ["tickets:read"], now=now)
    assert (works(old), works(fresh)) == (False, True)

    tokens.revoke(admin, ApiToken.objects.get(name="Fresh").pk, now=now)
    assert not works(fresh)


LISTS = ["people", "teams", "skills", "absences", "queues", "tokens", "automations", "workflow"]


@pytest.mark.parametrize("place", LISTS)
def test_a_list_asks_the_same_number_of_questions_however_long_it_is(
    place: str, admin: Agent, now: datetime, signed_in: SignIn, statements: Callable[[], Any]
) -> None:
    client, counts = signed_in(admin), []
    client.get(f"/console/{place}/")
    for size in (2, 8):
        for _ in range(size):
            team = factories.a_team(f"team{AgentSkill.objects.count()}")
            someone = factories.an_agent(teams=(team,), skills={f"skill{team.pk}": 1})
            planning.plan(admin, someone.pk, now + HOUR, now + 2 * HOUR, now=now)
            tokens.issue(admin, "One", ["tickets:read"], now=now, agent=someone)
        with statements() as sent:
            assert client.get(f"/console/{place}/").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_queue_that_nobody_serves_is_marked(admin: Agent, signed_in: SignIn) -> None:
    rows.agent("Bram Oak", "agent", ("billing",))
    people.add_team("technical", "Technical")

    page = signed_in(admin).get("/console/queues/").content.decode()

    assert "Nobody" in page


def test_who_takes_people_on_makes_nobody_stronger_than_themselves(admin: Agent, now: datetime) -> None:
    clerk, ada = people.add_agent("Cleo Marsh", "cleo@desk.example"), people.add_agent("Ada Quill", "ada@desk.example")
    grants = {"people:manage": "all", "roles:manage": "all"}
    clerk.custom_role = Role.objects.create(key="clerk", name="Clerk", grants=grants)
    strong = Role.objects.create(key="strong", name="Strong", grants={"audit:see": "all"})
    clerk.save()
    values = {"name": "Nell", "email": "nell@desk.example", "languages": [], "shift": "", "level": "", "teams": []}
    values |= {"capacity": None}

    for role in ("admin", "lead"):
        with pytest.raises(Forbidden):
            members.take_on(clerk, {**values, "role": role}, now=now)
        with pytest.raises(Forbidden):
            members.change(clerk, clerk.pk, {**values, "role": role}, now=now)
    with pytest.raises(Forbidden):
        members.change(clerk, admin.pk, {**values, "role": "agent"}, now=now)
    with pytest.raises(Forbidden):
        roles.give(clerk, clerk.pk, strong, now=now)
    assert members.take_on(clerk, {**values, "role": "agent"}, now=now).role == "agent"
    members.change(clerk, ada.pk, {**values, "email": ada.email, "role": "light"}, now=now)


def test_another_role_ends_the_desks_own_and_only_whole_admins_keep_the_desk(admin: Agent, now: datetime) -> None:
    ada = people.add_agent("Ada Quill", "ada@desk.example")
    own = Role.objects.create(key="reader", name="Reader", grants={"tickets:see": "all"})
    roles.give(admin, ada.pk, own, now=now)
    values = {"name": "Ada", "email": ada.email, "languages": [], "shift": "", "level": "", "teams": []}
    values |= {"capacity": None}

    members.change(admin, ada.pk, {**values, "role": "agent"}, now=now)
    assert Agent.objects.get(pk=ada.pk).custom_role == own
    members.change(admin, ada.pk, {**values, "role": "admin"}, now=now)
    assert Agent.objects.get(pk=ada.pk).custom_role is None

    Agent.objects.filter(pk=ada.pk).update(custom_role=own)
    with pytest.raises(Conflict):
        members.retire(None, admin.pk, now=now)


def test_nobody_retires_or_brings_back_somebody_with_more_rights(admin: Agent, now: datetime) -> None:
    clerk, lead = people.add_agent("Cleo Marsh", "cleo@desk.example"), people.add_agent("Nora", "nora@desk.example")
    clerk.custom_role = Role.objects.create(key="clerk", name="Clerk", grants={"people:manage": "all"})
    clerk.save()
    Agent.objects.filter(pk=lead.pk).update(role="lead")

    with pytest.raises(Forbidden):
        members.retire(clerk, lead.pk, now=now)
    members.retire(admin, lead.pk, now=now)
    with pytest.raises(Forbidden):
        members.bring_back(clerk, lead.pk, now=now)
    members.bring_back(admin, lead.pk, now=now)
