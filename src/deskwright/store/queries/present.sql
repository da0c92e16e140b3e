-- The desk at this moment: version of its people, number of the live workflow, automations switched off, loads as
-- [agent, units, tickets, turn, given].
SELECT (SELECT people_version FROM store_deskstate WHERE id = 1) AS people_version,
       (SELECT number FROM store_workflowversion WHERE live) AS live_version,
       (SELECT coalesce(json_agg(name), '[]')::text FROM store_automationstate WHERE NOT enabled) AS switched_off,
       (SELECT coalesce(json_agg(name), '[]')::text FROM store_experimentstate WHERE stopped_at IS NOT NULL) AS stopped,
       (SELECT coalesce(json_agg(json_build_array(agent_id, units, tickets, turn, given)), '[]')::text FROM store_agentload)
           AS loads
