"""PostgreSQL's own speed for the rows the desk writes: the same rows, plain prepared INSERTs, one transaction a ticket.

pgbench drives it, the leanest client there is. The rows are read back from tickets that the desk really took in.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

TABLES: Final = (
    ("store_message", "ticket_id"),
    ("store_ticketevent", "ticket_id"),
    ("store_clock", "ticket_id"),
    ("store_delivery", "ticket_id"),
    ("store_duework", "subject"),
)
SAMPLES: Final = 6
"""More of them would measure how fast sixteen connections prepare statements."""
RATE: Final = re.compile(r"tps = ([\d.]+)")
LATENCY: Final = re.compile(r"latency average = ([\d.]+) ms")


def scripts(url: str) -> list[str]:
    """One pgbench script for each of some tickets on the desk."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tickets = connection.execute("SELECT * FROM store_ticket ORDER BY id DESC LIMIT %s", [SAMPLES]).fetchall()
        types = column_types(connection)
        return [script(connection, ticket, types) for ticket in tickets]


def column_types(connection: psycopg.Connection[Any]) -> Mapping[tuple[str, str], str]:
    rows = connection.execute(
        "SELECT c.relname AS of, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type "
        "FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "WHERE c.relname LIKE 'store\\_%' AND a.attnum > 0 AND NOT a.attisdropped "
        "AND a.attgenerated = ''"
    )
    return {(row["of"], row["name"]): row["type"] for row in rows}


def script(connection: psycopg.Connection[Any], ticket: dict[str, Any], types: Mapping[tuple[str, str], str]) -> str:
    """BEGIN, one INSERT a table, COMMIT. Numbers come from the sequences, requesters are drawn by chance."""
    lines = ["\\set customer random(:first_customer, :last_customer)", "BEGIN;"]
    known = {"id": "nextval('store_ticket_id_seq')", "customer_id": ":customer"}
    lines.append(f"{insert('store_ticket', [ticket], known, types)} RETURNING id AS ticket \\gset")
    for table, column in TABLES:
        rows = connection.execute(f"SELECT * FROM {table} WHERE {column} = %s ORDER BY id", [ticket["id"]]).fetchall()
        if rows:
            lines.append(f"{insert(table, rows, {'id': sequence(table), column: ':ticket'}, types)};")
    return "\n".join([*lines, "COMMIT;", ""])


def sequence(table: str) -> str:
    return f"nextval('{table}_id_seq')"


def insert(
    table: str, rows: Sequence[dict[str, Any]], known: Mapping[str, str], types: Mapping[tuple[str, str], str]
) -> str:
    """An INSERT of the rows as they are, but for the columns of which the value is known; what the database generates
    is not among `types`, and left to it.
    """
    names = [name for name in rows[0] if (table, name) in types]
    values = ", ".join(f"({', '.join(cell(table, row, name, known, types) for name in names)})" for row in rows)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({quoted}) VALUES {values}"


def cell(
    table: str, row: dict[str, Any], name: str, known: Mapping[str, str], types: Mapping[tuple[str, str], str]
) -> str:
    if name in known:
        return known[name]
    if name == "message_id" and row[name] is not None:
        return "currval('store_message_id_seq')"
    if table == "store_message" and name == "customer_id" and row[name] is not None:
        return ":customer"
    if table == "store_delivery" and name == "mail_id":
        return f"'<' || :ticket || {literal(str(row[name])[1:])}"
    return f"{literal(row[name])}::{types[table, name]}" if row[name] is not None else "NULL"


def literal(value: Any) -> str:
    """A constant without a colon in it: pgbench takes those for its variables."""
    text = written(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\003A").replace("\n", "\\000A")
    return f"U&'{text}'"


def written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return json.dumps(value)
    return array(value) if isinstance(value, list) else str(value)


def array(value: Sequence[Any]) -> str:
    quoted = ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
    return "{" + quoted + "}"


def measure(url: str, programs: Path, texts: Sequence[str], *, clients: int, seconds: float) -> dict[str, float]:
    """Tickets a second and the mean wait in milliseconds."""
    with psycopg.connect(url) as connection:
        connection.execute(FILL_GAPS)
        bounds = connection.execute("SELECT min(id), max(id) FROM store_customer").fetchone()
    assert bounds is not None
    with tempfile.TemporaryDirectory(prefix="deskwright-bench-") as folder:
        files = [Path(folder) / f"{number}.sql" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        command = [str(programs / "pgbench"), "--no-vacuum", "--protocol=prepared", "-c", str(clients), "-j", "1"]
        command += [
            "-T",
            str(max(1, round(seconds))),
            "-D",
            f"first_customer={bounds[0]}",
            "-D",
            f"last_customer={bounds[1]}",
        ]
        command += [part for file in files for part in ("-f", str(file))]
        done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    if done.returncode or not (rate := RATE.search(done.stdout)):
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    wait = LATENCY.search(done.stdout)
    return {"rate": float(rate[1]), "mean_ms": float(wait[1]) if wait else 0.0}


FILL_GAPS = """
INSERT INTO store_customer (id, name, email, fields, notes, created_at)
SELECT id, '', '', '{}', '', to_timestamp(0)
FROM generate_series((SELECT min(id) FROM store_customer), (SELECT max(id) FROM store_customer)) AS id
ON CONFLICT DO NOTHING
"""
"""pgbench draws customers by number; two newcomers with one address leave a number unused."""
