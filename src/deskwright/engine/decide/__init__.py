"""The only entrance: `decide(workflow, facts, event, now)` says what should happen and why. Nothing is changed here."""

from deskwright.engine.decide.decision import Decision, decide

__all__ = ["Decision", "decide"]
