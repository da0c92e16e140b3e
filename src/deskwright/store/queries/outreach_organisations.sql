SELECT o.id, o.name, o.tier, o.vip, o.csm_id, o.account_manager_id, o.fields, o.no_outreach, o.visited_at,
       -- Who wrote last, else who has been known for longest.
       coalesce(
           (SELECT t.customer_id FROM store_ticket AS t JOIN store_customer AS c ON c.id = t.customer_id
            WHERE t.organisation_id = o.id AND c.organisation_id = o.id ORDER BY t.created_at DESC LIMIT 1),
           (SELECT min(c.id) FROM store_customer AS c WHERE c.organisation_id = o.id)
       ) AS contact
FROM store_organisation AS o
