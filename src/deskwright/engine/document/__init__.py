"""Text to nodes: YAML or JSON with the place of every value, and refusals instead of crashes.

Owns syntax and the limits on size, depth and aliases. It must not know what a workflow is.
"""

from deskwright.engine.document.building import read
from deskwright.engine.document.node import Node, Source

__all__ = ["Node", "Source", "read"]
