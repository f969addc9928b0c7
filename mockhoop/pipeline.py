"""The way of a request, from a call to its exchange. Start reading here.

find the operation → identify the caller → validate the request (collect only) → faults → answers that the scenario
has → what it lets happen → a responder decides → enforce → apply the changes → validate the response (as configured) →
journal. All of it is one synchronous step: nobody comes between.
"""

from dataclasses import replace
from enum import Enum

from mockhoop.contract.operations import Match
from mockhoop.contract.violations import Violation
from mockhoop.exchange import Exchange, Steady, Waiting, kept
from mockhoop.gateway.access import ANYBODY, Caller
from mockhoop.messages import Call, Delivery, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.preferences import BadPreference, Preferences, overridden, preferred
from mockhoop.responders.scripted import as_recorded, interfere
from mockhoop.scenario import engine
from mockhoop.scenario.matching import Facts
from mockhoop.stage import Stage
from mockhoop.world.world import World


class Validation(Enum):
    """What is done about calls that break the contract: refuse them, only report them, or do not look.

    ``STRICT`` refuses what is merely doubtful as well, such as a parameter that the contract does not have.
    """

    ENFORCE = "enforce"
    STRICT = "strict"
    REPORT = "report"
    OFF = "off"


RECORDED = "recorded"
"""Who answers when the scenario has the answer."""


