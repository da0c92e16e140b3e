"""What agents can do, and how well: levels 1 to 3. Decisions read it, so every change is kept for replay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import deed
from deskwright.store.models import Agent, AgentSkill

BEST: Final = 3
LONGEST: Final = 80


def set_levels(actor: Agent | None, number: int, levels: Mapping[str, int], *, now: datetime) -> None:
    """Give an agent these levels; 0 takes a skill away, others stay. Raises Forbidden, NotFound, Invalid."""
    require(actor, "skills:manage")
    for skill, level in levels.items():
        if not 0 <= level <= BEST or not skill.strip() or len(skill) > LONGEST:
            raise Invalid(_("A skill has a name and a level from 1 to %(best)s.") % {"best": BEST})
    with deed() as sql:
        agent = Agent.objects.select_for_update().filter(pk=number, is_active=True).first()
        if agent is None:
            raise NotFound(_("There is nobody like that at this desk."))
        before = dict(agent.skills.values_list("skill", "level"))
        agent.skills.filter(skill__in=[skill for skill, level in levels.items() if not level]).delete()
        kept = [AgentSkill(agent=agent, skill=skill, level=level) for skill, level in levels.items() if level]
        AgentSkill.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["agent", "skill"], update_fields=["level"]
        )
        after = before | dict(levels)
        saved(sql, actor, "agent.skills", agent.email, now=now, before=before, after=after, people=True)


def asked_for(workflow: Workflow) -> set[str]:
    """The skills the workflow asks for, in queues and assignees."""
    queues = [one for queue in workflow.queues.values() for one in queue.skills + queue.optional_skills]
    people = [one for assignee in workflow.assignees.values() for one in assignee.skills]
    return {skill for skill, _ in queues + people}
