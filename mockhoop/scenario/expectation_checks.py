"""Mistakes in expectations: people and names that there are not, headers that cannot be sent."""

import re
from collections.abc import Iterator, Sequence

from mockhoop.scenario.findings import Finding, unknown
from mockhoop.scenario.kept import names_in
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.script_model import Expectation
from mockhoop.source import join_pointer

_ABOUT_ANSWERS = ("status", "headers", "text", "body", "keep")
_HEADER = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def check_expectations(expected: Sequence[Expectation], users: frozenset[str]) -> Iterator[Finding]:
    """Everything about expectations that cannot be meant, in the order in which they are made."""
    known: set[str] = set()
    for one in expected:
        if one.user is not None and one.user not in users:
            yield unknown(one, "user", "user", one.user, users)
        known |= set(one.given or ())
        for path, name in names_in(one):
            if name not in known:
                yield _unknown_name(one, path, name, known)
        known |= set(one.keep or ())
        yield from _headers(one)
        told = [field for field in _ABOUT_ANSWERS if getattr(one, field) is not None]
        if one.broken and told:
            yield Finding(one, told[0], "of an answer that breaks off nothing is known", "leave it out")


def _unknown_name(expected: Expectation, path: str, name: str, known: set[str]) -> Finding:
    some = f"known here: {', '.join(sorted(known))}" if known else "nothing was given or kept before this"
    hint = nearest(name, known) or some
    return Finding(expected, path, f'nothing called "{name}" is known here', f"{hint}; $${{ stands for a plain ${{")


def _headers(expected: Expectation) -> Iterator[Finding]:
    for name, value in (expected.with_ or {}).items():
        path = join_pointer("with", name)
        if not _HEADER.fullmatch(name):
            yield Finding(expected, path, f'"{name}" cannot be the name of a header', "use letters, digits and hyphens")
        elif _UNSENDABLE.search(value):
            yield Finding(expected, path, "a header cannot have control characters", "leave them out")
