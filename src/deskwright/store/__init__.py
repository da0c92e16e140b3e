"""Rows: the schema, the queries, the queue. Knows SQL and the engine's values; decides nothing."""
