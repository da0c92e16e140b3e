"""What changed from one workflow to another, in the language's own terms: rules, targets, calendars, not lines of text.

Compares what the documents mean; two spellings of the same thing are no difference.
"""

from deskwright.engine.differences.comparing import differences
from deskwright.engine.differences.wording import Difference

__all__ = ["Difference", "differences"]
