"""What the models have no words for: settings of tables, a trigger, a table without a model, functions."""

from django.db import migrations

from deskwright.engine.sqlfilter import FOLD
from deskwright.store.folding import teach

# An event's trace is a few kilobytes: kept in its row, for squeezing it cost more than all other writes of a ticket.
EVENTS = "ALTER TABLE store_ticketevent SET (toast_tuple_target = 8160)"
PLAIN_EVENTS = "ALTER TABLE store_ticketevent RESET (toast_tuple_target)"

# Marks move through the partial index all day: vacuum early, or the first poll after a mass firing waits for it.
CLOCKS = "ALTER TABLE store_clock SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)"
PLAIN_CLOCKS = "ALTER TABLE store_clock RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)"

# The same words as `listing.RANK`, or the order by priority cannot use it.
PRIORITIES = """
CREATE INDEX ticket_by_priority ON store_ticket
    ((array_position(ARRAY['critical', 'high', 'medium', 'low']::text[], priority::text)), id)
    WHERE status IN ('new', 'open', 'waiting_on_customer', 'on_hold')
"""

# Runs of three letters with the standard library of PostgreSQL alone: pg_trgm is not on every server.
GRAMS = """
CREATE FUNCTION deskwright_grams(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_agg(DISTINCT substr('  ' || word || ' ', place, 3)) FROM generate_series(1, length(word) + 1) AS place $$
"""

# The same number as `searching.STRETCH`, or a search cannot ask for one stretch of the documents.
STRETCHES = """
CREATE INDEX search_words ON store_searchdocument USING gin ((ARRAY[ticket_id / 8192]), words) WITH (fastupdate = off)
"""

# Runs of three letters of whole names and addresses: whoever holds a text has all of its runs.
RUNS = (
    ("customer_runs", "store_customer", "name"),
    ("identity_runs", "store_identity", "value"),
    ("organisation_runs", "store_organisation", "name"),
    ("organisation_domain_runs", "store_organisation", "domain"),
)

AUDIT = """
CREATE FUNCTION store_audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('deskwright.audit_retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER store_audit_is_kept BEFORE UPDATE OR DELETE ON store_auditentry
    FOR EACH ROW EXECUTE FUNCTION store_audit_is_kept();
"""
UNAUDIT = """
DROP TRIGGER store_audit_is_kept ON store_auditentry;
DROP FUNCTION store_audit_is_kept();
"""

CACHE = """
CREATE TABLE store_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX store_cache_expires ON store_cache (expires);
"""


def make_folding(apps, editor):
    with editor.connection.cursor() as cursor:
        teach(cursor)


def drop_folding(apps, editor):
    editor.execute(f"DROP FUNCTION IF EXISTS {FOLD}(text)")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.RunSQL(EVENTS, PLAIN_EVENTS),
        migrations.RunSQL(CLOCKS, PLAIN_CLOCKS),
        migrations.RunSQL(PRIORITIES, "DROP INDEX ticket_by_priority"),
        migrations.RunSQL(GRAMS, "DROP FUNCTION deskwright_grams(text)"),
        migrations.RunSQL(STRETCHES, "DROP INDEX search_words"),
        *(
            migrations.RunSQL(
                f"CREATE INDEX {name} ON {table} USING gin ((deskwright_grams(lower({column}))))", f"DROP INDEX {name}"
            )
            for name, table, column in RUNS
        ),
        migrations.RunSQL(AUDIT, UNAUDIT),
        migrations.RunSQL(CACHE, "DROP TABLE store_cache"),
        migrations.RunPython(make_folding, drop_folding),
    ]
