-- Agents whose facts are not as they were last remembered, kept from this people version on.
INSERT INTO store_agentrecord (agent, version, facts)
SELECT coalesce(present.id, last.agent), %(version)s, to_jsonb(present) - 'id'
FROM ({people}) AS present
FULL JOIN (
    SELECT DISTINCT ON (r.agent) r.agent, r.facts FROM store_agentrecord AS r ORDER BY r.agent, r.version DESC
) AS last ON last.agent = present.id
WHERE to_jsonb(present) - 'id' IS DISTINCT FROM last.facts
ON CONFLICT (agent, version) DO UPDATE SET facts = EXCLUDED.facts
