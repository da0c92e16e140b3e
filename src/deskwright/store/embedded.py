"""The bundled PostgreSQL: one cluster under DATA/postgres, one owner at a time, reached by a unix socket only.

It owns starting, adopting and stopping the server, never what is in it. Durability stays on: an acknowledged commit is on disk.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from deskwright.store import postgres
from deskwright.store.ownership import EmbeddedRefused, Lock, owner

__all__ = ["Embedded", "EmbeddedRefused", "address", "temporary"]

DATABASE = "deskwright"
LOG_LIMIT = 10 * 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
