"""Patterns as OpenAPI documents write them, in the dialect of ECMAScript, put into Python's.

A pattern that Python can read is left as it is: the validators that are our authority read it with Python, too.
"""

import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby

_CATEGORY = re.compile(r"(?:(?:gc|General_Category)=)?(\w+)\Z")
_LONG_NAMES = {
    "Letter": "L",
    "Lowercase_Letter": "Ll",
    "Uppercase_Letter": "Lu",
    "Alphabetic": "L",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Other": "C",
}
# What Python reads as ECMAScript does; other letters behind a backslash stand for themselves there.
_SHARED = frozenset("bBdDsSwWfnrtvxuAZ")
# The pieces of a pattern, of which each is translated on its own.
_PIECES = re.compile(
    r"""\\(?P<negation>[pP])\{(?P<category>[^}]*)\}
    | \\u\{(?P<point>[0-9A-Fa-f]{1,6})\}
    | \\c(?P<control>[A-Za-z])
    | \\k<(?P<back>\w+)>
    | \\(?P<escaped>.)
    | \(\?<(?P<group>[A-Za-z_]\w*)>
    | (?P<open>\[(?:\^\]|\]|\^)?)
    | (?P<close>\])""",
    re.VERBOSE | re.DOTALL,
)
_OPENINGS = {"[^]": r"[\s\S]", "[]": r"(?!)"}


class _Foreign(Exception):
    """A piece that has no counterpart."""


def is_readable(pattern: str) -> bool:
    """Whether Python can read a pattern as it stands."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


@lru_cache(maxsize=2048)
def translated(pattern: str) -> str | None:
    """The pattern in Python's dialect; None if it cannot be put into it."""
    if is_readable(pattern):
        return pattern
    try:
        candidate = _Translation().of(pattern)
    except _Foreign:
        return None
    return candidate if is_readable(candidate) else None


class _Translation:
    """The translation of one pattern, which has to know whether a piece stands in a set such as ``[a-z]``."""

    def __init__(self) -> None:
        self._is_in_set = False

    def of(self, pattern: str) -> str:
        return _PIECES.sub(self._piece, pattern)

    def _piece(self, found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        return _TRANSLATORS[kind](self, found) if kind in _TRANSLATORS else found[0]

    def _bracket(self, found: re.Match[str]) -> str:
        text = found[0]
        if text == "]":
            self._is_in_set = False
            return text
        if self._is_in_set:
            return text.replace("[", r"\[").replace("]", r"\]")
        if text in _OPENINGS:
            return _OPENINGS[text]
        self._is_in_set = True
        return text

    def _class(self, found: re.Match[str]) -> str:
        named = _CATEGORY.match(found["category"])
        category = _LONG_NAMES.get(named[1], named[1]) if named else ""
        ranges = _ranges(category) if category else ""
        if not ranges:
            raise _Foreign
        is_negated = found["negation"] == "P"
        if not self._is_in_set:
            return f"[{'^' if is_negated else ''}{ranges}]"
        if is_negated:
            raise _Foreign
        return ranges

    def _group(self, found: re.Match[str]) -> str:
        return found[0] if self._is_in_set else f"(?P<{found['group']}>"


def _escaped(_: _Translation, found: re.Match[str]) -> str:
    character = found["escaped"]
    is_letter = character.isascii() and character.isalpha()
    return character if is_letter and character not in _SHARED else found[0]


def _point(_: _Translation, found: re.Match[str]) -> str:
    number = int(found["point"], 16)
    if number > 0x10FFFF:
        raise _Foreign
    return f"\\U{number:08X}"


_TRANSLATORS: dict[str, Callable[[_Translation, re.Match[str]], str]] = {
    "back": lambda _, found: f"(?P={found['back']})",
    "category": _Translation._class,
    "close": _Translation._bracket,
    "control": lambda _, found: f"\\x{ord(found['control'].upper()) - 64:02x}",
    "escaped": _escaped,
    "group": _Translation._group,
    "open": _Translation._bracket,
    "point": _point,
}


@lru_cache(maxsize=64)
def _ranges(category: str) -> str:
    """The characters of a Unicode category as the inside of a set; of the first plane, which has most of them."""
    points = [point for point in range(0x10000) if unicodedata.category(chr(point)).startswith(category)]
    ranges = []
    for _, group in groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        run = [point for _, point in group]
        ranges.append(f"\\u{run[0]:04x}-\\u{run[-1]:04x}")
    return "".join(ranges)
