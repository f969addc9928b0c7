"""Mistakes that show only when a whole scenario is looked at: references, duplicates, and what cannot be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from mockhoop.gateway.access import API_KEY, ORGANIZATION_KEY
from mockhoop.scenario.defaults import session_status
from mockhoop.scenario.execution_checks import check_executions
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.model import (
    GeneratedSessions,
    Scenario,
    Session,
    User,
)
from mockhoop.scenario.review_checks import check_review
from mockhoop.scenario.script_checks import check_script
from mockhoop.scenario.times import Moment


@dataclass(frozen=True, slots=True)
class Names:
    """What can be referred to, also in entries that are broken otherwise.

    ``anybody`` is true when there is any entry of users, generated ones included.
    """

    users: frozenset[str]
    connections: frozenset[str]
    sessions: frozenset[str]
    anybody: bool


def check_scenario(scenario: Scenario, names: Names) -> Iterator[Finding]:
    """All that is wrong with a scenario whose single values are right."""
    users = [one for one in scenario.users if isinstance(one, User)]
    sessions = [one for one in scenario.sessions if isinstance(one, Session)]
    connections = {one.name: one for one in scenario.connections}
    yield from _duplicates("email", ((user, user.email) for user in users))
    distinct: dict[str, User] = {}
    for user in users:
        distinct.setdefault(user.email, user)
    yield from _duplicates("subject", ((user, user.subject or email) for email, user in distinct.items()))
    yield from _duplicates("token", ((user, user.token) for user in users))
    yield from _duplicates("name", ((connection, connection.name) for connection in scenario.connections))
    yield from _duplicates("id", ((connection, connection.id) for connection in scenario.connections))
    yield from _duplicates("id", ((session, session.id) for session in sessions))
    yield from _duplicates("id", ((session.review, session.review.id) for session in sessions if session.review))
    yield from _keys(scenario, users)
    yield from check_executions(scenario.executions, names.connections)
    yield from check_script(scenario, names.users, names.connections, names.sessions)
    links = ((link, link.session) for link in scenario.downloads.links)
    yield from _duplicates("session", links, "has a link", "remove one of the two")
    for link in scenario.downloads.links:
        yield from _reference(link, "session", link.session, names.sessions)
    for session in sessions:
        yield from _session_references(session, names)
        yield from _session(session, scenario.clock.start)
        yield from check_review(session, connections.get(session.connection))
    for generated in scenario.sessions:
        if isinstance(generated, GeneratedSessions):
            yield from _generated(generated, scenario, names)


def _keys(scenario: Scenario, users: Iterable[User]) -> Iterator[Finding]:
    for field in ("name", "key", "id"):
        yield from _duplicates(field, ((key, getattr(key, field)) for key in scenario.api_keys))
    for user in users:
        if user.token is not None and user.token.startswith(ORGANIZATION_KEY):  # section 2.1
            message = f"a token that begins with {ORGANIZATION_KEY} is looked for among the api_keys only"
            yield Finding(user, "token", message, "choose another one, or list it in api_keys")


def _duplicates(
    key: str,
    named: Iterable[tuple[object, str | None]],
    trouble: str = "is taken",
    hint: str = "choose another one",
) -> Iterator[Finding]:
    first: dict[str, object] = {}
    for record, name in named:
        if name is None:
            continue
        if name in first:
            yield Finding(record, key, f'the {key} "{name}" {trouble}', hint, first[name])
        first.setdefault(name, record)


def _reference(record: object, path: str, name: str, known: frozenset[str]) -> Iterator[Finding]:
    if name in known:
        return
    what = path.split("/")[0].rstrip("s") if not path.endswith("/by") else "user"
    some = ", ".join(sorted(known)[:5])
    hint = nearest(name, known) or (f"known {what}s: {some}" if some else f"the scenario names no {what}s")
    yield Finding(record, path, f'unknown {what} "{name}"', hint)


def _session_references(session: Session, names: Names) -> Iterator[Finding]:
    users = names.users | {API_KEY}
    if session.user is not None:
        yield from _reference(session, "user", session.user, users)
    yield from _reference(session, "connection", session.connection, names.connections)
    groups = (session.review.groups or ()) if session.review else ()
    for index, group in enumerate(groups):
        if group.by is not None:
            yield from _reference(session.review, f"groups/{index}/by", group.by, users)


def _session(session: Session, start: Moment | None) -> Iterator[Finding]:
    status = session_status(session)
    if session.ended is not None and status != "done":
        message = f"a session that is {status} has not ended"
        yield Finding(session, "ended", message, "leave it out, or say status: done")
    if session.exit_code is not None and status != "done":  # section 4.5
        message = f"a session that is {status} has no exit code yet"
        yield Finding(session, "exit_code", message, "leave it out, or say status: done")
    if session.ended is not None and _before(session.ended, session.started, start):
        yield Finding(session, "ended", "the session ended before it started", "swap the two")
    if session.guardrails_info == ():  # section 3b.5
        yield Finding(session, "guardrails_info", "the list is never empty", "leave it out")
    seconds = [event.seconds for event in session.events or ()]
    for index, (earlier, later) in enumerate(pairwise(seconds), 1):
        if later < earlier:
            message = f"the event comes after {earlier:g} seconds, it cannot be at {later:g}"
            yield Finding(session, f"events/{index}/0", message, "put the events in order")


def _generated(generated: GeneratedSessions, scenario: Scenario, names: Names) -> Iterator[Finding]:
    span = generated.started
    if span is not None and _before(span.to, span.from_, scenario.clock.start):
        yield Finding(span, "to", "the end is before the beginning", "swap the two")
    for key in ("verb", "status", "review"):
        weights: Mapping[str, int] | None = getattr(generated, key)
        if weights is not None and not any(weights.values()):
            yield Finding(generated, key, "no weight is above 0", "give at least one of them a weight")
    for index, email in enumerate(generated.users):
        yield from _reference(generated, f"users/{index}", email, names.users)
    for index, connection in enumerate(generated.connections):
        yield from _reference(generated, f"connections/{index}", connection, names.connections)
    if generated.generate and not names.connections:
        yield Finding(generated, "generate", "there is no connection that sessions could use", "add a connection")
    if generated.generate and not names.anybody:
        yield Finding(generated, "generate", "there is no user who could run sessions", "add a user")


def _before(one: Moment, other: Moment, start: Moment | None) -> bool:
    """Whether one moment is surely before the other; unknown when only one of them depends on the start."""
    if one.relative == other.relative:
        return one.ns < other.ns
    if start is None or start.relative:
        return False
    return one.resolve(start.ns) < other.resolve(start.ns)
