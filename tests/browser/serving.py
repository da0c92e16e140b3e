"""What a browser is served: the desk's own application, in which passwords are those of the tests."""

from __future__ import annotations

from deskwright.config.asgi import application
from tests import hashing

__all__ = ["application"]

hashing.stretch_little()
