"""Strings: of a format or as their name asks, within their lengths, and matching their patterns."""

import re

from mockhoop.values.plausible.choices import impossible
from mockhoop.values.plausible.contents import content_maker
from mockhoop.values.plausible.formats import FORMATS
from mockhoop.values.plausible.keywords import Flat
from mockhoop.values.plausible.making import ENDLESS, Make, Making, NoValue, Text
from mockhoop.values.plausible.moments import MOMENTS, date_time, is_moment, long_enough, rank_of
from mockhoop.values.plausible.names import by_name, parts_of
from mockhoop.values.plausible.patterns import matching

# No longer string is made.
LONGEST = 1_000_000


def string_maker(flat: Flat, name: str) -> Make:
    """Make strings for a property with this name."""
    shortest, longest = flat.get("minLength", 0), flat.get("maxLength", ENDLESS)
    if shortest > min(longest, LONGEST):
        return impossible
    form = flat.get("format", "")
    text_for = (None if form else content_maker(flat)) or _text(form, name, shortest, longest)
    patterns = flat.get("patterns", ())
    if not patterns and not shortest and longest == ENDLESS:
        return text_for

    def make(making: Making, path: str) -> str:
        text = text_for(making, path)
        if shortest <= len(text) <= longest and all(re.search(pattern, text) for pattern in patterns):
            return text
        found = matching(making.chance, patterns, path, shortest, longest) if patterns else None
        if found is None and not (making.lenient and not patterns):
            raise NoValue(path)
        return text if found is None else found

    return make


def _text(form: str, name: str, shortest: int, longest: int) -> Text:
    """The maker for a format, else for a name, else of two words; a moment has fractions of a second if need be."""
    parts = parts_of(name)
    moment = MOMENTS.get(form)
    if not form and is_moment(parts) and shortest <= len("2024-01-01T00:00:00Z") <= longest:
        moment = date_time
    if moment:
        rank = rank_of(parts)
        return lambda making, path: long_enough(moment(making, path, rank), shortest)
    formatted = FORMATS.get(form.lower())
    if formatted:
        return lambda making, path: formatted(making, path, shortest, longest)
    named = by_name(name) or _words
    if not shortest and longest == ENDLESS:
        return named
    return lambda making, path: _fitted(making, named(making, path), path, shortest, longest)


def _words(making: Making, path: str) -> str:
    return f"{making.word(path, 1)} {making.word(path, 2)}".lower()


def _fitted(making: Making, text: str, path: str, shortest: int, longest: int) -> str:
    """Bring a text to a length within the limits: words are added, or its end is cut off."""
    count = 0
    while len(text) < shortest:
        text += (" " if text else "") + making.word(path, "more", count)
        count += 1
        longest = min(longest, max(shortest, len(text)))
    text = text[:longest]
    # A cut between two words would leave a blank at the end.
    return text[:-1] + "s" if text.endswith(" ") else text
