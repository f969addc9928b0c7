"""Which sessions a list is about: what the caller may see, cut down by each filter (sections 3.1 and 3.4)."""

from collections.abc import Iterator
from typing import Any

from mockhoop.gateway.access import Caller
from mockhoop.gateway.facets import SESSIONS, USERS
from mockhoop.gateway.listing import SessionQuery, is_literal, like
from mockhoop.world.table import Positions, Table
from mockhoop.world.world import World

_ROOM = 1024 * 1024  # bytes, of which a bitmap takes no more than an eighth for each session
_FEWEST = 8
_LONGEST = 512
"""Characters of the patterns together that are kept."""


def select(world: World, query: SessionQuery, caller: Caller) -> Positions:
    """The positions, in the table of sessions, of all that match. Not to be changed.

    Raises:
        LikeError: a pattern ends in a single backslash and a value made the database read that far.
    """
    sessions = world.table(SESSIONS)
    parts = (sessions.derived(_Fitting).of(sessions, query), *_others(world, sessions, query, caller))
    # What everything passes cuts nothing down.
    return sessions.where_all([part for part in parts if len(part) < len(sessions)])


class _Fitting:
    """What fits the patterns of lists in a table as it is now, kept until that changes: pages of a list are asked
    for one after the other.
    """

    def __init__(self, sessions: Table[Any]) -> None:
        self._most = max(_FEWEST, _ROOM // (1 + len(sessions) // 8))
        self._kept: dict[tuple[str | None, ...], Positions] = {}

    def of(self, sessions: Table[Any], query: SessionQuery) -> Positions:
        """The positions of the sessions that fit all patterns."""
        key = (query.user, query.type, query.connection, query.status)
        found = self._kept.get(key)
        if found is None:
            found = sessions.where_all(list(_fitting(sessions, query)))
            if len(self._kept) >= self._most:
                self._kept.clear()
            if sum(len(pattern or "") for pattern in key) <= _LONGEST:
                self._kept[key] = found
        return found


def _fitting(sessions: Table[Any], query: SessionQuery) -> Iterator[Positions]:
    for facet, pattern in (
        ("user", query.user),
        ("type", query.type),
        ("connection", query.connection),
    ):
        if pattern is not None:
            yield _like(sessions, facet, pattern)
    if query.status is not None:
        yield _in_review(sessions, query.status)


def _others(world: World, sessions: Table[Any], query: SessionQuery, caller: Caller) -> Iterator[Positions]:
    if not caller.sees_everything:
        yield _visible(world, sessions, caller)
    if query.approver is not None:
        yield _approved_by(world, sessions, query.approver)
    if query.batch_id is not None:
        yield sessions.where("batch_id", query.batch_id)
    if query.correlation_id is not None:
        yield sessions.where("correlation_id", query.correlation_id)
    if query.jira_issue_keys is not None:
        yield sessions.where_any("jira_issue_key", query.jira_issue_keys)
    if query.created is not None:
        yield sessions.between(*query.created)


def _visible(world: World, sessions: Table[Any], caller: Caller) -> Positions:
    """Own, ownerless, and those that a group of the caller reviews; groups as the users table has them."""
    user = world.table(USERS).get(caller.subject)
    groups = user.groups if user is not None else ()
    return sessions.where_any("user", (caller.subject, "")) | sessions.where_any("review.group", groups)


def _like(sessions: Table[Any], facet: str, pattern: str) -> Positions:
    if is_literal(pattern):
        return sessions.where(facet, pattern)
    matches = like(pattern)
    return sessions.where_any(facet, [value for value in sessions.values(facet) if matches(value)])


def _in_review(sessions: Table[Any], pattern: str) -> Positions:
    """Sessions without a review are found by the empty status only: no pattern fits them."""
    found = _like(sessions, "review.status", pattern)
    return found - sessions.where("review.status", "") if pattern else found


def _approved_by(world: World, sessions: Table[Any], email: str) -> Positions:
    """Reviews of a group in which the person with this address is now; not who approved."""
    user = world.table(USERS).find("email", email)
    return sessions.where_any("review.group", user.groups if user is not None else ())
