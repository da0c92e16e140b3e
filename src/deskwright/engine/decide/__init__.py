"""The only entrance: `decide(workflow, facts, event, now)` says what should happen and why. Nothing is changed here.

It is `begin` and `finish`; a replay lets one beginning go on in several runs.
"""

from deskwright.engine.decide.course import Begun
from deskwright.engine.decide.decision import Decision, begin, decide, finish, go_on

__all__ = ["Begun", "Decision", "begin", "decide", "finish", "go_on"]
