"""Credentials with which people go to a connection by themselves (section 6.6 of the behaviour sheet)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.gateway import credentials
from mockhoop.gateway.access import Caller
from mockhoop.gateway.access_requests import JIT, Demand, demand
from mockhoop.gateway.connection_bodies import read_duration
from mockhoop.gateway.facets import CONNECTIONS, CREDENTIALS, SESSIONS
from mockhoop.gateway.records import Connection, Credential, Refusal, Session
from mockhoop.gateway.sessions import session_id
from mockhoop.gateway.times import SECOND
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop import progress
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.creating import bare_session, creation, demanded_review
from mockhoop.responders.hoop.executions import ACCESS_RULES
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.reach.connections import find_connection
from mockhoop.responders.hoop.reach.credential_views import (
    CREDENTIAL_FIELDS,
    LISTED_FIELDS,
    CredentialView,
    host_of,
    view_of,
)
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change, Count, Drop, Put, Schedule
from mockhoop.world.world import World

EXPIRE = "credentials expire"
CREDENTIAL_SEQUENCE = "credentials"


class Credentials:
    """Decides the routes of credentials.

    A user has one credential for a connection, which further requests give again; each approved review gives one more.
    """

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, items: Items) -> None:
        self._document = document
        self._plausible = plausible
        self._items = items

    @cached_property
    def _shape(self) -> Shape:
        name = "openapi.ConnectionCredentialsResponse"
        return Shape(name, self._document, CREDENTIAL_FIELDS, self._plausible)

    @cached_property
    def _listed(self) -> Shape:
        return Shape("openapi.ConnectionCredentialsListItem", self._document, LISTED_FIELDS, self._plausible)

    def post(self, question: Question) -> Decision:
        """``POST /connections/{name}/credentials``: 201 with them, 202 where somebody has to approve first."""
        seconds = read_duration(question.call.body)
        if isinstance(seconds, Refusal):
            return refuse(seconds)
        connection = find_connection(question)
        if connection is None:
            return refuse(_no_connection(question))
        world, caller = question.world, question.caller
        needed = demand(self._items.all(world, ACCESS_RULES), connection, caller.groups, JIT)
        refusal = credentials.refusal_of(connection, seconds, needed)
        if refusal is not None:
            return refuse(refusal)
        if needed is None:
            session = bare_session(world, connection, caller, "connect")
            return self._given(question, connection, session, seconds)
        approved = _approved(world, connection, caller)
        if approved is not None:  # nobody is asked again while an approval is valid (section 7.1; our reading)
            return self._resumed(question, connection, approved)
        return self._to_review(question, connection, seconds, needed)

    def _given(self, question: Question, connection: Connection, session: Session, seconds: int) -> Decision:
        """Without a review; the session in which the same credential was used before is over (our reading)."""
        world = question.world
        expires = session.started + seconds * SECOND if seconds else None
        known = credentials.foremost(_active(world, question.caller, connection))
        before: Session | None = world.table(SESSIONS).get(known.session_id) if known is not None else None
        opened = credentials.opened(session, expires)
        given = replace(known or _new(world, opened), session_id=session.id, expires=expires)
        over = () if before is None else (Put(SESSIONS, credentials.ended(before, session.started)),)
        changes = (*over, *creation(opened), *_issued(given, known))
        return self._told(201, question, connection, given, changes)

    def _to_review(self, question: Question, connection: Connection, seconds: int, needed: Demand) -> Decision:
        """The session waits for its review, which is one for some time (section 7.1)."""
        world = question.world
        session = bare_session(world, connection, question.caller, "connect")
        review = demanded_review(world, session, needed)
        review = replace(review, type="jit", access_duration=seconds * SECOND)
        stored = replace(session, review=review)
        view = CredentialView(
            connection=connection, created_at=session.started, session_id=session.id, review_id=review.id
        )
        changes = (*creation(stored), *progress.scheduled(world, stored))
        return answer(self._shape.fill(view, session.id), *changes, status=202)

    def resume(self, question: Question) -> Decision:
        """``POST /connections/{name}/credentials/{session id}``: those of a session that was reviewed."""
        connection = find_connection(question)
        if connection is None:
            return refuse(_no_connection(question))
        key = session_id(question.path_values["sessionID"])
        world = question.world
        session: Session | None = world.table(SESSIONS).get(key) if key is not None else None
        if session is None or session.connection != connection.name:
            return refuse(credentials.SESSION_NOT_FOUND)
        refusal = credentials.resumption(session, question.caller, world.clock.now())
        if refusal is not None:
            return refuse(refusal)
        review = session.review
        if review is not None and review.status == "PENDING":
            told = {"message": credentials.PENDING, "session_id": session.id, "review_id": review.id}
            return answer({**told, "status": review.status}, status=202)
        return self._resumed(question, connection, session)

    def _resumed(self, question: Question, connection: Connection, session: Session) -> Decision:
        """Access lasts as long as the review gives it, however often it is resumed (our reading)."""
        world = question.world
        expires = session.review.revoke_at if session.review is not None else None
        known: Credential | None = world.table(CREDENTIALS).find("session", session.id)
        given = known or replace(_new(world, session), expires=expires)
        changes = (Put(SESSIONS, credentials.opened(session, expires)), *_issued(given, known))
        return self._told(201, question, connection, given, changes)

    def _told(
        self,
        status: int,
        question: Question,
        connection: Connection,
        credential: Credential,
        changes: Iterable[Change] = (),
    ) -> Decision:
        settings = self._items.one(question.world, "/serverconfig/misc")
        view = replace(view_of(connection, credential), host=host_of(question.call), settings=settings)
        return answer(self._shape.fill(view, credential.id), *changes, status=status)

    def active(self, question: Question) -> Decision:
        """``GET /connections/{nameOrID}/credentials``: the caller's, without a new session."""
        connection = find_connection(question)
        if connection is None:
            return refuse(_no_connection(question))
        found = credentials.foremost(_active(question.world, question.caller, connection))
        return refuse(credentials.NONE_ACTIVE) if found is None else self._told(200, question, connection, found)

    def list(self, question: Question) -> Decision:
        """``GET /connection-credentials``: the caller's, one for each connection, without what is secret."""
        world, caller = question.world, question.caller
        found = ((one, credentials.foremost(_active(world, caller, one))) for one in world.table(CONNECTIONS))
        views = [view_of(connection, one) for connection, one in found if one is not None]
        return answer({"items": [self._listed.fill(view, view.session_id) for view in views]})

    def close(self, question: Question) -> Decision:
        """``POST …/{credentialID}/close``: its session is over, it can be used again."""
        found = _owned(question)
        if isinstance(found, Refusal):
            return refuse(found)
        return done(*_ending(question.world, found), Put(CREDENTIALS, replace(found, session_id="")))

    def revoke(self, question: Question) -> Decision:
        """``POST …/{credentialID}/revoke``: it is good for nothing any more."""
        found = _owned(question)
        if isinstance(found, Refusal):
            return refuse(found)
        return done(*_ending(question.world, found, revoked=True), Drop(CREDENTIALS, found.id))