class Pipeline:
    """Answers the calls of one world, on a stage."""

    def __init__(
        self,
        stage: Stage,
        world: World,
        *,
        validation: Validation = Validation.ENFORCE,
        check_responses: bool = False,
    ) -> None:
        self.stage = stage
        self.world = world
        self.validation = validation
        self.check_responses = check_responses

    def answer(self, call: Call) -> Exchange | Waiting:
        """What the server says to the call. The world changes exactly as the answer says that it did."""
        clock = self.world.clock
        clock.hold()
        try:
            return self._answer(call)
        finally:
            clock.release()

    def _answer(self, call: Call) -> Exchange | Waiting:
        profile, world = self.stage.profile, self.world
        self.settle()
        exchange = Exchange(call, at=world.clock.now())
        if "__" in call.raw_query:
            exchange.asked = call.raw_query
        try:
            wanted = preferred(call)
        except BadPreference as bad:
            return self._ended(exchange, profile.failure(bad.status, str(bad)))
        match = profile.find(call)
        if isinstance(match, Reply):
            trouble = self._troubled(exchange, self._facts(exchange, None))
            return self._ended(exchange, trouble or self._recorded(exchange) or match)
        exchange.operation = match.operation.key
        caller = profile.identify(call, match.operation, world)
        if isinstance(caller, Caller):
            exchange.caller, exchange.headers = caller.email, caller.headers
        exchange.violations = self._violations(call, match)
        facts = self._facts(exchange, match)
        told = self._troubled(exchange, facts) or self._recorded(exchange)
        if told is not None:
            return self._ended(exchange, told)
        if isinstance(caller, Decision):
            question = Question(call, match.operation, match.parameters, ANYBODY, world)
            return self._carried_out(exchange, caller, question)
        question = Question(call, match.operation, match.parameters, caller, world)
        return self._decided(exchange, match, facts, question, wanted)

    def _decided(
        self, exchange: Exchange, match: Match, facts: Facts | None, question: Question, wanted: Preferences | None
    ) -> Exchange | Waiting:
        stage = self.stage
        enforced = bool(exchange.violations) and self._refuses(exchange.violations)
        version = self.world.version
        if not enforced:
            self._let_happen(exchange, match, facts)
        responder = stage.responders[exchange.operation]
        exchange.responder = responder.name
        decision = responder.decide(question)
        if decision.steady and wanted is None and not exchange.effects and version == self.world.version:
            # No rule is meant for such a call as things stand: one that is counts it, and that is a change.
            exchange.steady = Steady(question.caller.until, self._circumstances())
        if enforced and not decision.refused:
            # Our own answer, which no contract but ours declares.
            return self._ended(exchange, stage.profile.refuse(exchange.violations, question))
        other = None if wanted is None else self._preferred(exchange, decision, question, wanted)
        return self._carried_out(exchange, decision, question) if other is None else self._ended(exchange, other)

    def _preferred(
        self, exchange: Exchange, decision: Decision, question: Question, wanted: Preferences
    ) -> Reply | None:
        """The reply that the caller prefers to the decided one; None where that will do."""
        stage = self.stage
        try:
            other = overridden(wanted, decision.reply.status, question, stage.generic, stage.profile)
        except BadPreference as bad:
            return stage.profile.failure(bad.status, str(bad))
        exchange.delivery = exchange.delivery or (Delivery(delay=wanted.delay) if wanted.delay else None)
        exchange.preferred = wanted.applied
        return other

    def again(self, earlier: Exchange) -> Exchange | None:
        """The exchange for the same call once more; None when that has to be looked at again.

        Its answer must have been steady, and neither the world nor the stage nor the mode may be another one.
        """
        self.settle()
        world, steady = self.world, earlier.steady
        now = world.clock.now()
        if steady is None or now >= steady.until or steady.under != self._circumstances():
            return None
        journal = world.journal
        exchange = Exchange(earlier.call, earlier.reply, earlier.operation, earlier.caller, earlier.responder)
        exchange.number, exchange.at, exchange.steady = journal.added + 1, now, steady
        exchange.violations = earlier.violations
        journal.add(*kept(exchange))
        world.tell_watchers()
        return exchange

    def _circumstances(self) -> tuple[object, ...]:
        return self.world, self.world.version, self.stage, self.validation, self.check_responses

    def resume(self, waiting: Waiting) -> Exchange | Waiting:
        """What the server says now that the answer's time has come; nothing, if its world has begun anew since."""
        clock = self.world.clock
        clock.hold()
        try:
            return self._resume(waiting)
        finally:
            clock.release()

    def _resume(self, waiting: Waiting) -> Exchange | Waiting:
        self.settle()
        world = waiting.question.world
        if world.era != waiting.era:
            waiting.exchange.delivery = Delivery(drop="reset")
            return self._ended(waiting.exchange, waiting.exchange.reply)
        return self._carried_out(waiting.exchange, waiting.later.decide(world), waiting.question)

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        if self.world.agenda.next_at() is not None:
            self.stage.unfolding.settle(self.world)

    def refuse(self, call: Call, reply: Reply) -> Exchange:
        """Note an answer that was given without looking at the call."""
        return self._ended(Exchange(call, at=self.world.clock.now(), responder="server"), reply)

    def _troubled(self, exchange: Exchange, facts: Facts | None) -> Reply | None:
        """The reply that a fault puts in the place of the real one; how the reply goes out is noted."""
        trouble = None if facts is None else interfere(self.stage.profile, self.world, facts)
        if trouble is None:
            return None
        exchange.rules, exchange.delivery = trouble.names, trouble.delivery
        exchange.effects = self.world.apply(trouble.changes)
        if trouble.reply is not None:
            exchange.responder = "scripted"
        return trouble.reply

    def _recorded(self, exchange: Exchange) -> Reply | None:
        """The answer that the scenario has for the call, whatever the world would say."""
        given = None if self.world.quiet else as_recorded(self.stage.profile, self.world, exchange.call)
        if given is None:
            return None
        exchange.rules += (given.name,)
        exchange.effects += self.world.apply(given.changes)
        exchange.responder = RECORDED
        return given.reply

    def _let_happen(self, exchange: Exchange, match: Match, facts: Facts | None) -> None:
        """What the call brings about before it is answered."""
        if facts is not None:
            exchange.fired = tuple(self.stage.unfolding.before(self.world, facts))
        changes = self.stage.profile.look(self.world, match)
        if changes:
            exchange.effects += self.world.apply(changes)

    def _facts(self, exchange: Exchange, match: Match | None) -> Facts | None:
        """What conditions look at; None when the scenario has none for such calls."""
        if self.world.quiet or not engine.looks_at(self.world, exchange.operation):
            return None
        profile, world, path = self.stage.profile, self.world, exchange.call.path
        inside = path[len(profile.base_path) :] if path.startswith(f"{profile.base_path}/") else path
        about = (lambda: profile.subject_of(world, match)) if match is not None else str
        return Facts(exchange.call, exchange.operation, inside, exchange.caller, about)

    def _carried_out(self, exchange: Exchange, decision: Decision, question: Question) -> Exchange | Waiting:
        world = question.world
        if decision.changes:
            exchange.effects += world.apply(decision.changes)
            exchange.fired += tuple(self.stage.unfolding.follow(world))
        if decision.later is not None:
            return Waiting(question, decision.later, exchange, world.era)
        exchange.refused = decision.refused
        reply = decision.reply
        if self.check_responses:
            head = question.call.method == "HEAD"
            exchange.violations += self.stage.contract.validator.response(question.operation, reply, head=head)
        return self._ended(exchange, reply)

    def _ended(self, exchange: Exchange, reply: Reply) -> Exchange:
        if exchange.delivery is not None:
            reply = replace(reply, delivery=exchange.delivery)
        if exchange.headers:
            reply = replace(reply, headers=(*reply.headers, *exchange.headers))
        exchange.reply = reply
        journal = self.world.journal
        exchange.number = journal.added + 1
        journal.add(*kept(exchange))
        self.world.tell_watchers()
        return exchange

    def _refuses(self, violations: tuple[Violation, ...]) -> bool:
        """Whether a call is refused for what it breaks."""
        if self.validation is Validation.ENFORCE:
            return any(found.severity == "error" for found in violations)
        return self.validation is Validation.STRICT

    def _violations(self, call: Call, match: Match) -> tuple[Violation, ...]:
        if self.validation is Validation.OFF or (not call.raw_query and match.operation.nothing_to_check):
            return ()
        profile = self.stage.profile
        body = profile.body_of(call) if call.body else None  # nothing reads as nothing, at some cost
        found = self.stage.contract.validator.request(match.operation, call, match.parameters, body)
        return (*found, *profile.doubts(call, match.operation))
