-- Every team, and whether the agent is in it.
SELECT team.key,
       EXISTS (SELECT 1 FROM store_agent_teams AS member
               WHERE member.team_id = team.id AND member.agent_id = %(agent)s) AS mine
FROM store_team AS team
