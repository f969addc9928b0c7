"""What else is done to a session that is there: it is killed, its metadata replaced (sections 6.3 and 6.4)."""

from dataclasses import replace

from mockhoop.gateway import executions, runs, sessions
from mockhoop.gateway.bodies import read_metadata_patch
from mockhoop.gateway.facets import HELD, RUNS, SESSIONS
from mockhoop.gateway.nesting import deeper_than
from mockhoop.gateway.records import Refusal, Run, Session
from mockhoop.messages import JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Drop, Put

DEEPEST_METADATA = 200
"""Levels of metadata; what is deeper cannot be written on the wire. The gateway's database has a limit of its own."""


def kill(question: Question) -> Decision:
    """End a session, whatever its status (section 6.3)."""
    world, caller = question.world, question.caller
    key = sessions.session_id(question.path_values["session_id"])
    if key is None:
        return refuse(sessions.BAD_ID)
    session: Session | None = world.table(SESSIONS).get(key)
    if session is None or (session.user_id != caller.subject and not caller.is_admin):
        return refuse(executions.SESSION_NOT_FOUND)
    run: Run | None = world.table(RUNS).get(key)
    ended = runs.killed(session, run, world.clock.now())
    return Decision(Reply(204, b"", JSON_UTF8), (Put(SESSIONS, ended), Drop(RUNS, key), Drop(HELD, key)))


def patch_metadata(question: Question) -> Decision:
    """Replace the metadata of one's own session (section 6.4)."""
    patch = read_metadata_patch(question.call.body)
    if isinstance(patch, Refusal):
        return refuse(patch)
    text = question.path_values["session_id"]
    key = sessions.session_id(text)
    if key is None:
        return refuse(_failed(f'invalid input syntax for type uuid: "{text}" (SQLSTATE 22P02)'))
    if deeper_than(DEEPEST_METADATA, patch.metadata):
        return refuse(_failed("stack depth limit exceeded (SQLSTATE 54001)"))
    session: Session | None = question.world.table(SESSIONS).get(key)
    if session is None or session.user != question.caller.email or patch.metadata is None:
        return refuse(sessions.NOT_FOUND)
    return Decision(Reply(204), (Put(SESSIONS, replace(session, metadata=patch.metadata)),))


def _failed(problem: str) -> Refusal:
    return Refusal(500, f"failed to update session metadata: ERROR: {problem}")
