-- Recent tickets that somebody's new one may repeat: their own, and those of others in their organisation.
SELECT who.customer AS asks, t.id, t.customer_id, t.status, t.subject, left(t.description, %(long)s) AS text
FROM unnest(%(customers)s::bigint[], %(organisations)s::bigint[]) AS who (customer, organisation)
CROSS JOIN LATERAL (
    (SELECT own.* FROM store_ticket AS own
     WHERE own.customer_id = who.customer AND own.created_at > %(since)s AND own.merged_into_id IS NULL AND NOT own.imported
     ORDER BY own.created_at DESC LIMIT %(own)s)
    UNION ALL
    (SELECT near.* FROM store_ticket AS near
     WHERE near.organisation_id = who.organisation AND near.created_at > %(since)s AND near.customer_id <> who.customer
       AND near.merged_into_id IS NULL AND NOT near.imported
     ORDER BY near.created_at DESC LIMIT %(near)s)
) AS t
