"""How long an answer is held back: drawn from a distribution by the seed."""

from itertools import pairwise
from math import exp

from mockhoop.scenario.script_model import Delay
from mockhoop.values.chance import Chance

_LEAST = 2.0**-54
_LONGEST = 24 * 3_600 * 1_000_000_000


def drawn(delay: Delay, chance: Chance) -> int:
    """The delay in nanoseconds; never below zero, and never longer than a day."""
    return min(max(0, round(_drawn(delay, max(chance.real("delay"), _LEAST)))), _LONGEST)


def _drawn(delay: Delay, share: float) -> float:
    """The delay below which this share of all delays are."""
    if delay.uniform is not None:
        return delay.uniform.from_ + share * (delay.uniform.to - delay.uniform.from_)
    if delay.normal is not None:
        return delay.normal.mean + delay.normal.deviation * _deviations(share)
    if delay.lognormal is not None:
        return delay.lognormal.median * exp(delay.lognormal.sigma * _deviations(share))
    if delay.percentiles is not None:
        return _between(sorted((float(name[1:]), length) for name, length in delay.percentiles.items()), share * 100)
    return delay.fixed or 0


def _deviations(share: float) -> float:
    """So many standard deviations above the mean is where this share of a normal distribution lies below."""
    from statistics import NormalDist  # takes long to import, and few scenarios need it

    return NormalDist().inv_cdf(share)


def _between(points: list[tuple[float, int]], percent: float) -> float:
    """Linear between the points that are given, and as long as the nearest of them beyond."""
    if percent <= points[0][0]:
        return points[0][1]
    for (low, shorter), (high, longer) in pairwise(points):
        if percent <= high:
            return shorter + (longer - shorter) * (percent - low) / (high - low)
    return points[-1][1]
