"""The bundled PostgreSQL: one cluster under DATA/postgres, one owner at a time, reached by a unix socket only.

`Embedded` starts, adopts and stops the server; `address` finds the one another process owns. Never what is in it.
"""

from deskwright.store.embedded.cluster import Embedded
from deskwright.store.embedded.ownership import EmbeddedRefused, Owner, address, owner

__all__ = ["Embedded", "EmbeddedRefused", "Owner", "address", "owner"]
