"""Public holidays of the world's countries, for the calendars of workflows: the one place that knows the data.

Loaded when the first calendar asks: most desks list their holidays themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from functools import lru_cache


@lru_cache(4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> Collection[date]:
    """The public holidays of a country (ISO 3166 code) and its subdivision in a year, observed days included.

    Raises ValueError with a sentence for the workflow's author when there is no such country or subdivision.
    """
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise ValueError(f"no holidays are known for the country {country!r} (write its two-letter code, such as DE)")
    if subdivision is not None and subdivision not in known[country]:
        near = get_close_matches(subdivision, known[country], 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known[country]) or 'none'}"
        raise ValueError(f"{country} has no subdivision {subdivision!r} with holidays of its own ({hint})")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
