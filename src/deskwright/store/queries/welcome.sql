-- Make customers of newcomers. The identity is taken first: whoever loses the race for it makes no customer.
WITH people AS (
    SELECT nextval('store_customer_id_seq') AS id, p.*
    FROM json_to_recordset(%(people)s::json) AS p (kind text, value text, name text, email text, domain text)
),
taken AS (
    INSERT INTO store_identity (customer_id, kind, value)
    SELECT id, kind, value FROM people ORDER BY kind, value
    ON CONFLICT (kind, value) DO NOTHING
    RETURNING customer_id
)
INSERT INTO store_customer
    (id, name, email, organisation_id, tier, language, preferred_channel, fields, notes, created_at)
SELECT people.id, people.name, people.email, coalesce(o.merged_into_id, o.id), NULL, NULL, NULL, '{}', '', %(now)s
FROM people
JOIN taken ON taken.customer_id = people.id
LEFT JOIN store_organisation AS o ON o.domain = people.domain
