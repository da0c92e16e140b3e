-- One page of organisations: the CTE says which and in what order; people and open tickets of the page only.
WITH page AS (
{page}
)
SELECT page.rank, page.place, o.id, o.name, o.domain, o.tier, o.vip, o.csm_id AS csm, o.account_manager_id AS account_manager,
       o.notes AS organisation_notes, o.fields AS custom, NOT o.no_outreach AS outreach,
       (SELECT array_agg(gone.domain ORDER BY gone.id) FROM store_organisation AS gone
        WHERE gone.merged_into_id = o.id AND gone.domain IS NOT NULL) AS more_domains,
       (SELECT count(*) FROM store_customer AS c WHERE c.organisation_id = o.id AND c.merged_into_id IS NULL) AS people,
       (SELECT count(*) FROM store_ticket AS t WHERE t.organisation_id = o.id AND {visible}
        AND t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold')) AS open
FROM page JOIN store_organisation AS o USING (id)
ORDER BY page.rank, page.place, page.id
