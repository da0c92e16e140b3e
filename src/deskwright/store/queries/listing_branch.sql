(SELECT t.id, {last} AS last, {key} AS key
 FROM {source}
 WHERE {scope} AND {visible} AND {place}
 ORDER BY {key} {way}, t.id {way}
 LIMIT %(limit)s)