def credential_routes(
    document: Mapping[str, Any], plausible: Plausible, items: Items
) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = Credentials(document, plausible, items)
    return {
        "GET /connection-credentials": deciding.list,
        "GET /connections/{nameOrID}/credentials": deciding.active,
        "POST /connections/{nameOrID}/credentials": deciding.post,
        "POST /connections/{nameOrID}/credentials/{sessionID}": deciding.resume,
        "POST /connections/{nameOrID}/credentials/{credentialID}/close": deciding.close,
        "POST /connections/{nameOrID}/credentials/{credentialID}/revoke": deciding.revoke,
    }


def expire(world: World, happening: Happening) -> tuple[Change, ...]:
    """The time of a session's credentials is over, and so is the session.

    The gateway looks every 15 seconds, here it happens at once.
    """
    session: Session | None = world.table(SESSIONS).get(happening.about)
    table = world.table(CREDENTIALS)
    found = table.where("session", happening.about)
    of_session = table.newest(found, 0, len(found))
    if session is None or any(credentials.is_active(one, happening.at) for one in of_session):
        return ()
    gone = [Drop(CREDENTIALS, one.id) for one in of_session]
    return (*gone, Put(SESSIONS, credentials.ended(session, happening.at)))


def _no_connection(question: Question) -> Refusal:
    return Refusal(404, f"connection {question.path_values['nameOrID']} not found")


def _new(world: World, session: Session) -> Credential:
    chance = world.chance.at("credential", world.counted(CREDENTIAL_SEQUENCE))
    return Credential(
        id=chance.uuid("id"),
        subject=session.user_id,
        connection=session.connection,
        session_id=session.id,
        secret=chance.hex("secret"),
        created_at=world.clock.now(),
    )


def _issued(credential: Credential, before: Credential | None) -> Iterable[Change]:
    yield Put(CREDENTIALS, credential)
    if before is None:
        yield Count(CREDENTIAL_SEQUENCE)
    if credential.expires is not None and credential != before:
        yield Schedule(credential.expires, EXPIRE, credential.session_id)


def _active(world: World, caller: Caller, connection: Connection) -> Iterable[Credential]:
    table, now = world.table(CREDENTIALS), world.clock.now()
    found = table.where_all([table.where("subject", caller.subject), table.where("connection", connection.name)])
    own = [one for one in table.newest(found, 0, len(found)) if credentials.is_active(one, now)]
    return [one for one in own if not _is_revoked(world, one)]


def _is_revoked(world: World, credential: Credential) -> bool:
    """Whether the approval that it was given for has been taken back."""
    session: Session | None = world.table(SESSIONS).get(credential.session_id)
    review = session.review if session is not None else None
    return review is not None and review.status != "APPROVED"


def _approved(world: World, connection: Connection, caller: Caller) -> Session | None:
    """The caller's last session on the connection whose approval is still valid."""
    table, now = world.table(SESSIONS), world.clock.now()
    where = {"user": caller.subject, "connection": connection.name, "review.status": "APPROVED"}
    found = table.where_all([table.where(facet, value) for facet, value in where.items()])
    sessions: Iterable[Session] = table.newest(found, 0, len(found))
    return next((one for one in sessions if _is_valid(one, now)), None)


def _is_valid(session: Session, now: int) -> bool:
    review = session.review
    if review is None or review.type != "jit" or session.status == "done":
        return False
    return review.revoke_at is not None and review.revoke_at > now


def _owned(question: Question) -> Credential | Refusal:
    """The credential that the path names, if it is the caller's; an admin may end that of anybody (our reading)."""
    connection = find_connection(question)
    key = session_id(question.path_values["credentialID"])
    found: Credential | None = question.world.table(CREDENTIALS).get(key or "")
    if connection is None or found is None or found.connection != connection.name:
        return credentials.NOT_FOUND
    may_end = found.subject == question.caller.subject or question.caller.is_admin
    return found if may_end else credentials.CREDENTIAL_NOT_YOURS


def _ending(world: World, credential: Credential, *, revoked: bool = False) -> Iterable[Change]:
    session: Session | None = world.table(SESSIONS).get(credential.session_id)
    if session is not None:
        yield Put(SESSIONS, credentials.ended(session, world.clock.now(), revoked=revoked))
