"""Answers that are never given, cannot be sent, or name what there is not."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mockhoop.scenario.answer_model import Answer, Recorded
from mockhoop.scenario.answers import NAMES, CallKey, key_of, names_in
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.source import join_pointer

_HEADER_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FRAMING = ("content-length", "transfer-encoding", "connection")
_WITHOUT_BODY = (204, 205, 304)


def check_answers(answers: Sequence[Answer]) -> Iterator[Finding]:
    """Everything about answers that cannot be meant."""
    yield from _names(answers)
    first: dict[tuple[CallKey, str, str], Answer] = {}
    for answer in answers:
        if (answer.respond is None) == (not answer.sequence):
            both = answer.respond is not None
            message = "it has both respond and sequence" if both else "it does not say what is answered"
            yield Finding(answer, "sequence" if both else "", message, "give either respond or sequence")
        if answer.sequence and answer.sequence[-1].times > 1:
            message = "the last one is given from then on, however often"
            yield Finding(answer.sequence[-1], "times", message, "leave it out")
        if answer.respond is not None and answer.respond.times > 1:
            message = "this is always given, however often"
            yield Finding(answer.respond, "times", message, "leave it out, or write a sequence")
        meant = (key_of(answer), _text(answer.headers), _text(answer.send))
        if meant in first:
            message = "this is never given: another answer is for the same call"
            yield Finding(answer, "call", message, "make one sequence of the two", first[meant])
        first.setdefault(meant, answer)
        for recorded in (*answer.sequence, *((answer.respond,) if answer.respond is not None else ())):
            yield from _recorded(recorded)


def _names(answers: Sequence[Answer]) -> Iterator[Finding]:
    first: dict[str, Answer] = {}
    unnamed = {f"answer-{place}": place for place, answer in enumerate(answers) if answer.name is None}
    for answer in answers:
        if answer.name in unnamed:
            place = unnamed[answer.name]
            message = f'the name "{answer.name}" is what an answer without a name is called, the one at {place}'
            yield Finding(answer, "name", message, "choose another one, or give both a name")
        if answer.name in first:
            message = f'the name "{answer.name}" is that of another answer already'
            yield Finding(answer, "name", message, "choose another one", first[answer.name])
        if answer.name is not None:
            first.setdefault(answer.name, answer)


def _recorded(recorded: Recorded) -> Iterator[Finding]:
    if recorded.body is not None and recorded.base64 is not None:
        yield Finding(recorded, "base64", "it has two bodies, body and base64", "leave one of them out")
    if recorded.status in _WITHOUT_BODY and (recorded.body is not None or recorded.base64):
        path = "body" if recorded.body is not None else "base64"
        yield Finding(recorded, path, f"no answer with {recorded.status} has a body", "leave it out")
    for name, value in (recorded.headers or {}).items():
        path = join_pointer("headers", name)
        if not _HEADER_NAME.fullmatch(name):
            yield Finding(recorded, path, f'"{name}" cannot be the name of a header', "use letters, digits and -")
        elif name.lower() in _FRAMING:
            yield Finding(recorded, path, f"{name} is set by the server as the body needs it", "leave it out")
        elif _UNSENDABLE.search(value):
            yield Finding(recorded, path, "no header can have control characters", "leave them out")
    for path, text in (*_texts(recorded.body, "body"), *_texts(recorded.headers, "headers")):
        for name in names_in(text):
            if name not in NAMES:
                hint = nearest(name, NAMES) or f"known: {', '.join(NAMES)}"
                told = f"{hint}; $${{{name}}} stands for a plain ${{{name}}}"
                yield Finding(recorded, path, f'nothing called "{name}" is known here', told)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, each with where it is."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield path, key
            yield from _texts(one, join_pointer(path, key))
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from _texts(one, join_pointer(path, place))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
