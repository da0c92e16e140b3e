"""Results of an experiment that stay valid however often one looks at them, and an honest sentence about them.

Always-valid inference by the mixture sequential probability ratio test: Johari, Koomen, Pekelis and Walsh, "Always
Valid Inference: Continuous Monitoring of A/B Tests", Operations Research 70(3), 2022. The unit is the customer who was
drawn, not the ticket: tickets of one customer are no independent trials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, log, sqrt
from statistics import NormalDist
from typing import Final

from deskwright.engine.saying import _, ngettext

ALPHA: Final = 0.05
LEAST: Final = 30
"""Units in each arm before anything is said: the variances are estimated, and the test trusts them."""
SCALE: Final = 0.25
"""Standard deviation of the mixture over effects, in standard deviations of the figure."""
UNEVEN: Final = 0.01
"""The chance that arms are called uneven though they were drawn as the share says."""
UNITS: Final = 20.0
"""Customers that the prior belief in the share is worth."""
WEEK: Final = 7.0
LONGEST: Final = 52
"""Weeks beyond which no forecast is given."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One value for each unit, summed up."""

    n: int
    mean: float
    variance: float
    """Of one unit's value, with n - 1."""


@dataclass(frozen=True, slots=True)
class Result:
    """`difference` is variant less control; `low` and `high` hold the true one at every look, by 1 - alpha."""

    control: Arm
    variant: Arm
    difference: float | None
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def arm(values: Sequence[float]) -> Arm:
    n = len(values)
    mean = sum(values) / n if n else 0.0
    spread = sum((value - mean) ** 2 for value in values)
    return Arm(n, mean, spread / (n - 1) if n > 1 else 0.0)


def compare(control: Sequence[float], variant: Sequence[float], alpha: float = ALPHA) -> Result:
    """The difference with its confidence sequence; without one while an arm has fewer than `LEAST` units, or nothing
    varies yet.
    """
    return compared(arm(control), arm(variant), alpha)


def compared(control: Arm, variant: Arm, alpha: float = ALPHA) -> Result:
    if not control.n or not variant.n:
        return Result(control, variant, None, None, None)
    difference = variant.mean - control.mean
    if min(control.n, variant.n) < LEAST or not _spread(control, variant):
        return Result(control, variant, difference, None, None)
    half = half_width(_error(control, variant), SCALE**2 * _spread(control, variant), alpha)
    return Result(control, variant, difference, difference - half, difference + half)


def half_width(error: float, mixture: float, alpha: float = ALPHA) -> float:
    """Of the confidence sequence, where the difference has the variance `error` and effects are mixed over a normal
    distribution of variance `mixture` (inverting eq. 14 of the article for unequal arms).
    """
    total = error + mixture
    return sqrt(error * total / mixture * (2 * log(1 / alpha) + log(total / error)))


def _spread(control: Arm, variant: Arm) -> float:
    """Variance of one unit's value, both arms together."""
    return (control.variance * control.n + variant.variance * variant.n) / (control.n + variant.n)


def _error(control: Arm, variant: Arm) -> float:
    """Variance of the difference of the means."""
    return control.variance / control.n + variant.variance / variant.n


def uneven(control: int, variant: int, share: float) -> bool:
    """Whether the arms hold other numbers than draws with this share explain, however often one looks: something then
    loses the customers of one arm, and a comparison means nothing. The Bayes factor of a beta-binomial beside the
    binomial exceeds 1 / UNEVEN at some look with a chance of UNEVEN at most (Lindon & Malek, "Anytime-Valid Inference
    for Multinomial Count Data", NeurIPS 2022).
    """
    if not 0 < share < 1:
        return False
    other, one = UNITS * (1 - share), UNITS * share
    beside = _log_beta(other + control, one + variant) - _log_beta(other, one)
    return beside - control * log(1 - share) - variant * log(share) > log(1 / UNEVEN)


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


def sample_size(difference: float, deviation: float, *, power: float = 0.8, alpha: float = ALPHA) -> int:
    """Units in each arm after which the sequence has left out zero with this probability, when the true difference is
    `difference` and a unit's value has this standard deviation. More than a test looked at once would need. Raises
    ValueError where there is nothing to find.
    """
    if difference == 0 or deviation <= 0:
        raise ValueError("there is no difference to find")
    least, most = LEAST, LEAST
    while not _enough(most, abs(difference), deviation, power, alpha):
        least, most = most, most * 2
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if _enough(middle, abs(difference), deviation, power, alpha) else (middle, most)
    return most


def _enough(n: int, difference: float, deviation: float, power: float, alpha: float) -> bool:
    error = 2 * deviation**2 / n
    return difference >= half_width(error, SCALE**2 * deviation**2, alpha) + NormalDist().inv_cdf(power) * sqrt(error)


def verdict(result: Result, *, lower_is_better: bool, days: float) -> str:
    """One honest sentence. `days` is how long the experiment has taken tickets."""
    if result.low is None or result.high is None or result.difference is None:
        return _(
            "Too few customers to say anything yet: each arm needs %(count)s, and values that differ.", count=LEAST
        )
    if result.sure:
        better = (result.difference < 0) == lower_is_better
        span = _span(result.low, result.high)
        return (
            _("The variant is better, by %(span)s.", span=span)
            if better
            else _("The variant is worse, by %(span)s.", span=span)
        )
    return _("No difference shown yet; %(forecast)s.", forecast=_forecast(result, days))


def _span(low: float, high: float) -> str:
    near, far = sorted((abs(low), abs(high)))
    return _("%(near)s to %(far)s", near=f"{near:.3g}", far=f"{far:.3g}")


def _forecast(result: Result, days: float) -> str:
    """When the interval would leave out zero if the difference stayed as it is."""
    weeks = weeks_more(result, days)
    if weeks is None:
        most = max(abs(result.low or 0), abs(result.high or 0))
        return _("if there is one, it is probably smaller than %(most)s", most=f"{most:.3g}")
    return ngettext("at this rate about %(count)s week more", "at this rate about %(count)s weeks more", weeks)


def weeks_more(result: Result, days: float) -> int | None:
    """Weeks until the present difference would show, at the present rate; None beyond a year."""
    assert result.difference is not None
    spread = SCALE**2 * _spread(result.control, result.variant)
    error = _error(result.control, result.variant)
    for weeks in range(1, LONGEST + 1):
        grown = (days + weeks * WEEK) / max(days, 1.0)
        if abs(result.difference) > half_width(error / grown, spread):
            return weeks
    return None
