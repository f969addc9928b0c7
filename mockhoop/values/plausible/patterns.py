"""Strings that match a pattern.

The small generator walks the parse tree of Python's own ``re``. Libraries that do the same exist, but they draw
from a random source of their own, in order, and know nothing of lengths.
"""

import re
import string
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from mockhoop.values.chance import Chance
from mockhoop.values.people import opaque
from mockhoop.values.plausible.making import ENDLESS

ATTEMPTS = 40
# How much longer than necessary a string without an upper limit may become.
SLACK = 8

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_PRINTABLE = "".join(chr(c) for c in range(32, 127))
_CLASSES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": _LETTERS_AND_DIGITS + "_",
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_NOT_SPACE": _LETTERS_AND_DIGITS,
    "CATEGORY_NOT_WORD": " -.,:",
}


def matching(
    chance: Chance, patterns: Sequence[str], path: str, shortest: int = 0, longest: int = ENDLESS
) -> str | None:
    """Make a string in which every pattern is found and whose length is within the limits.

    Lengths count characters. None when no such string was found: the first pattern shapes the string, so
    patterns that contradict one another, or lookaheads that hardly any string meets, can defeat it. The
    patterns are in Python's dialect, see ``dialect``.
    """
    tests = [re.compile(pattern) for pattern in patterns]
    for attempt in range(ATTEMPTS):
        # Plain letters and digits look best; a lookahead may want more.
        anything = _LETTERS_AND_DIGITS if attempt < ATTEMPTS // 4 else _PRINTABLE
        text = _Writer(chance, f"{path}~{attempt}", anything).write(patterns[0], shortest, longest)
        filler = opaque(chance, shortest - len(text), path, "filler")
        # A pattern that is not anchored may be found anywhere, so what is missing may go to either side.
        for candidate in (text + filler, filler + text):
            if shortest <= len(candidate) <= longest and all(test.search(candidate) for test in tests):
                return candidate
    return None


class _Writer:
    """Writes one string for a pattern: each repetition as short as possible first, then stretched."""

    def __init__(self, chance: Chance, path: str, anything: str) -> None:
        self._chance = chance
        self._path = path
        self._anything = anything
        self._extra: dict[str, int] = {}
        self._room: dict[str, tuple[int, int]] = {}
        self._groups: dict[int, str] = {}

    def write(self, pattern: str, shortest: int, longest: int) -> str:
        tree = _parsed(pattern)
        text = self._sequence(tree, "")
        least = max(shortest, len(text))
        wanted = self._chance.between(least, max(least, min(longest, least + SLACK)), self._path)
        for spread in (True, False, False):
            if len(text) >= wanted:
                break
            self._stretch(wanted - len(text), spread)
            text = self._sequence(tree, "")
        return text

    def _stretch(self, missing: int, spread: bool) -> None:
        """Share the missing characters among the repetitions that have room for more."""
        for place, (room, width) in self._room.items():
            take = min(room - self._extra.get(place, 0), missing // max(1, width))
            if spread:
                take = self._chance.between(0, max(0, take), self._path, "stretch", place)
            if take > 0:
                self._extra[place] = self._extra.get(place, 0) + take
                missing -= take * width

    def _sequence(self, items: Any, place: str) -> str:
        return "".join(self._item(str(op), value, f"{place}/{i}") for i, (op, value) in enumerate(items))

    def _item(self, op: str, value: Any, place: str) -> str:
        if op == "LITERAL":
            return chr(value)
        if op in ("ANY", "NOT_LITERAL", "IN"):
            alphabet = self._anything if op == "ANY" else _alphabet(op, value)
            return self._chance.choice(alphabet, self._path, place)
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(place, *value)
        if op == "SUBPATTERN":
            number, _, _, items = value
            self._groups[number] = self._sequence(items, place)
            return self._groups[number]
        if op == "ATOMIC_GROUP":
            return self._sequence(value, place)
        if op == "BRANCH":
            branches = value[1]
            choice = self._chance.below(len(branches), self._path, place)
            return self._sequence(branches[choice], f"{place}|{choice}")
        if op == "GROUPREF":
            return self._groups.get(value, "")
        # Anchors and lookarounds write nothing; whether they hold is tested on the whole string.
        return ""

    def _repeated(self, place: str, low: int, high: int, items: Any) -> str:
        outside = self._room.copy()
        once = self._sequence(items, f"{place}#0")
        count = low + self._extra.get(place, 0)
        if not count:
            # What is not written cannot be stretched.
            self._room = outside
        self._room[place] = (int(high) - low, len(once))
        return "".join(once if i == 0 else self._sequence(items, f"{place}#{i}") for i in range(count))


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> Any:
    # The parser has no public name since the sre_parse module was deprecated.
    return import_module("re._parser").parse(pattern)


def _alphabet(op: str, value: Any) -> str:
    if op == "NOT_LITERAL":
        return _LETTERS_AND_DIGITS.replace(chr(value), "")
    return _members(tuple((str(kind), str(v) if str(kind) == "CATEGORY" else v) for kind, v in value))


@lru_cache(maxsize=512)
def _members(items: tuple[tuple[str, Any], ...]) -> str:
    """The characters of a set such as ``[a-z0-9_]``; of a long range outside ASCII, its beginning."""
    found = ""
    for op, value in items:
        if op == "LITERAL":
            found += chr(value)
        elif op == "RANGE":
            found += "".join(map(chr, range(value[0], min(value[1], value[0] + 255) + 1)))
        elif op == "CATEGORY":
            found += _CLASSES[value]
    if items[0][0] == "NEGATE":
        rest = "".join(c for c in _LETTERS_AND_DIGITS if c not in found)
        return rest or "".join(c for c in _PRINTABLE if c not in found) or "é"
    # Plain characters look better than control characters and blanks, where there is a choice.
    return "".join(c for c in found if c in _LETTERS_AND_DIGITS) or found
