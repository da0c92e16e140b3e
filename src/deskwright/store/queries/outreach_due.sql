-- Organisations to look at now, those that wait longest first, each locked until the deed ends.
{organisations}
WHERE NOT o.no_outreach AND o.merged_into_id IS NULL
  AND (o.checked_at IS NULL OR o.checked_at <= %(again)s)
  AND (o.visited_at IS NULL OR o.visited_at <= %(cooled)s)
ORDER BY o.checked_at NULLS FIRST, o.id
LIMIT %(limit)s
FOR NO KEY UPDATE OF o SKIP LOCKED
