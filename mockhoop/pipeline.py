"""The way of a request, from a call to its exchange. Start reading here.

find the operation → identify the caller → validate the request (collect only) → a responder decides → enforce →
apply the changes → validate the response (as configured). All of it is one synchronous step: nobody comes between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import Violation
from mockhoop.messages import Call, Reply
from mockhoop.responders.decision import Decision, Profile, Question, Responder
from mockhoop.world.world import World


class Validation(Enum):
    """What is done about calls that break the contract: refuse them, only report them, or do not look."""

    ENFORCE = "enforce"
    REPORT = "report"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call with its reply, and why it came out so."""

    call: Call
    reply: Reply
    operation: str = ""
    caller: str = ""
    responder: str = ""
    violations: tuple[Violation, ...] = ()


class Pipeline:
    """Answers calls out of one world, as one contract and one profile say."""

    def __init__(
        self,
        *,
        contract: Contract,
        profile: Profile,
        responders: Sequence[Responder],
        world: World,
        validation: Validation = Validation.ENFORCE,
        check_responses: bool = False,
    ) -> None:
        self.contract = contract
        self.profile = profile
        self.world = world
        self._validation = validation
        self._check_responses = check_responses
        self.responders = {operation.key: _first(responders, operation.key) for operation in contract.operations}

    def answer(self, call: Call) -> Exchange:
        """What the server says to the call. The world changes exactly as the answer says that it did."""
        match = self.profile.find(call)
        if isinstance(match, Reply):
            return Exchange(call, match)
        operation = match.operation
        caller = self.profile.identify(call, operation, self.world)
        violations = self._violations(call, match)
        if isinstance(caller, Decision):
            return self._carried_out(caller, call, operation, violations)
        responder = self.responders[operation.key]
        decision = responder.decide(Question(call, operation, match.parameters, caller, self.world))
        if violations and self._validation is Validation.ENFORCE and not decision.refused:
            decision = Decision(self.profile.refuse(violations))
        return self._carried_out(decision, call, operation, violations, caller.email, responder.name)

    def _carried_out(
        self,
        decision: Decision,
        call: Call,
        operation: Operation,
        violations: tuple[Violation, ...],
        caller: str = "",
        responder: str = "",
    ) -> Exchange:
        self.world.apply(decision.changes)
        reply = decision.reply
        if self._check_responses:
            violations += self.contract.validator.response(operation, reply, head=call.method == "HEAD")
        return Exchange(call, reply, operation.key, caller, responder, violations)

    def _violations(self, call: Call, match: Match) -> tuple[Violation, ...]:
        if self._validation is Validation.OFF or (not call.raw_query and match.operation.nothing_to_check):
            return ()
        return self.contract.validator.request(match.operation, call, match.parameters)


def _first(responders: Sequence[Responder], key: str) -> Responder:
    return next(responder for responder in responders if responder.serves(key))
