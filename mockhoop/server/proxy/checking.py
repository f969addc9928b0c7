"""Holding what goes through against the contract."""

from collections.abc import Mapping

from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import Violation
from mockhoop.gateway.access import ANYBODY
from mockhoop.messages import Call, Headers, Reply
from mockhoop.pipeline import Validation
from mockhoop.responders.decision import Question
from mockhoop.server.proxy.copies import Reading
from mockhoop.server.proxy.passing import value
from mockhoop.service import Service

# What HTTP itself answers to callers who ask for a part, or for what has changed; contracts seldom say so.
_OF_HTTP = frozenset({206, 304, 416})
_UNKNOWN = Violation("path", "", "unknown", "the contract has no such operation", "warning")


class Checks:
    """Knows the contract of a service, and in which mode it is held against calls."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stage = service.pipeline.stage
        self._mode = service.settings.validation
        self._renamed: dict[str, Mapping[str, str]] = {}

    @property
    def off(self) -> bool:
        """Whether nobody looks."""
        return self._mode is Validation.OFF

    def find(self, call: Call) -> Match | Reply:
        """The operation that a call means; otherwise what a server with nothing but the contract would answer."""
        return self._stage.profile.find(call)

    def unknown(self, call: Call, found: Reply) -> tuple[Violation, ...]:
        """What is doubtful about a call that means no operation, though it is one of the contract's API."""
        inside = call.path.startswith(f"{self._stage.profile.base_path}/")
        return (_UNKNOWN,) if inside and found.status >= 400 and not self.off else ()

    def request(self, call: Call, match: Match, *, with_body: bool = True) -> tuple[Violation, ...]:
        """Every violation of a request; of its body only if that is known."""
        if self.off:
            return ()
        profile, validator = self._stage.profile, self._stage.contract.validator
        body = profile.body_of(call) if call.body else None
        found = validator.request(match.operation, call, match.parameters, body)
        found = (*found, *profile.doubts(call, match.operation))
        return found if with_body else tuple(one for one in found if one.location != "body")

    def refusal(self, call: Call, found: Match | Reply, violations: tuple[Violation, ...]) -> Reply | None:
        """The answer to a call that is refused for what it breaks; None for one that goes on."""
        if not self._refuses(violations):
            return None
        if isinstance(found, Reply):
            return found
        world = self._service.world
        question = Question(call, found.operation, found.parameters, ANYBODY, world)
        return self._stage.profile.refuse(violations, question)

    def _refuses(self, violations: tuple[Violation, ...]) -> bool:
        if self._mode is Validation.ENFORCE:
            return any(found.severity == "error" for found in violations)
        return self._mode is Validation.STRICT and bool(violations)

    def response(self, match: Match, status: int, headers: Headers, body: bytes | None) -> tuple[Violation, ...]:
        """Every violation of an answer; without a body, of its status and headers."""
        operation = match.operation
        if self.off or (status in _OF_HTTP and str(status) not in operation.definition.get("responses", {})):
            return ()
        names = self._names(operation)
        known = tuple((names.get(name.lower(), name), text) for name, text in headers)
        reply = Reply(status, body or b"", value(headers, "content-type"), known)
        return self._stage.contract.validator.response(operation, reply, head=body is None)

    def _names(self, operation: Operation) -> Mapping[str, str]:
        """The headers that the contract declares on answers of an operation, by their names in lower case."""
        known = self._renamed.get(operation.key)
        if known is None:
            responses = operation.definition.get("responses", {}).values()
            known = {name.lower(): name for one in responses for name in one.get("headers", {})}
            self._renamed[operation.key] = known
        return known


def why_unchecked(reading: Reading) -> str:
    """Why a body was not looked into; empty where it can be."""
    if reading.encoding:
        return f"its encoding {reading.encoding} is not known here"
    return "" if reading.whole else "it is too long"
