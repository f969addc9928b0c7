"""Answers for any operation out of its schema, and the plumbing of a server that is not the Hoop gateway."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.gateway.access import ANYBODY, Caller
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, Call, Headers, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.values.plausible import Plausible
from mockhoop.world.world import World

_PROBLEM = "application/problem+json"


class GenericResponder:
    """Decides every call that nobody else decides. It remembers nothing between calls."""

    name = "generic"

    def __init__(self, plausible: Plausible) -> None:
        self._plausible = plausible

    def serves(self, key: str) -> bool:  # noqa: ARG002 - the last in the row serves everything
        """Every operation."""
        return True

    def decide(self, question: Question) -> Decision:
        """The first success that the contract declares; the same operation and path give the same answer."""
        status, response = _first_success(question.operation.definition.get("responses", {}))
        content = response.get("content", {})
        media_type = next((name for name in content if name.split(";")[0].endswith("json")), "")
        if not media_type:
            return Decision(Reply(status))
        key = (question.operation.key, *question.path_values.values())
        value = self._plausible.value(content[media_type].get("schema", {}), *key)
        return Decision(Reply(status, dumps(value), media_type if "*" not in media_type else JSON))


def _first_success(responses: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    for status in sorted(responses):
        if status.startswith("2"):
            return int(status.replace("X", "0")), responses[status]
    return 200, responses.get("default", {})


class GenericProfile:
    """A server as OpenAPI describes one: its base path, 404 and 405, and problem documents (RFC 9457)."""

    name = "generic"

    def __init__(self, contract: Contract, *, cors: bool = True) -> None:
        self._operations = contract.operations
        self.base_path = contract.base_path
        self._standing: Headers = (("Access-Control-Allow-Origin", "*"),) if cors else ()

    def find(self, call: Call) -> Match | Reply:
        """The operation that the call means; otherwise a problem document."""
        path = call.path
        if self.base_path and not path.startswith(self.base_path + "/"):
            return _problem(404, f"everything here begins with {self.base_path}/")
        path = path[len(self.base_path) :]
        found = self._operations.match(call.method, path)
        if found is not None:
            return found
        methods = ", ".join(self._operations.methods(path))
        if not methods:
            return _problem(404, f"the contract has no operation at {path}")
        if call.method == "OPTIONS":
            return Reply(204, headers=(("Allow", methods), ("Access-Control-Allow-Methods", methods)))
        return _problem(405, f"the contract has only {methods} at {path}", (("Allow", methods),))

    def identify(self, call: Call, operation: Operation, world: World) -> Caller | Decision:  # noqa: ARG002
        """Anybody: sign-in is not part of what a document describes."""
        return ANYBODY

    def refuse(self, violations: tuple[Violation, ...]) -> Reply:
        """422 with every violation."""
        return _problem(422, "the request breaks the contract", validation=as_dicts(violations))

    def standing_headers(self) -> Headers:
        """The headers on every response."""
        return self._standing


def _problem(status: int, detail: str, headers: Headers = (), **more: object) -> Reply:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Reply(status, dumps(body), _PROBLEM, headers)
