"""Answers for any operation out of its schema, and the plumbing of a server that is not the Hoop gateway."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.references import resolved
from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.errors import ContractError
from mockhoop.gateway.access import ANYBODY, Caller
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, Call, Headers, Reply
from mockhoop.responders.decision import Acted, Decision, Question
from mockhoop.scenario.script_model import Action
from mockhoop.values.plausible import Plausible
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change
from mockhoop.world.world import World

_PROBLEM = "application/problem+json"


class GenericResponder:
    """Decides every call that nobody else decides. It remembers nothing between calls."""

    name = "generic"

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def serves(self, key: str) -> bool:  # noqa: ARG002 - the last in the row serves everything
        """Every operation."""
        return True

    def decide(self, question: Question) -> Decision:
        """The first success that the contract declares; the same operation and path give the same answer."""
        status, response = _wanted(question.operation.definition.get("responses", {}))
        key = (question.operation.key, *question.path_values.values())
        try:
            body, media_type = self._body(response.get("content", {}), key)
            headers = tuple(self._headers(response.get("headers", {}), key))
        except ContractError as error:
            return Decision(_problem(500, f"the contract asks for what cannot be: {error}"))
        return Decision(Reply(status, body, media_type, headers))

    def example(self, question: Question, code: int | None, name: str | None) -> Reply | None:
        """The answer that the contract declares for a status, with the named example; None for an undeclared status.

        Without a status it is the first success; an example of the contract comes before a value that is made.

        Raises:
            LookupError: there is no example of that name; the text says which there are.
        """
        responses = question.operation.definition.get("responses", {})
        if code is None:
            status, response = _wanted(responses)
        else:
            status, response = code, responses.get(str(code), responses.get(f"{code // 100}XX"))
            if response is None:
                return None
        content = response.get("content", {})
        key = (question.operation.key, *question.path_values.values(), str(status))
        headers = tuple(self._headers(response.get("headers", {}), key))
        for media_type, declared in content.items():
            examples = {known: resolved(self._document, one) for known, one in declared.get("examples", {}).items()}
            if name is None and not examples and "example" not in declared:
                continue
            if name is not None and name not in examples:
                known = ", ".join(examples) or "none"
                raise LookupError(f"there is no example {name!r} of the status {status} (known examples: {known})")
            value = declared["example"] if "example" in declared else examples[name or next(iter(examples))]["value"]
            return Reply(status, value.encode() if isinstance(value, str) else dumps(value), media_type, headers)
        if name is not None:
            raise LookupError(f"there is no example {name!r}: the status {status} has no content")
        body, media_type = self._body(content, key, prefer_examples=True)
        return Reply(status, body, media_type, headers)

    def _body(
        self, content: Mapping[str, Any], key: tuple[str, ...], *, prefer_examples: bool = False
    ) -> tuple[bytes, str]:
        """A body of the first media type that we can write: JSON of any kind, else text."""
        for media_type, declared in content.items():
            if media_type.split(";")[0].endswith(("json", "*/*", "application/*")):
                value = self._plausible.value(declared.get("schema", {}), *key, prefer_examples=prefer_examples)
                return dumps(value), JSON if "*" in media_type else media_type
        for media_type, declared in content.items():
            value = self._plausible.value(declared.get("schema", {"type": "string"}), *key)
            if isinstance(value, str):
                return value.encode(), media_type
        return b"", next(iter(content), "")

    def _headers(self, declared: Mapping[str, Any], key: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """The headers that must be there, as far as they are plain values."""
        for name, header in declared.items():
            if header.get("required") and name.lower() != "content-type":
                value = self._plausible.value(header.get("schema", {"type": "string"}), *key, name)
                yield name, value if isinstance(value, str) else dumps(value).decode()


def _wanted(responses: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """The first success; without one, what the contract has for everything else, or else its first answer."""
    for first in "23":
        for status in sorted(responses):
            if status.startswith(first):
                return int(status.replace("X", "0")), responses[status]
    if "default" in responses or not responses:
        return 200, responses.get("default", {})
    status = min(responses)
    return int(status.replace("X", "0")), responses[status]


class GenericProfile:
    """A server as OpenAPI describes one: its base path, 404 and 405, and problem documents (RFC 9457)."""

    name = "generic"

    def __init__(self, contract: Contract, *, cors: bool = True) -> None:
        self._operations = contract.operations
        self.base_path = contract.base_path
        self._cors = cors

    def find(self, call: Call) -> Match | Reply:
        """The operation that the call means; otherwise a problem document."""
        if self.base_path and not call.path.startswith(self.base_path + "/"):
            return _problem(404, f"everything here begins with {self.base_path}/")
        # What is encoded in a step of the path, a slash for instance, belongs to that step.
        encoded = self._operations.match(call.method, call.raw_path.removeprefix(self.base_path))
        if encoded is not None:
            return Match(encoded.operation, {name: unquote(value) for name, value in encoded.parameters.items()})
        path = call.path[len(self.base_path) :]
        found = self._operations.match(call.method, path)
        if found is not None:
            return found
        methods = ", ".join(self._operations.methods(path))
        if not methods:
            return _problem(404, f"the contract has no operation at {path}")
        if call.method == "OPTIONS":
            return Reply(204, headers=(("Allow", methods), *self._preflight(call, methods)))
        return _problem(405, f"the contract has only {methods} at {path}", (("Allow", methods),))

    def identify(self, call: Call, operation: Operation, world: World) -> Caller | Decision:  # noqa: ARG002
        """Anybody: sign-in is not part of what a document describes."""
        return ANYBODY

    def body_of(self, call: Call) -> tuple[bytes, str]:
        """The body as it came, as what its headers say that it is."""
        return call.body, call.headers.get("Content-Type", "")

    def refuse(self, violations: tuple[Violation, ...]) -> Reply:
        """422 with every violation."""
        return _problem(422, "the request breaks the contract", validation=as_dicts(violations))

    def happen(self, world: World, happening: Happening) -> Iterable[Change]:  # noqa: ARG002
        """Nothing: no operation puts anything on the agenda."""
        return ()

    def act(self, world: World, action: Action, at: int) -> Acted:  # noqa: ARG002
        """Nothing: the actions of a timeline are about the gateway's sessions."""
        return Acted(note="this action is about sessions of the gateway, and this contract is not the gateway's")

    def subject_of(self, world: World, match: Match) -> str:  # noqa: ARG002
        """The value of the last path parameter."""
        return next(reversed(list(match.parameters.values())), "")

    def look(self, world: World, match: Match) -> tuple[Change, ...]:  # noqa: ARG002
        """Nothing goes on by itself."""
        return ()

    def misfits(self, world: World) -> Iterable[str]:  # noqa: ARG002
        """Nothing: the world remembers nothing."""
        return ()

    def failure(self, status: int, message: str, headers: Headers = ()) -> Reply:
        """A problem document."""
        return _problem(status, message, headers)

    def unauthorized(self) -> Reply:
        """401."""
        return _problem(401, "the credentials are no longer good")

    def standing_headers(self) -> Headers:
        """The headers on every response."""
        return (("Access-Control-Allow-Origin", "*"),) if self._cors else ()

    def _preflight(self, call: Call, methods: str) -> Headers:
        """What a browser wants to hear before it sends a call: yes to everything that it asks."""
        if not self._cors:
            return ()
        asked = call.headers.get("Access-Control-Request-Headers", "")
        allowed = (("Access-Control-Allow-Headers", asked),) if asked else ()
        return (("Access-Control-Allow-Methods", methods), *allowed)


def _problem(status: int, detail: str, headers: Headers = (), **more: object) -> Reply:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Reply(status, dumps(body), _PROBLEM, headers)
