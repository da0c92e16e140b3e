-- One page of customers: the CTE says which and in what order; addresses and open tickets of the page only.
WITH page AS (
{page}
)
SELECT page.rank, page.place, c.id, c.name, c.email AS customer_email, c.tier, c.language, c.preferred_channel, c.sees_organisation,
       c.notes AS customer_notes, c.fields AS custom, c.created_at, c.organisation_id, o.name AS organisation,
       coalesce(c.tier, o.tier) AS customer_tier, coalesce(o.vip, false) AS vip,
       coalesce((SELECT array_agg(i.kind || ':' || i.id || ':' || i.value ORDER BY i.id) FROM store_identity AS i
                 WHERE i.customer_id = c.id), '{{}}') AS identities,
       (SELECT count(*) FROM store_ticket AS t WHERE t.customer_id = c.id AND {visible}
        AND t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold')) AS open
FROM page JOIN store_customer AS c USING (id) LEFT JOIN store_organisation AS o ON o.id = c.organisation_id
ORDER BY page.rank, page.place, page.id
