"""Chance by name, and how sure a mean over runs is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, pi, sqrt, tan
from statistics import NormalDist, fmean, stdev
from typing import Final

SURE: Final = 0.95
WHOLE: Final = 100.0
"""Per cent that no share differs from another by more than: the interval of few runs is wider."""
_WORD: Final = (1 << 64) - 1


def chance(*name: int) -> float:
    """A number from 0 up to 1 that hangs on its name alone, so that whoever asks in another order, or for more, gets
    the same (SplitMix64 of each part: Steele, Lea & Flood, Fast Splittable Pseudorandom Number Generators, 2014).
    """
    state = 0
    for part in name:
        state = (state + part + 0x9E3779B97F4A7C15) & _WORD
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _WORD
        state ^= state >> 31
    return (state >> 11) / (1 << 53)


def between(changes: Sequence[float]) -> tuple[float, float, float]:
    """The mean of the changes of single runs, and the edges of its interval (Student's): the true mean lies outside in
    one of twenty such studies. Few runs make it wide; two are the fewest.
    """
    mean = fmean(changes)
    reach = student(len(changes) - 1) * stdev(changes) / sqrt(len(changes))
    return mean, mean - reach, mean + reach


def between_shares(changes: Sequence[float]) -> tuple[float, float, float]:
    """The same of shares in per cent, which differ by no more than all of them."""
    mean, low, high = between(changes)
    return mean, max(low, -WHOLE), min(high, WHOLE)


def student(freedom: int) -> float:
    """The quantile of Student's t that leaves out 5 % on both sides together (Hill, Algorithm 396, Communications of
    the ACM 13, 1970; to six digits).
    """
    tails = 1 - SURE
    if freedom == 1:
        return 1 / tan(tails * pi / 2)
    if freedom == 2:
        return sqrt(2 / (tails * (2 - tails)) - 2)
    a = 1 / (freedom - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * pi / 2) * freedom
    y = (d * tails) ** (2 / freedom)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(tails / 2)
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (x + 0.6)
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
        y = a * ((((((0.4 * x**2 + 6.3) * x**2 + 36) * x**2 + 94.5) / c - x**2 - 3) / b + 1) * x) ** 2
        y = exp(y) - 1
    else:
        y = (
            (1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y
            - 1
        ) * (freedom + 1) / (freedom + 2) + 1 / y
    return sqrt(freedom * y)


def by_chance(one: int, other: int) -> float:
    """The distance of Kolmogorov & Smirnov's that two samples of so many from one distribution exceed once in twenty
    times (Smirnov's limit: the root of -log(0.025) / 2, by that of the samples' harmonic size).
    """
    return sqrt(-log((1 - SURE) / 2) / 2 * (one + other) / (one * other))
