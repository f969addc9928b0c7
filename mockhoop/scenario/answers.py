"""Which of a scenario's answers a call gets. Nothing is changed here: what keeps count of it is told."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mockhoop.messages import Call
from mockhoop.scenario.answer_model import Answer, Recorded
from mockhoop.scenario.matching import Miss, fits
from mockhoop.scenario.rules import ANSWERS, NamedAnswer
from mockhoop.world.changes import Change, Count
from mockhoop.world.world import World

CallKey = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""What calls have in common that are the same call: method, steps of the path, parameters."""

ANY = "*"
"""The value of a parameter of an answer's call that may be any."""
NAMES = ("origin", "host")
"""What may stand in ``${…}`` in an answer."""
_FILLED = re.compile(r"\$\$\{|\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that a call gets, with its name and the changes that keep count of it."""

    name: str
    recorded: Recorded
    changes: tuple[Change, ...]


def call_key(method: str, path: str, query: str) -> CallKey:
    """The key of a call, its path and query percent-encoded; parameters of one name keep their order."""
    steps = tuple(map(unquote, path.split("/")) if "%" in path else path.split("/"))
    if not query:
        return method, steps, ()
    parameters = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    return method, steps, tuple(sorted(parameters, key=lambda one: one[0]))


def key_of(answer: Answer) -> CallKey:
    """The key of the calls that an answer is for."""
    method, _, target = answer.call.partition(" ")
    path, _, query = target.partition("?")
    return call_key(method, path, query)


def answer_of(world: World, call: Call, base_path: str) -> Given | None:
    """What a call is answered; None where no answer is meant for it."""
    index = _index(world)
    asked = Asked(call)
    for one in index.candidates(call, base_path):
        if one.fits(asked):
            return _given(world, one)
    return None


def near_answers(world: World, call: Call, base_path: str) -> Iterator[tuple[str, Miss]]:
    """The answers to such calls of which this one meets every condition but one."""
    asked = Asked(call)
    for one in _index(world).candidates(call, base_path):
        misses = list(one.misses(asked))
        if len(misses) == 1:
            yield one.name, misses[0]


def filled(text: str, origin: str) -> str:
    """A text of an answer as a caller gets it who reached us at an origin."""
    if "${" not in text:
        return text
    values = {"origin": origin, "host": urlsplit(origin).hostname or ""}
    return _FILLED.sub(lambda found: "${" if found[1] is None else values.get(found[1], found[0]), text)


def names_in(text: str) -> list[str]:
    """What stands in ``${…}`` in a text."""
    return [name for name in _FILLED.findall(text) if name]


def plain(text: str) -> str:
    """A text that stands for itself, whatever is in it, as it is written in an answer."""
    return text.replace("${", "$${")


class Asked:
    """What the conditions of answers look at in a call; its body is read when the first of them asks for it."""

    def __init__(self, call: Call) -> None:
        self.headers = call.headers
        self._body = call.body

    @cached_property
    def text(self) -> str | None:
        """The body as a text; None where it is none."""
        try:
            return self._body.decode()
        except UnicodeDecodeError:
            return None

    @cached_property
    def json(self) -> Any:
        """The body read as JSON; None where it is none."""
        try:
            return json.loads(self._body)
        except (ValueError, RecursionError):
            return None


class PreparedAnswer:
    """An answer, ready to be asked about calls that have its key."""

    __slots__ = ("_steps", "_until", "answer", "name")

    def __init__(self, named: NamedAnswer) -> None:
        self.name = named.name
        self.answer = named.answer
        self._steps = named.answer.sequence or ((named.answer.respond,) if named.answer.respond is not None else ())
        self._until = list(accumulate(step.times for step in self._steps[:-1]))

    def fits(self, asked: Asked) -> bool:
        """Whether a call meets every condition."""
        answer = self.answer
        if answer.headers is not None and any(self._missed_headers(asked, answer.headers)):
            return False
        return bool(self._steps) and (answer.send is None or sent_fits(asked, answer.send))

    def misses(self, asked: Asked) -> Iterator[Miss]:
        """The conditions that a call does not meet."""
        for name, pattern, found in self._missed_headers(asked, self.answer.headers or {}):
            yield Miss(f"header {name}", "none" if pattern is None else pattern, found or "")
        if self.answer.send is not None and not sent_fits(asked, self.answer.send):
            yield Miss("body", _shown(self.answer.send), asked.text or "")

    def at(self, given: int) -> Recorded:
        """What is answered after so many answers."""
        return self._steps[bisect_right(self._until, given)]

    def is_over(self, given: int) -> bool:
        """Whether it is the last of its answers that is given from now on."""
        return not self._until or given >= self._until[-1]

    def _missed_headers(
        self, asked: Asked, wanted: Mapping[str, str | None]
    ) -> Iterator[tuple[str, str | None, str | None]]:
        for name, pattern in wanted.items():
            found = asked.headers.get(name)
            if (found is not None) if pattern is None else not fits(found, pattern):
                yield name, pattern, found


def sent_fits(asked: Asked, wanted: Any) -> bool:
    """Whether the body of a call is what an answer wants."""
    if isinstance(wanted, str):
        return asked.text is not None and fits(asked.text, wanted)
    return _same(asked.json, wanted)


def given_sequence(name: str) -> str:
    """The sequence that counts how often an answer was given, as long as that matters."""
    return f"answer {name} given"


class _Index:
    """The answers of a world by the calls that they are for."""

    def __init__(self, answers: Iterable[NamedAnswer]) -> None:
        self._by_key: dict[CallKey, list[PreparedAnswer]] = {}
        self._open: set[str] = set()
        for named in answers:
            key = key_of(named.answer)
            self._by_key.setdefault(key, []).append(PreparedAnswer(named))
            self._open.update(name for name, value in key[2] if value == ANY)

    def candidates(self, call: Call, base_path: str) -> Iterator[PreparedAnswer]:
        """The answers whose call it is, those for its very parameters first."""
        path = call.raw_path
        if base_path and path.startswith(f"{base_path}/"):
            yield from self._at(call, path[len(base_path) :])
        yield from self._at(call, path)

    def _at(self, call: Call, path: str) -> Iterator[PreparedAnswer]:
        key = call_key(call.method, path, call.raw_query)
        yield from self._by_key.get(key, ())
        if self._open and key[2]:
            method, steps, parameters = key
            wide = method, steps, tuple((name, ANY if name in self._open else value) for name, value in parameters)
            if wide != key:
                yield from self._by_key.get(wide, ())


def _given(world: World, one: PreparedAnswer) -> Given:
    sequence = given_sequence(one.name)
    given = world.counted(sequence)
    return Given(one.name, one.at(given), () if one.is_over(given) else (Count(sequence),))


def _same(found: Any, wanted: Any) -> bool:
    """Whether a JSON value is the wanted one, whose texts are patterns."""
    if isinstance(wanted, Mapping):
        same_keys = isinstance(found, Mapping) and found.keys() == wanted.keys()
        return same_keys and all(_same(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list | tuple):
        same_length = isinstance(found, list) and len(found) == len(wanted)
        return same_length and all(_same(one, other) for one, other in zip(found, wanted, strict=True))
    if isinstance(wanted, str):
        return isinstance(found, str) and fits(found, wanted)
    return fits(found, wanted)


def _shown(wanted: Any) -> str:
    return wanted if isinstance(wanted, str) else json.dumps(wanted, ensure_ascii=False)


def _index(world: World) -> _Index:
    return world.table(ANSWERS).derived(_Index)
