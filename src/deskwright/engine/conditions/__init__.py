"""The condition language: parse, bind to a vocabulary, compile, explain.

Owns what a condition means. A test of a missing value is false (so is its negated operator); NOT flips what it stands
before. Text compares exactly, closed choices and CONTAINS ignore case. It must not run code, loop or read a clock.
"""

from deskwright.engine.conditions.condition import Condition, compile_condition, nodes
from deskwright.engine.conditions.parsing import parse
from deskwright.engine.conditions.printing import printed
from deskwright.engine.conditions.syntax import ConditionError

__all__ = ["Condition", "ConditionError", "compile_condition", "nodes", "parse", "printed"]
