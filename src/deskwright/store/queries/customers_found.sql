-- Customers that hold the text in one way or another, at most %(most)s of each way; who has the very address, or a name that
-- begins so, is among them whatever else there is.
(SELECT i.customer_id FROM store_identity AS i
 WHERE i.kind = ANY(%(kinds)s) AND i.value IN (%(text)s, %(digits)s))
UNION ALL
(SELECT c.id FROM store_customer AS c
 WHERE lower(c.name) >= %(text)s AND lower(c.name) LIKE %(begins)s AND lower(c.name) < %(beyond)s
 ORDER BY lower(c.name), c.id LIMIT %(most)s)
UNION ALL
(SELECT c.id FROM store_customer AS c WHERE {c_name} LIMIT %(most)s)
UNION ALL
(SELECT i.customer_id FROM store_identity AS i WHERE i.kind = ANY(%(kinds)s) AND {i_value} LIMIT %(most)s)
UNION ALL
(SELECT i.customer_id FROM store_identity AS i
 WHERE %(number)s <> '' AND i.kind = 'phone' AND i.kind = ANY(%(kinds)s)
   AND deskwright_grams(lower(i.value)) @> %(number_runs)s::text[] AND i.value LIKE %(number)s LIMIT %(most)s)
UNION ALL
(SELECT c.id FROM (
    (SELECT o.id FROM store_organisation AS o WHERE {o_name} LIMIT %(most)s)
    UNION
    (SELECT o.id FROM store_organisation AS o WHERE {o_domain} LIMIT %(most)s)
 ) AS house JOIN store_customer AS c ON c.organisation_id = house.id LIMIT %(most)s)
