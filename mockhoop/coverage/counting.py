"""Counting what exchanges exercise."""

from collections import Counter
from collections.abc import Iterable

from mockhoop.coverage.plan import Plan
from mockhoop.journals.entry import Entry


def counted(plan: Plan, entries: Iterable[Entry]) -> Counter[str]:
    """How many of the exchanges exercise each point."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(plan.hits(entry))
    return counts
