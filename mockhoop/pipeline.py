"""The way of a request, from a call to its exchange. Start reading here.

find the operation → identify the caller → validate the request (collect only) → a responder decides → enforce →
apply the changes → validate the response (as configured). All of it is one synchronous step: nobody comes between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Match
from mockhoop.contract.violations import Violation
from mockhoop.gateway.access import ANYBODY, Caller
from mockhoop.messages import Call, Reply
from mockhoop.responders.decision import Decision, Later, Profile, Question, Responder
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call whose answer is still to come."""

    question: Question
    later: Later
    responder: str
    violations: tuple[Violation, ...]


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

    def answer(self, call: Call) -> Exchange | Waiting:
        """What the server says to the call. The world changes exactly as the answer says that it did."""
        self.settle()
        match = self.profile.find(call)
        if isinstance(match, Reply):
            return Exchange(call, match)
        operation = match.operation
        caller = self.profile.identify(call, operation, self.world)
        violations = self._violations(call, match)
        if isinstance(caller, Decision):
            return self._carried_out(caller, self._question(call, match, ANYBODY), "", violations)
        responder = self.responders[operation.key]
        question = self._question(call, match, caller)
        decision = responder.decide(question)
        if violations and self._validation is Validation.ENFORCE and not decision.refused:
            # Our own answer, which no contract but ours declares.
            return Exchange(
                call, self.profile.refuse(violations), operation.key, caller.email, responder.name, violations
            )
        return self._carried_out(decision, question, responder.name, violations)

    def _question(self, call: Call, match: Match, caller: Caller) -> Question:
        return Question(call, match.operation, match.parameters, caller, self.world)

    def resume(self, waiting: Waiting) -> Exchange | Waiting:
        """What the server says now that the answer's time has come."""
        self.settle()
        decision = waiting.later.decide(self.world)
        return self._carried_out(decision, waiting.question, waiting.responder, waiting.violations)

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.world.settle(self.profile.happen)

    def _carried_out(
        self, decision: Decision, question: Question, responder: str, violations: tuple[Violation, ...]
    ) -> Exchange | Waiting:
        self.world.apply(decision.changes)
        if decision.later is not None:
            return Waiting(question, decision.later, responder, violations)
        call, operation, reply = question.call, question.operation, decision.reply
        if self._check_responses:
            violations += self.contract.validator.response(operation, reply, head=call.method == "HEAD")
        return Exchange(call, reply, operation.key, question.caller.email, responder, violations)

    def _violations(self, call: Call, match: Match) -> tuple[Violation, ...]:
        if self._validation is Validation.OFF or (not call.raw_query and match.operation.nothing_to_check):
            return ()
        return self.contract.validator.request(match.operation, call, match.parameters, self.profile.body_of(call))


def _first(responders: Sequence[Responder], key: str) -> Responder:
    return next(responder for responder in responders if responder.serves(key))
