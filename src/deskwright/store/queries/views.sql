-- The saved views an agent sees: their own, those of their teams, those of everybody.
SELECT v.id, v.name, v.icon, v.condition
FROM store_savedview AS v
WHERE v.deleted_at IS NULL
  AND (v.owner_id = %(agent)s OR v.everybody
       OR v.team_id IN (SELECT member.team_id FROM store_agent_teams AS member WHERE member.agent_id = %(agent)s))
ORDER BY v.place, v.id
