"""Makes the call of an expectation, and looks at what comes back as the contract sees it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.contract.violations import Violation
from mockhoop.journals.entry import Entry
from mockhoop.messages import JSON, Headers, Reply
from mockhoop.scenario.kept import SAFE, Told
from mockhoop.scenario.script_model import Expectation
from mockhoop.transport import Transport
from mockhoop.verify.reading import call_reads


class WrongLink(ValueError):
    """A link leads to nothing that the contract has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with its answer; ``breaks`` is where the answer breaks the contract."""

    told: Told
    entry: Entry
    breaks: tuple[Violation, ...]


class Asker:
    """Asks one server, in one world of it. ``headers`` go with every call, unless it has others of the same names."""

    def __init__(self, transport: Transport, contract: Contract, headers: Headers = ()) -> None:
        self._transport = transport
        self._contract = contract
        self._operations = contract.operations
        self._headers = headers

    def knows(self, expected: Expectation) -> bool:
        """Whether the contract has the call, or it is one that is expected to lead nowhere."""
        method, _, target = expected.call.partition(" ")
        parts = urlsplit(target)
        return bool(parts.netloc) or expected.status == 404 or self._operations.match(method, parts.path) is not None

    def reads(self, expected: Expectation) -> bool:
        """Whether the call changes nothing."""
        method, _, target = expected.call.partition(" ")
        path, query = self._target(method, target)
        match = self._operations.match(method, path)
        return method in SAFE if match is None else call_reads(match.operation, query)

    async def ask(self, expected: Expectation, token: str) -> Asked:
        """Make the call. Raises TransportError and WrongLink."""
        method, _, target = expected.call.partition(" ")
        path, query = self._target(method, target)
        headers = self._sent(expected, token)
        body = b"" if expected.send is None else json.dumps(expected.send).encode()
        answer = await self._transport.send(method, f"{path}?{query}" if query else path, headers, body)
        told = Told(answer.status, answer.headers, answer.body)
        match = self._operations.match(method, path)
        breaks = tuple(breaches(self._contract, method, path, told))
        entry = Entry(
            method=method,
            path=path,
            query=query,
            request_headers=headers,
            request_body=body,
            status=answer.status,
            response_headers=answer.headers,
            response_body=answer.body,
            operation="" if match is None else match.operation.key,
            caller=expected.user or "",
        )
        return Asked(told, entry, breaks)

    def _sent(self, expected: Expectation, token: str) -> Headers:
        own = {"Authorization": f"Bearer {token}"} if token else {}
        if expected.send is not None:
            own["Content-Type"] = JSON
        return over(over(self._headers, own), expected.with_ or {})

    def _target(self, method: str, target: str) -> tuple[str, str]:
        """A path behind the base path, and a query. Of a link that is kept it is the end that the contract knows."""
        parts = urlsplit(target)
        if not parts.netloc:
            return parts.path, parts.query
        steps = parts.path.split("/")[1:]
        for place in range(len(steps)):
            path = "/" + "/".join(steps[place:])
            if self._operations.match(method, path) is not None:
                return path, parts.query
        raise WrongLink(f"the link leads to {parts.path}, where the contract has no operation")


def over(headers: Headers, own: Mapping[str, str]) -> Headers:
    """Headers with others in the place of those of the same names, or with none where they are empty."""
    names = {name.lower() for name in own}
    others = (pair for pair in headers if pair[0].lower() not in names)
    return (*others, *((name, value) for name, value in own.items() if value))


def breaches(contract: Contract, method: str, path: str, told: Told) -> Iterator[Violation]:
    """Where an answer breaks the contract; nothing where the contract does not have the call."""
    match = contract.operations.match(method, path)
    if match is None:
        return
    content_type = told.by_name.get("content-type", "")
    reply = Reply(told.status, told.body, content_type, _as_declared(match.operation, told.headers))
    for one in contract.validator.response(match.operation, reply, head=method == "HEAD"):
        if one.severity == "error":
            yield one


def _as_declared(operation: Operation, headers: Headers) -> Headers:
    """Headers whose names are written as the contract writes them: on their way their case may have changed."""
    responses = (operation.definition.get("responses") or {}).values()
    declared = {name.lower(): name for one in responses for name in one.get("headers") or {}}
    return tuple((declared.get(name.lower(), name), value) for name, value in headers)


def described(violation: Violation) -> str:
    """A violation in a line."""
    where = " ".join(filter(None, (violation.location.removeprefix("response."), violation.pointer)))
    return f"{where}: {violation.message}"
