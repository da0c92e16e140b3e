"""The code that opens the first run: who holds the installation's secret key (its operator) knows it, nobody else."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

LENGTH: Final = 12


def first_run_code(secret_key: str) -> str:
    return hmac.new(secret_key.encode(), b"deskwright first run", hashlib.sha256).hexdigest()[:LENGTH]
