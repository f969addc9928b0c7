"""Running scripts: new ones, and those that were approved (sections 6.1 and 6.2 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.gateway import executions, runs, sessions
from mockhoop.gateway.access_requests import COMMAND, Demand, demand
from mockhoop.gateway.bodies import check_batch_id, check_script, read_session_post
from mockhoop.gateway.connections import missing_metadata
from mockhoop.gateway.facets import CONNECTIONS, HELD, RUNS, SESSIONS
from mockhoop.gateway.records import Connection, Execution, Refusal, Session, changed
from mockhoop.gateway.runs import KILLED, UNKNOWN_EXIT
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop import progress
from mockhoop.responders.hoop.creating import checked_metadata, creation, demanded_review, new_session, reviewers_of
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.reach.connections import ConnectionViews
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.reviews import find_reviewed
from mockhoop.responders.hoop.runs import Answers
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Change, Drop, Put
from mockhoop.world.world import World

ACCESS_RULES = "/access-requests/rules"
AI_RULE = "ai-analyzer"
"""The access request rule by which the AI analyser demands a review."""


class Executions:
    """Decides the routes that run a script.

    What stands in the way of a new one comes in this order [U: the sheet orders no two of them]: the AI analyser, a
    connection that runs no scripts, a review, an agent that is offline or a guard rail.
    """

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, items: Items) -> None:
        self._answers = Answers(document, plausible)
        self._items = items
        self._views = ConnectionViews(items)

    def post(self, question: Question) -> Decision:
        """Create a session and run its script, or have it reviewed first (section 6.1)."""
        told = read_session_post(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        metadata = checked_metadata(told)
        if isinstance(metadata, Refusal):
            return refuse(metadata)
        world = question.world
        connection: Connection | None = world.table(CONNECTIONS).get(told.connection)
        if connection is None:
            return refuse(connection_not_found(told.connection))
        refusal = missing_metadata(connection, metadata)
        refusal = refusal or check_script(told.script) or check_batch_id(told.session_batch_id)
        if refusal is not None:
            return refuse(refusal)
        session = new_session(world, told, metadata, connection, question.caller)
        return self._begun(question, session, connection)

    def _begun(self, question: Question, session: Session, connection: Connection) -> Decision:
        execution = self._execution_on(question.world, connection, session.script)
        if execution.outcome == "blocked":
            stored = runs.blocked(session, session.started)
            reply = self._answers.reply(stored, "blocked", runs.BLOCKED, KILLED, analysis=stored.ai_analysis)
            return Decision(reply, creation(stored))
        if execution.outcome == "review":  # as a rule's (section 7.1)
            groups = reviewers_of(connection)
            by_ai = Demand(groups=groups, rule=AI_RULE, min_approvals=len(groups))
            return self._to_review(question, session, by_ai)
        if executions.not_run_on(connection, execution) is None:
            rules = self._items.all(question.world, ACCESS_RULES)
            needed = demand(rules, connection, question.caller.groups, COMMAND)
            if needed is not None:
                return self._to_review(question, session, needed)
        return self._started(question.world, session, connection, execution, creation)

    def _to_review(self, question: Question, session: Session, needed: Demand) -> Decision:
        """The session waits for its review; the answer looks like a success (section 6.1)."""
        stored = changed(runs.begun(session), review=demanded_review(question.world, session, needed))
        by_ai = needed.rule == AI_RULE
        if by_ai:
            stored = changed(stored, ai_analysis=runs.analysis("require_access_request"))
        reply = self._answers.reply(
            stored,
            "" if by_ai else "success",
            _page_of(question, session),
            0,
            http=202 if by_ai else 200,
            has_review=True,
            analysis=stored.ai_analysis,
        )
        return Decision(reply, (*creation(stored), Put(HELD, session.id), *progress.scheduled(question.world, stored)))

    def _started(
        self,
        world: World,
        session: Session,
        connection: Connection,
        execution: Execution,
        kept: Callable[[Session], tuple[Change, ...]],
    ) -> Decision:
        """Run the script, unless something keeps it from running; ``kept`` gives what comes with keeping the session.

        It is kept as it is from then on.
        """
        now = world.clock.now()
        reason = executions.not_run_on(connection, execution)
        if reason is not None:
            reply = self._answers.reply(session, "failed", reason, UNKNOWN_EXIT)
            return Decision(reply, kept(runs.settled(session)))
        if execution.outcome == "guardrails":
            stored = runs.guarded(session, now)
            reply = self._answers.reply(stored, "failed", runs.GUARDED, KILLED)
            return Decision(reply, kept(stored))
        begun = session if execution.outcome == "offline" else runs.begun(session)
        return self._answers.begin(session, *progress.run_of(world, session, execution, now), kept(begun))

    def exec(self, question: Question) -> Decision:
        """Run the script of an approved session (section 6.2)."""
        world = question.world
        key = sessions.session_id(question.path_values["session_id"])
        session = find_reviewed(world, key) if key is not None else None
        if key is None or session is None or session.review is None:
            return refuse(executions.NOT_REVIEWED)
        if world.table(RUNS).get(session.id) is not None:
            return refuse(Refusal(409, f"the session {session.id} is already being processed"))
        if session.review.type != "onetime" or session.id != key:
            return refuse(executions.SESSION_NOT_FOUND)
        connection: Connection | None = world.table(CONNECTIONS).get(session.connection)
        if connection is None:
            return refuse(connection_not_found(session.connection))
        refusal = executions.may_run(session, connection, question.caller, world.clock.now())
        if refusal is not None:
            return refuse(refusal)
        processed = runs.processing(session, session.review)
        if session.review.status == "PENDING":
            # A rule's review where the connection has no reviewers: nobody asks, and it ends up executed.
            stored = changed(session, review=runs.settled(processed).review)
            reply = self._answers.reply(stored, "success", _page_of(question, session), 0, has_review=True)
            return Decision(reply, (Put(SESSIONS, stored),))

        def kept(session: Session) -> tuple[Change, ...]:
            return Drop(HELD, session.id), Put(SESSIONS, session)

        execution = self._execution_on(world, connection, session.script)
        return self._started(world, processed, connection, execution, kept)

    def _execution_on(self, world: World, connection: Connection, script: str) -> Execution:
        """What comes of the script; nothing runs where the agent of the connection is not there."""
        execution = _execution(world, connection, script)
        is_offline = execution.outcome == "ran" and not self._views.is_online(world, connection)
        return changed(execution, outcome="offline") if is_offline else execution


def connection_not_found(name: str) -> Refusal:
    """The 400 for a connection that there is not (section 6.1, row 6)."""
    return Refusal(400, f"connection {name} not found")


def _page_of(question: Question, session: Session) -> str:
    """The address of the web page on which a session waits for its review."""
    return f"{question.call.origin}/sessions/{session.id}"


def _execution(world: World, connection: Connection, script: str) -> Execution:
    """What the scenario says of the script, or else what such a connection would plausibly say."""
    found = executions.matching(world.settings.executions, connection.name, script)
    if found is not None:
        return found
    from mockhoop.values.transcripts import VARIANTS, transcript  # many modules, which a world without exec never needs

    for attempt in range(VARIANTS):
        variant = world.chance.below(VARIANTS, "unscripted", connection.subtype, script, attempt)
        said = transcript(world.chance, connection.subtype, "exec", variant)
        if said.exit_code == 0:
            break
    output = b"".join(payload for _, kind, payload in said.events if kind == "o")
    return Execution(output=output.decode(errors="replace"))
