-- Planned surveys of these tickets whose moment has come, locked; with what speaks against asking: no person has written
-- on the ticket, or the newest mail to the customer that came to an end has failed.
SELECT survey.id, survey.ticket_id, survey.name, survey.expires_at,
       NOT EXISTS (
           SELECT FROM store_ticketevent AS heard
           WHERE heard.ticket_id = survey.ticket_id
             AND ((heard.kind = 'ticket_opened' AND heard.data ->> 'automatic' IS NULL)
                  OR (heard.kind = 'customer_wrote' AND heard.data ->> 'automatic' IN ('false')
                      AND heard.data ->> 'bounce_of' IS NULL))
       ) AS machine,
       coalesce((
           SELECT delivery.state <> 'sent'
           FROM store_delivery AS delivery
           JOIN store_ticket AS theirs ON theirs.id = delivery.ticket_id
           WHERE theirs.customer_id = ticket.customer_id AND delivery.recipient = customer.email
             AND delivery.state IN ('sent', 'failed', 'bounced', 'withheld')
           ORDER BY delivery.id DESC LIMIT 1
       ), false) AS bounced
FROM store_survey AS survey
JOIN store_ticket AS ticket ON ticket.id = survey.ticket_id
JOIN store_customer AS customer ON customer.id = ticket.customer_id
WHERE survey.ticket_id = ANY(%(tickets)s) AND survey.state = 'planned' AND survey.due_at <= %(now)s
ORDER BY survey.id
FOR UPDATE OF survey
