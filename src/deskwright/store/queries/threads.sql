-- Tickets by the Message-IDs of their messages and deliveries, and those of the signed tickets that exist; a merged one
-- leads to the ticket it is part of now, at any depth (a circle ends). `customers` are the requesters of all its parts,
-- `parties` the addresses of who takes part beside them.
WITH RECURSIVE named AS MATERIALIZED (
    SELECT m.mail_id, m.ticket_id, md5(m.text) AS md5, m.customer_id, m.recipients ->> 'queue' AS queue
    FROM store_message AS m WHERE m.mail_id = ANY(%(names)s)
    UNION ALL
    SELECT d.mail_id, d.ticket_id, NULL, NULL, NULL FROM store_delivery AS d WHERE d.mail_id = ANY(%(names)s) AND d.ticket_id IS NOT NULL
    UNION ALL
    SELECT NULL, t.id, NULL, NULL, NULL FROM store_ticket AS t WHERE t.id = ANY(%(tickets)s)
),
up AS (
    SELECT DISTINCT ticket_id AS start, ticket_id AS id, 0 AS far FROM named
    UNION ALL
    SELECT up.start, t.merged_into_id, up.far + 1 FROM up JOIN store_ticket AS t ON t.id = up.id
    WHERE t.merged_into_id IS NOT NULL AND up.far < 40
),
whole AS (SELECT DISTINCT ON (start) start, id FROM up ORDER BY start, far DESC)
SELECT named.mail_id, named.md5, named.customer_id, named.queue, named.ticket_id AS named, whole.id AS ticket_id,
       ARRAY(WITH RECURSIVE part AS (
                 SELECT t.id, t.customer_id FROM store_ticket AS t WHERE t.merged_into_id = whole.id
                 UNION
                 SELECT t.id, t.customer_id FROM store_ticket AS t JOIN part ON t.merged_into_id = part.id
             )
             SELECT customer_id FROM part) AS customers,
       ARRAY(SELECT p.email FROM store_participant AS p WHERE p.ticket_id = whole.id AND NOT p.removed) AS parties
FROM named JOIN whole ON whole.start = named.ticket_id
