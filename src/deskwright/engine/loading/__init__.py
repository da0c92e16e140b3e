"""Text to Workflow, or every problem at once. Sections a document leaves out come from the starter.

A section of names (fields, calendars, signals, queues, assignees, audiences) adds to the starter's names and may
redefine them; the policies `sla` and `assignment` keep the starter's settings they do not mention; every other section
replaces the starter's. `extends: nothing` begins with one queue and no rules instead. Loading executes nothing.
"""

from deskwright.engine.loading.loader import SECTIONS, load
from deskwright.engine.problems import Problem, WorkflowError

__all__ = ["SECTIONS", "Problem", "WorkflowError", "load"]
