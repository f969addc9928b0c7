"""What is different between the answer in a journal and the one that came this time."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockhoop.journals.entry import Entry

_LONGEST = 80
_CONTEXT = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different: what, how it was recorded, and how it is now."""

    what: str
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return f"{self.what}: it was {self.recorded}, now it is {self.replayed}"


def differences(recorded: Entry, replayed: Entry, *, exact: bool = True) -> list[Difference]:
    """Everything in which two answers differ; not ``exact``, headers that only the recorded one has do not count."""
    found = []
    if recorded.status != replayed.status:
        found.append(Difference("status", str(recorded.status), str(replayed.status)))
    found += _headers(recorded, replayed, exact)
    if recorded.response_body != replayed.response_body:
        found += _bodies(recorded.response_body, replayed.response_body)
    if exact and list(recorded.violations) != list(replayed.violations):
        found.append(Difference("violations", _shown(recorded.violations), _shown(replayed.violations)))
    return found


def _headers(recorded: Entry, replayed: Entry, exact: bool) -> Iterator[Difference]:
    before, now = _by_name(recorded), _by_name(replayed)
    for name in before | now if exact else now:
        if Counter(before.get(name, ())) != Counter(now.get(name, ())):
            yield Difference(f"header {name}", _listed(before.get(name)), _listed(now.get(name)))


def _by_name(entry: Entry) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in entry.response_headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _listed(values: list[str] | None) -> str:
    return "not there" if values is None else ", ".join(map(_shown, values))


def _bodies(before: bytes, now: bytes) -> list[Difference]:
    try:
        found = list(_values(json.loads(before), json.loads(now), ""))
    except (ValueError, RecursionError):
        found = []
    return found or [_bytes(before, now)]


_NOTHING = object()


def _values(before: Any, now: Any, pointer: str) -> Iterator[Difference]:
    """The places of JSON that are different; of what is there or not, the outermost."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in before | now:
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _values(before.get(key, _NOTHING), now.get(key, _NOTHING), f"{pointer}/{step}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for place, pair in enumerate(zip(before, now, strict=True)):
            yield from _values(*pair, f"{pointer}/{place}")
    elif type(before) is not type(now) or before != now:
        lists = isinstance(before, list) and isinstance(now, list)
        shown = (f"{len(before)} entries", f"{len(now)} entries") if lists else (_shown(before), _shown(now))
        yield Difference(f"body {pointer}".rstrip(), *shown)


def _bytes(before: bytes, now: bytes) -> Difference:
    """From where on two bodies are different."""
    at = next((place for place, pair in enumerate(zip(before, now, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(before), len(now)) if at is None else at
    start = max(0, place - _CONTEXT)
    return Difference(f"body from byte {place}", *(_part(body, start) for body in (before, now)))


def _part(body: bytes, start: int) -> str:
    if not body:
        return "empty"
    part = body[start : start + _LONGEST]
    return f"{'…' if start else ''}{part!r}{'…' if start + _LONGEST < len(body) else ''}"


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return "not there"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
