"""Of many rules those that are meant for a request, found without asking each of them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase, translate
from typing import Any, Generic, Protocol, TypeVar

from mockhoop.scenario.matching import Condition, Facts, Matcher, text_of

_WILD = frozenset("*?[")


class Rule(Protocol):
    """Something that is meant for some requests."""

    @property
    def matcher(self) -> Matcher:
        """Which requests."""
        ...


R = TypeVar("R", bound=Rule)


class Rules(Generic[R]):
    """The rules of a world, by the operation that they are meant for."""

    def __init__(self, rules: Iterable[R]) -> None:
        self.all = list(rules)
        self._keys = {rule.matcher.operation for rule in self.all}
        self._sieves: dict[str | None, Sieve[R]] = {}

    def of(self, operation: str) -> "Sieve[R]":
        """Those that may be meant for requests of an operation; "" stands for none."""
        key = operation if operation in self._keys else None
        sieve = self._sieves.get(key)
        if sieve is None:
            sieve = self._sieves[key] = Sieve(rule for rule in self.all if rule.matcher.operation in (None, key))
        return sieve


class Sieve(Generic[R]):
    """Rules, each found by the condition that tells it best from the others: at best by a text that is looked up."""

    def __init__(self, rules: Iterable[R]) -> None:
        self._rules = list(rules)
        self._anyhow: list[int] = []
        self._query: dict[str, _Probe] = {}
        probes: dict[str, _Probe] = {}
        for place, condition in enumerate(_telling([rule.matcher for rule in self._rules])):
            if condition is None:
                self._anyhow.append(place)
            elif condition.part == "query":
                self._query.setdefault(condition.key, _Probe(condition.find)).add(condition.wanted, place)
            else:
                probes.setdefault(condition.name, _Probe(condition.find)).add(condition.wanted, place)
        self._others = list(probes.values())
        names = "|".join(map(re.escape, self._query))
        # A name that is written with escapes may be any.
        self._asks_for_any = re.compile(rf"(?:^|&)(?:[^=&]*[%+]|(?:{names})(?:[=&]|\Z))").search

    def __len__(self) -> int:
        return len(self._rules)

    def meant(self, facts: Facts) -> Sequence[R]:
        """The rules that are meant for a request, in their order."""
        places = [*self._anyhow, *self._by_query(facts)]
        for probe in self._others:
            places += probe.places(facts)
        if not places:
            return ()
        return [rule for rule in (self._rules[place] for place in sorted(places)) if rule.matcher.matches(facts)]

    def _by_query(self, facts: Facts) -> Iterator[int]:
        if not self._query or not self._asks_for_any(facts.call.raw_query):
            return
        for name in facts.query:
            probe = self._query.get(name)
            if probe is not None:
                yield from probe.places(facts)


class _Probe:
    """Rules that look at the same text of a request, by what they want of it."""

    def __init__(self, find: Callable[[Facts], Any]) -> None:
        self._find = find
        self._plain: dict[str, list[int]] = {}
        self._patterns: dict[str, list[int]] = {}
        self._fits_any: Callable[[str], object] | None = None

    def add(self, wanted: str, place: int) -> None:
        """Add a rule that wants a text, or one that fits a pattern."""
        if not _is_pattern(wanted):
            self._plain.setdefault(wanted, []).append(place)
            return
        self._patterns.setdefault(wanted, []).append(place)
        self._fits_any = None

    def places(self, facts: Facts) -> list[int]:
        """The places of the rules that get what they want."""
        value = self._find(facts)
        if value is None:
            return []
        text = text_of(value)
        found = self._plain.get(text, [])
        if not self._patterns:
            return found
        if self._fits_any is None:
            self._fits_any = re.compile("|".join(map(translate, self._patterns))).match
        if not self._fits_any(text):
            return found
        fitting = (rules for pattern, rules in self._patterns.items() if fnmatchcase(text, pattern))
        return [*found, *(place for rules in fitting for place in rules)]


def _is_pattern(wanted: str) -> bool:
    return not _WILD.isdisjoint(wanted)


def _telling(matchers: Sequence[Matcher]) -> Iterator[Condition | None]:
    """For each rule the condition on a text that the fewest share; None for a rule that has none."""
    texts = [[one for one in matcher.conditions if _is_of_a_text(one)] for matcher in matchers]
    alike = Counter((one.name, one.wanted) for conditions in texts for one in conditions)
    usual = Counter(one.name for conditions in texts for one in conditions)

    def rank(one: Condition) -> tuple[bool, int, int]:
        return _is_pattern(one.wanted), alike[one.name, one.wanted], -usual[one.name]

    for conditions in texts:
        yield min(conditions, key=rank, default=None)


def _is_of_a_text(condition: Condition) -> bool:
    return condition.part != "operation" and isinstance(condition.wanted, str)
