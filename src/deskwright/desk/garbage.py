"""How often a process looks for unreachable objects; Python's default suits scripts, not a server full of rules."""

from __future__ import annotations

import gc


def calm() -> None:
    """Call once when everything is loaded: what is there stays, and looks come after 50,000 new objects.

    Looking through the loaded workflow and libraries again and again cost a tenth of every ticket.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
