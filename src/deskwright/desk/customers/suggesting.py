"""Who might be the same as somebody: by name and organisation, by a phone number written below their mails.

It suggests only. A signature that names another's address is no proof that the two are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from deskwright.desk import access
from deskwright.desk.settings.rights import require
from deskwright.store.connection import cursor
from deskwright.store.models import Agent

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`because`: name | address | signature."""

    id: int
    name: str
    email: str
    because: str


def same_as(actor: Agent | None, number: int) -> Sequence[Suggestion]:
    """Customers who might be this one, the likeliest first. One statement. Raises Forbidden."""
    require(actor, "customers:see")
    rows: list[dict[str, Any]] = cursor().execute(SAME, {"customer": number, "limit": MOST}).fetchall()
    return [Suggestion(**row) for row in access.veil(actor).rows(rows)]


SAME: Final = """
WITH own AS (SELECT * FROM store_customer WHERE id = %(customer)s),
latest AS (
    SELECT said.text FROM (  -- theirs first: who wrote nothing lately was looked for among all that was ever written
        SELECT m.id, m.text FROM store_message AS m WHERE m.customer_id = %(customer)s AND m.kind = 'customer' OFFSET 0
    ) AS said ORDER BY said.id DESC LIMIT 5
),
written AS (
    SELECT DISTINCT lower(found[1]) AS value
    FROM latest,
         regexp_matches(right(latest.text, 1000), '[[:alnum:]._%%+-]+@[[:alnum:].-]+[.][[:alpha:]]{2,}', 'g') AS found
    UNION
    SELECT DISTINCT regexp_replace(found[1], '[^0-9+]', '', 'g')
    FROM latest,
         regexp_matches(right(latest.text, 1000), '[+][0-9][0-9 ()/.-]{6,20}[0-9]', 'g') AS found
),
found AS (
    SELECT c.id, 1 AS place, 'name' AS because
    FROM own JOIN store_customer AS c ON lower(c.name) = lower(own.name)
    WHERE own.name <> '' AND c.organisation_id IS NOT DISTINCT FROM own.organisation_id
    UNION ALL
    SELECT i.customer_id, 2, 'address'
    FROM store_identity AS mine
    JOIN store_identity AS i ON i.kind = mine.kind AND split_part(i.value, '@', 1) = split_part(mine.value, '@', 1)
    JOIN own ON true JOIN store_customer AS c ON c.id = i.customer_id
    WHERE mine.customer_id = %(customer)s AND mine.kind = 'email' AND own.organisation_id = c.organisation_id
    UNION ALL
    SELECT i.customer_id, 3, 'signature' FROM written JOIN store_identity AS i ON i.value = written.value
)
SELECT c.id, c.name, c.email, best.because
FROM (SELECT DISTINCT ON (id) id, place, because FROM found WHERE id <> %(customer)s ORDER BY id, place) AS best
JOIN store_customer AS c ON c.id = best.id AND c.merged_into_id IS NULL
ORDER BY best.place, c.id LIMIT %(limit)s
"""
