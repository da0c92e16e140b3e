"""What loads and is probably not meant: rules nobody reaches, conditions nothing meets, promises with holes.

A lint never stops a workflow from being published. It may miss something; what it says must be true.
"""

from deskwright.engine.linting.lints import lint

__all__ = ["lint"]
