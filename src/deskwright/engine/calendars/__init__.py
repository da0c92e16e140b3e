"""Business time: when a desk is open, when a target falls due, how much open time lies between two instants.

UTC in and out, exact to the second. Must not read a clock: every instant is an argument.
"""

from deskwright.engine.calendars.calendar import ALWAYS, EPOCH, Calendar
from deskwright.engine.calendars.document import CalendarRefused
from deskwright.engine.calendars.hours import HolidaySource

__all__ = ["ALWAYS", "EPOCH", "Calendar", "CalendarRefused", "HolidaySource"]
