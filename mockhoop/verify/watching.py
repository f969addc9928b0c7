"""What is seen of calls that are made up: each answer held against the contract, problems told once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.journals.entry import Entry
from mockhoop.scenario.kept import Told
from mockhoop.verify.asking import breaches, described
from mockhoop.verify.outcome import State, Step
from mockhoop.verify.secrets import Cover

SECOND_OPINION = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""Checks that ask the same as our validator does: told only of answers in which that finds nothing."""
_MOST_PROBLEMS = 10
_VALUES = re.compile(r"/\d+(?=/|:)|'[^']*'|\"[^\"]*\"|\d+")


@dataclass(slots=True)
class Seen:
    """What was seen of one operation: its problems by what they are apart from values, the first exchange with one.

    ``obstacle`` is what kept calls from being made up.
    """

    calls: int = 0
    seconds: float = 0.0
    problems: dict[str, str] = field(default_factory=dict)
    exchange: Entry | None = None
    last: Entry | None = None
    obstacle: str = ""


class Watching:
    """Sees every call and every answer; ``seen`` is what it remembers, by operation."""

    def __init__(self, contract: Contract, operations: Sequence[Operation], url: str, cover: Cover) -> None:
        self.seen = {one.key: Seen() for one in operations}
        self._contract = contract
        self._operations = operations
        self._base_path = urlsplit(url).path
        self._cover = cover
        self._entries: dict[str, Entry] = {}
        self._broken: set[str] = set()

    def answer(self, case: Any, response: Any) -> None:
        """Hold an answer against the contract."""
        seen = self.seen[case.operation.label]
        seen.calls += 1
        seen.seconds += response.elapsed
        entry = _entry(case.operation.label, response, self._base_path)
        seen.last = self._entries[case.id] = entry
        told = Told(entry.status, entry.response_headers, entry.response_body)
        for one in breaches(self._contract, entry.method, entry.path, told):
            self._broken.add(case.id)
            self._note(seen, f"the contract is broken: {described(one)}", entry)

    def trouble(self, label: str, told: str) -> None:
        """Take note of a call to which no answer came."""
        self._note(self.seen[label], told, None)

    def checks(self, label: str, checks: Mapping[str, Sequence[Any]]) -> None:
        """Take note of what schemathesis found out by itself, by case."""
        seen = self.seen[label]
        for case_id, found in checks.items():
            for check in found:
                known = check.name in SECOND_OPINION and case_id in self._broken
                if check.failure_info is not None and not known:
                    failure = check.failure_info.failure
                    problem = f"{check.name}: {failure.title}: {in_a_line(failure.message)}"
                    self._note(seen, problem, self._entries.get(case_id, seen.last))
        self._entries.clear()
        self._broken.clear()

    def steps(self) -> Iterator[Step]:
        """What came of each operation."""
        for operation in self._operations:
            seen = self.seen[operation.key]
            state = State.FAILED if seen.problems else State.PASSED if seen.calls else State.SKIPPED
            shown = seen.exchange or seen.last
            yield Step(
                name=operation.key,
                state=state,
                problems=tuple(seen.problems.values()),
                why=(seen.obstacle or "no call of it was made") if state is State.SKIPPED else "",
                seconds=seen.seconds,
                calls=seen.calls,
                exchange=None if shown is None else self._cover.entry(shown),
            )

    def _note(self, seen: Seen, problem: str, exchange: Entry | None) -> None:
        problem = self._cover.text(problem)
        if len(seen.problems) < _MOST_PROBLEMS:
            seen.problems.setdefault(_VALUES.sub("#", problem), problem)
        seen.exchange = seen.exchange or exchange


def in_a_line(value: object) -> str:
    """A text of several lines as one, which is not too long."""
    lines = [line.strip() for line in str(value).splitlines() if line.strip()]
    return " ".join(lines)[:300]


def _entry(label: str, response: Any, base_path: str) -> Entry:
    request, parts = response.request, urlsplit(str(response.request.url))
    sent = request.body
    return Entry(
        method=str(request.method),
        path=parts.path.removeprefix(base_path),
        query=parts.query,
        request_headers=tuple((str(name), _text(value)) for name, value in request.headers.items()),
        request_body=sent.encode() if isinstance(sent, str) else sent if isinstance(sent, bytes) else b"",
        status=response.status_code,
        response_headers=tuple((name, value) for name, values in response.headers.items() for value in values),
        response_body=response.content or b"",
        operation=label,
    )


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
