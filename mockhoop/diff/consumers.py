"""Which consumers of a contract feel its changes: what their journals tell."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import Violation
from mockhoop.diff.changes import ANY, Change, Felt, Place
from mockhoop.gateway.plumbing import API_PREFIX
from mockhoop.journals.entry import Entry
from mockhoop.journals.file import JournalFile
from mockhoop.media.kinds import fitting
from mockhoop.messages import JSON, AnyCase, Call, Headers
from mockhoop.source.places import split_pointer

_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Hit:
    """A consumer, by the name of its journal, that feels a change: how many of its exchanges, and the first of them.

    Exchanges are numbered in each ``world`` by itself.
    """

    consumer: str
    count: int
    first: int
    call: str
    world: str


class Consumers:
    """The recorded exchanges of consumers, asked which of them a change is felt by."""

    def __init__(self, old: Contract, new: Contract, journals: Iterable[JournalFile]) -> None:
        self._old = old
        self._new = new
        self._calls = {journal.name: self._by_operation(journal) for journal in journals}

    @property
    def strangers(self) -> list[str]:
        """Those who have made no call of the old contract, by the names of their journals."""
        return [name for name, calls in self._calls.items() if not calls]

    def hits(self, change: Change) -> list[Hit]:
        """The consumers that feel a change."""
        found = []
        for name, calls in self._calls.items():
            felt = {
                one.line: one.entry
                for place in change.places
                for one in self._at(calls, place)
                if one.feels(change.felt, place)
            }
            if felt:
                first = felt[min(felt)]
                found.append(Hit(name, len(felt), first.number, f"{first.method} {first.target}", first.world))
        return found

    def _at(self, calls: Mapping[str, "list[_Recorded]"], place: Place) -> "list[_Recorded]":
        if place.operation:
            return calls.get(place.operation, [])
        return [one for every in calls.values() for one in every]

    def _by_operation(self, journal: JournalFile) -> "dict[str, list[_Recorded]]":
        found: dict[str, list[_Recorded]] = {}
        for line, entry in enumerate(journal.entries):
            match = _match(self._old, entry)
            if match is not None:
                recorded = _Recorded(line, entry, match.operation, self._old, self._new)
                found.setdefault(match.operation.key, []).append(recorded)
        return found


class _Recorded:
    """An exchange at a ``line`` of a journal, with what is asked of it several times."""

    def __init__(self, line: int, entry: Entry, operation: Operation, old: Contract, new: Contract) -> None:
        self.line = line
        self.entry = entry
        self._status = _declared(entry.status, operation)
        self._old = old
        self._new = new
        self._bodies: dict[bool, Any] = {}
        self._refused: list[Violation] | None = None

    def feels(self, felt: Felt, place: Place) -> bool:
        """Whether a change that is felt so, at a place of its operation, is felt by this exchange."""
        match felt:
            case Felt.BY_CALL:
                return True
            case Felt.BY_USE:
                return self._has(place)
            case Felt.BY_LACK:
                return self._reaches(place) and not self._has(place)
            case Felt.BY_VALUE:
                return any(_is_at(one, place) for one in self._newly_refused())
            case Felt.BY_NOBODY:
                return False

    def _has(self, place: Place) -> bool:
        entry = self.entry
        match place.location:
            case "query":
                return _is_in_query(entry.query, place.steps[0])
            case "header":
                return _header(entry.request_headers, place.steps[0]) != ""
            case "cookie":
                told = _header(entry.request_headers, "cookie").split(";")
                return place.steps[0] in (pair.partition("=")[0].strip() for pair in told)
            case "path":
                return True
            case "body":
                return bool(entry.request_body) and self._leads(place.steps, sent=True)
            case "media-type":
                return _is_media_type(entry.request_headers, place.steps[0])
            case "response.status":
                return self._status == place.status
            case "response.media-type":
                return self._status == place.status and _is_media_type(entry.response_headers, place.steps[0])
            case "response.header":
                return self._status == place.status and _header(entry.response_headers, place.steps[0]) != ""
            case "response.body":
                return self._status == place.status and self._leads(place.steps, sent=False)
            case _:
                return True

    def _reaches(self, place: Place) -> bool:
        """Whether an exchange has the object of which a property could be missing."""
        if place.location != "body" or not place.steps:
            return True
        return bool(self.entry.request_body) and self._leads(place.steps[:-1], sent=True)

    def _leads(self, steps: Sequence[str], *, sent: bool) -> bool:
        if not steps:
            return True
        if sent not in self._bodies:
            body = self.entry.request_body if sent else self.entry.response_body
            try:
                self._bodies[sent] = json.loads(body)
            except (ValueError, RecursionError):
                self._bodies[sent] = _NOTHING
        return _leads(self._bodies[sent], steps)

    def _newly_refused(self) -> list[Violation]:
        """What the new contract finds wrong with a request, and the old did not."""
        if self._refused is None:
            before = {(one.location, one.pointer) for one in _violations(self._old, self.entry)}
            after = _violations(self._new, self.entry)
            self._refused = [one for one in after if (one.location, one.pointer) not in before]
        return self._refused


def served_under(contract: Contract) -> str:
    """What stands in front of all paths; at the gateway that is not for its document to say (section 1.1)."""
    return API_PREFIX if contract.profile == "hoop" else contract.base_path


def _match(contract: Contract, entry: Entry) -> Match | None:
    base = served_under(contract)
    path = entry.path[len(base) :] if entry.path.startswith(f"{base}/") else entry.path
    return contract.operations.match(entry.method, path)


def _violations(contract: Contract, entry: Entry) -> tuple[Violation, ...]:
    match = _match(contract, entry)
    if match is None:
        return ()
    call = Call(entry.method, entry.path, entry.query, AnyCase(dict(entry.request_headers)), entry.request_body)
    # The gateway reads bodies as JSON, whatever they are said to be (section 1.4 of the behaviour sheet).
    body = (entry.request_body, JSON) if contract.profile == "hoop" and entry.request_body else None
    return contract.validator.request(match.operation, call, match.parameters, body)


def _is_at(violation: Violation, place: Place) -> bool:
    steps = split_pointer(violation.pointer)
    if violation.location != place.location or len(steps) < len(place.steps):
        return False
    return all(step in (ANY, given) for step, given in zip(place.steps, steps, strict=False))


def _leads(value: Any, steps: Sequence[str]) -> bool:
    """Whether there is something at the end of the steps."""
    if not steps:
        return True
    step, rest = steps[0], steps[1:]
    if step == ANY:
        below = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        return any(_leads(one, rest) for one in below)
    return isinstance(value, dict) and step in value and _leads(value[step], rest)


def _declared(status: int, operation: Operation) -> str | None:
    """The status of an answer as the contract has it: itself, its range, the default, or nothing."""
    known = {str(one).upper(): str(one) for one in operation.definition.get("responses", ())}
    return next((known[one] for one in (str(status), f"{status // 100}XX", "DEFAULT") if one in known), None)


def _is_in_query(query: str, name: str) -> bool:
    """Whether a query string has a parameter, or a member of it: ``name[member]``."""
    return any(one == name or one.startswith(f"{name}[") for one in parse_qs(query, keep_blank_values=True))


def _is_media_type(headers: Headers, name: str) -> bool:
    return fitting((name,), _header(headers, "content-type")) is not None


def _header(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name.lower()), "")
