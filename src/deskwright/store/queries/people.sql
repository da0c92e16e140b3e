-- Everybody who may be given work or told of it.
SELECT a.id, a.name, a.role, a.level, a.languages, a.shift, a.capacity,
       a.available, a.takes_chats,
       ARRAY(SELECT t.key FROM store_team AS t JOIN store_agent_teams AS m ON m.team_id = t.id WHERE m.agent_id = a.id)
           AS teams,
       (SELECT coalesce(json_object_agg(s.skill, s.level), '{}')::text FROM store_agentskill AS s WHERE s.agent_id = a.id)
           AS skills
FROM store_agent AS a
WHERE a.is_active
ORDER BY a.id
