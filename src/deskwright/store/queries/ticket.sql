-- The head of the ticket page: the ticket, its requester, their organisation, its agent.
SELECT t.*, agent.name AS assignee,
       customer.name AS customer, customer.email AS customer_email, customer.language AS customer_language,
       customer.preferred_channel, customer.notes AS customer_notes, customer.away_until, customer.created_at AS customer_since,
       coalesce(customer.tier, organisation.tier) AS customer_tier,
       customer.fields AS customer_fields, organisation.fields AS organisation_fields, organisation.id AS party_organisation,
       organisation.name AS organisation, coalesce(organisation.vip, false) AS vip, organisation.domain,
       organisation.notes AS organisation_notes, csm.name AS csm, manager.name AS account_manager,
       (SELECT array_agg(identity.kind || ':' || identity.value ORDER BY identity.id)
        FROM store_identity AS identity WHERE identity.customer_id = t.customer_id) AS identities
FROM store_ticket AS t
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_organisation AS organisation ON organisation.id = coalesce(t.organisation_id, customer.organisation_id)
LEFT JOIN store_agent AS agent ON agent.id = t.assignee_id
LEFT JOIN store_agent AS csm ON csm.id = organisation.csm_id
LEFT JOIN store_agent AS manager ON manager.id = organisation.account_manager_id
WHERE t.id = %(ticket)s AND {visible}
