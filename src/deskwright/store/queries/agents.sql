-- Who a ticket can be given to, with what they carry now.
SELECT agent.id, agent.name, agent.available, agent.away_until, coalesce(load.tickets, 0) AS tickets,
       (SELECT array_agg(team.name ORDER BY team.name) FROM store_agent_teams AS member
        JOIN store_team AS team ON team.id = member.team_id WHERE member.agent_id = agent.id) AS teams
FROM store_agent AS agent
LEFT JOIN store_agentload AS load ON load.agent_id = agent.id
WHERE agent.is_active AND agent.role <> 'light'
ORDER BY agent.id <> %(first)s, NOT agent.available, agent.name
