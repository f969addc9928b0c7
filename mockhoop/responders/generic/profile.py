"""A server as OpenAPI describes one: its base path, 404 and 405, credentials, and problem documents (RFC 9457)."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, unquote

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import VIOLATIONS_HEADER, Violation, as_dicts, pointer
from mockhoop.fixtures.items import ITEMS
from mockhoop.gateway.access import ANYBODY, Caller
from mockhoop.messages import Call, Headers, Reply
from mockhoop.responders.decision import Acted, Decision, Question
from mockhoop.responders.generic.actions import ItemActions
from mockhoop.responders.generic.answers import Answers
from mockhoop.responders.generic.problems import details, problem
from mockhoop.responders.generic.security import Security
from mockhoop.scenario.script_model import Action
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change
from mockhoop.world.world import World

_NEAREST = 3
_LONGEST_LOOKED_AT = 200
_MOST_COMPARED = 500
_INVALID = (422, 400)


class GenericProfile:
    """A server as OpenAPI describes one. ``base_path`` wins over that of the document's first server.

    With ``answers`` refusals have the shape that the document declares for them; else they are problem documents.
    """

    name = "generic"
    violations_header = VIOLATIONS_HEADER

    def __init__(
        self,
        contract: Contract,
        *,
        cors: bool = True,
        answers: Answers | None = None,
        security: Security | None = None,
        base_path: str | None = None,
        actions: ItemActions | None = None,
    ) -> None:
        self._operations = contract.operations
        self.base_path = contract.base_path if base_path is None else base_path.rstrip("/")
        self._cors = cors
        self._answers = answers
        self._security = security
        self._actions = actions
        self._key_names = security.query_names if security is not None else frozenset()
        self._query_names: dict[str, frozenset[str]] = {}

    def find(self, call: Call) -> Match | Reply:
        """The operation that the call means; otherwise a problem document, with the operations that are nearest."""
        if self.base_path and not call.path.startswith(self.base_path + "/"):
            text = f"everything here begins with {self.base_path}/"
            return problem(404, text, code="NO_PATH_MATCHED_ERROR")
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
            return self._no_path(call.method, path)
        if call.method == "OPTIONS":
            return Reply(204, headers=(("Allow", methods), *self._preflight(call, methods)))
        text = f"the contract has only {methods} at {path}"
        return problem(405, text, (("Allow", methods),), code="NO_METHOD_MATCHED_ERROR")

    def _no_path(self, method: str, path: str) -> Reply:
        wanted = f"{method} {path}"[:_LONGEST_LOOKED_AT]
        near = get_close_matches(wanted, self._alike(path), n=_NEAREST, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        text = f"the contract has no operation at {path}{hint}"
        return problem(404, text, code="NO_PATH_MATCHED_ERROR")

    def _alike(self, path: str) -> list[str]:
        """The operations with which a path is compared: of very many, those that begin as it does."""
        keys = [one.key for one in self._operations]
        if len(keys) <= _MOST_COMPARED:
            return keys
        for length in (12, 6, 3):
            found = [key for key in keys if key.partition(" ")[2].startswith(path[:length])]
            if found:
                return found[:_MOST_COMPARED]
        return keys[:_MOST_COMPARED]

    def identify(self, call: Call, operation: Operation, world: World) -> Caller | Decision:  # noqa: ARG002
        """Anybody who brings the credentials that the document asks for."""
        denial = self._security.denial(call, operation) if self._security is not None else None
        if denial is None:
            return ANYBODY
        code = "UNAUTHORIZED" if denial.status == 401 else "FORBIDDEN"
        body = details(denial.status, denial.detail, code)
        return Decision(self._refusal(call, operation, (denial.status,), body, denial.headers), refused=True)

    def body_of(self, call: Call) -> None:
        """Nothing of its own: a body is what its headers say that it is."""

    def doubts(self, call: Call, operation: Operation) -> tuple[Violation, ...]:
        """Query parameters that the contract does not have."""
        if not call.raw_query:
            return ()
        known = self._query_names.get(operation.key)
        if known is None:
            known = self._query_names[operation.key] = _query_names(operation, self._key_names)
        names = dict.fromkeys(name for name, _ in parse_qsl(call.raw_query, keep_blank_values=True))
        return tuple(
            Violation("query", pointer(name), "unknown", f"the contract has no query parameter {name}", "warning")
            for name in names
            if name not in known and name.partition("[")[0] not in known and "*" not in known
        )

    def refuse(self, violations: tuple[Violation, ...], question: Question | None = None) -> Reply:
        """The 4xx that the document declares for it, in its shape, else a problem document; with every violation."""
        media = any(found.location == "body" and found.code in ("media-type", "charset") for found in violations)
        statuses = (415,) if media else _INVALID
        code = "INVALID_CONTENT_TYPE" if media else "UNPROCESSABLE_ENTITY"
        text = "; ".join(f"{found.location} {found.pointer}: {found.message}" for found in violations)
        if question is None:
            return problem(422, "the request breaks the contract", validation=as_dicts(violations))
        listed = [{**found.as_dict(), "contract": _place(question.operation, found)} for found in violations]
        body = details(statuses[0], f"the request breaks the contract: {text}", code, validation=listed)
        return self._refusal(question.call, question.operation, statuses, body)

    def _refusal(
        self,
        call: Call,
        operation: Operation,
        statuses: tuple[int, ...],
        body: dict[str, object],
        headers: Headers = (),
    ) -> Reply:
        if self._answers is None:
            return problem(statuses[0], str(body["detail"]), headers)
        return self._answers.refusal(operation, statuses, body, call.headers.get("Accept", ""), headers)

    def happen(self, world: World, happening: Happening) -> Iterable[Change]:  # noqa: ARG002
        """Nothing: no operation puts anything on the agenda."""
        return ()

    def act(self, world: World, action: Action, at: int) -> Acted:  # noqa: ARG002
        """What changes with an action on items, or with a webhook that is sent."""
        return Acted(note="nothing is remembered here") if self._actions is None else self._actions.act(world, action)

    def subject_of(self, world: World, match: Match) -> str:  # noqa: ARG002
        """The value of the last path parameter."""
        return next(reversed(list(match.parameters.values())), "")

    def look(self, world: World, match: Match) -> tuple[Change, ...]:  # noqa: ARG002
        """Nothing goes on by itself."""
        return ()

    def misfits(self, world: World) -> Iterable[str]:
        """Items that came or changed at a path that the contract does not have any more."""
        for item in world.table(ITEMS).delta()[0]:
            if not any(self._operations.match(one, path) for path in (item.path, item.key) for one in _ITEM_METHODS):
                yield f"{item.key}: the contract has no such path any more"

    def listed(self, violations: Iterable[Violation]) -> list[dict[str, Any]]:
        """Violations as they stand in a header."""
        return as_dicts(violations)

    def failure(self, status: int, message: str, headers: Headers = ()) -> Reply:
        """A problem document."""
        return problem(status, message, headers)

    def unauthorized(self) -> Reply:
        """401."""
        return problem(401, "the credentials are no longer good", (("WWW-Authenticate", "Bearer"),))

    def standing_headers(self) -> Headers:
        """The headers on every response."""
        if not self._cors:
            return ()
        return (
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "*"),
        )

    def _preflight(self, call: Call, methods: str) -> Headers:
        """What a browser wants to hear before it sends a call: yes to everything that it asks."""
        if not self._cors:
            return ()
        asked = call.headers.get("Access-Control-Request-Headers", "")
        allowed = (("Access-Control-Allow-Headers", asked),) if asked else ()
        return (("Access-Control-Allow-Methods", methods), *allowed)


_ITEM_METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST")


def _place(operation: Operation, found: Violation) -> str:
    """Where the contract says what a violation is about, as a JSON pointer."""
    if found.location == "body":
        return f"{operation.pointer}/requestBody"
    name = found.pointer.split("/")[1] if found.pointer else ""
    for holder, at in ((operation.definition, operation.pointer), (operation.path_item, _above(operation.pointer))):
        for number, parameter in enumerate(holder.get("parameters", ())):
            if parameter["in"] == found.location and pointer(parameter["name"]) == f"/{name}":
                return f"{at}/parameters/{number}"
    return operation.pointer


def _above(at: str) -> str:
    return at.rpartition("/")[0]


def _query_names(operation: Operation, keys: frozenset[str]) -> frozenset[str]:
    """The names that a query may hold; ``*`` where an object's properties stand there by their own names."""
    names = set(keys)
    for parameter in operation.parameters:
        if parameter["in"] == "query":
            names.add(parameter["name"])
            schema = parameter.get("schema") or {}
            is_free = parameter.get("style", "form") == "form" and parameter.get("explode", True)
            if is_free and (schema.get("type") not in _PLAIN):
                names.add("*")
        elif parameter["in"] == "querystring":
            names.add("*")
    return frozenset(names)


_PLAIN = ("string", "integer", "number", "boolean", "array")
