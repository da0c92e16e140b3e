"""The names a condition may use, and the flat view of a case that answers them.

Owns what each name means. It must not judge conditions (see `conditions`) nor decide anything.
"""

from deskwright.engine.vocabulary.names import Name, Vocabulary
from deskwright.engine.vocabulary.standard import STANDARD, of_lists, vocabulary
from deskwright.engine.vocabulary.viewing import given, view

__all__ = ["STANDARD", "Name", "Vocabulary", "given", "of_lists", "view", "vocabulary"]
