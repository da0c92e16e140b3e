-- Organisations that hold the text in one way or another, at most %(most)s of each way; the very domain, and names that begin
-- so, are among them whatever else there is.
(SELECT o.id FROM store_organisation AS o WHERE o.domain = %(text)s)
UNION ALL
(SELECT o.id FROM store_organisation AS o
 WHERE lower(o.name) >= %(text)s AND lower(o.name) LIKE %(begins)s AND lower(o.name) < %(beyond)s
 ORDER BY lower(o.name), o.id LIMIT %(most)s)
UNION ALL
(SELECT o.id FROM store_organisation AS o WHERE {o_name} LIMIT %(most)s)
UNION ALL
(SELECT o.id FROM store_organisation AS o WHERE {o_domain} LIMIT %(most)s)
UNION ALL
(SELECT gone.merged_into_id FROM store_organisation AS gone
 WHERE gone.merged_into_id IS NOT NULL AND {gone_domain} LIMIT %(most)s)
