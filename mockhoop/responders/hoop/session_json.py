"""Sessions as JSON bytes, made once and kept until the session or its connection changes."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from mockhoop.gateway.facets import CONNECTIONS
from mockhoop.gateway.fields import ABSENT, SessionView, list_view
from mockhoop.gateway.records import Connection, Session
from mockhoop.gateway.wire import dumps, dumps_plain
from mockhoop.responders.hoop.shapes import SessionShapes
from mockhoop.world.world import World

# Entries, not bytes: an item of a list is about a kilobyte, so that a full memory is some ten megabytes.
_KEPT = 10_000
_KEPT_ENVELOPES = 1_000


class SessionJson:
    """Writes sessions as the gateway does: an item of a list without HTML escapes, one by itself with them."""

    def __init__(self, shapes: SessionShapes) -> None:
        self._shapes = shapes
        self._items = _Kept(self._encode_item)
        self._plain = _Kept(self._encode_plain)
        self._envelope = lru_cache(maxsize=_KEPT_ENVELOPES)(self._encode_envelope)

    def page(self, world: World, page: Sequence[Session], *, total: int | None, capped: bool, more: bool) -> bytes:
        """The body of a list: not HTML-escaped, with a newline at its end (section 1.4)."""
        before, opening, after = self._envelope(total, capped, more)
        if not opening:
            return before  # a contract whose lists show no items
        items = self._items.of_page(page, world.table(CONNECTIONS).get) or [b""]
        items[0] = before + b"[" + items[0]
        items[-1] += b"]" + after
        return b",".join(items)

    def session(self, world: World, session: Session, script: str | None) -> bytes:
        """The body of a session without its recording: HTML-escaped, with a newline at its end (section 1.4)."""
        connection = _connection(world, session)
        if script is session.script:
            return self._plain.get(session, connection)
        return self._encode(_view(session, connection, script, ABSENT, session.event_size))

    def expanded_session(
        self, world: World, session: Session, script: str | None, stream: Any, event_size: int
    ) -> bytes:
        """The body of a session with a rendering of its recording."""
        return self._encode(_view(session, _connection(world, session), script, stream, event_size))

    def _encode_envelope(self, total: int | None, capped: bool, more: bool) -> tuple[bytes, bytes, bytes]:
        """What stands before the items of a list, their brackets, and what stands behind them."""
        return (dumps_plain(self._shapes.envelope(total=total, capped=capped, more=more)) + b"\n").partition(b"[]")

    def _encode(self, view: SessionView) -> bytes:
        return dumps(self._shapes.session(view)) + b"\n"

    def _encode_plain(self, session: Session, connection: Connection | None) -> bytes:
        return self._encode(_view(session, connection, session.script, ABSENT, session.event_size))

    def _encode_item(self, session: Session, connection: Connection | None) -> bytes:
        view = list_view(session, _resource_name(connection))
        return dumps_plain(self._shapes.session(view, listed=True))


_Entry = tuple[Session, Connection | None, bytes]
_CONNECTION, _BYTES = itemgetter(1), itemgetter(2)


class _Kept:
    """What was encoded before, by session; good as long as session and connection are the same records.

    An entry holds its session, so that no other record has that one's ``id()``. When the memory is half full of what
    was asked for last, what has not been asked for since is let go of.
    """

    def __init__(self, encode: Callable[[Session, Connection | None], bytes]) -> None:
        self._encode = encode
        self._entries: dict[int, _Entry] = {}
        self._older: dict[int, _Entry] = {}

    def of_page(self, page: Sequence[Session], connection_of: Callable[[str], Connection | None]) -> list[bytes]:
        """The bytes of some sessions, in their order."""
        try:
            entries = [*map(self._entries.__getitem__, map(id, page))]
        except KeyError:
            entries = []
        # Most sessions of a page share a few connections, so that one of each tells whether it is still the same.
        one_of_each = dict(zip(map(id, map(_CONNECTION, entries)), entries, strict=True))
        if entries and all(_is_good(entry, connection_of) for entry in one_of_each.values()):
            return [*map(_BYTES, entries)]
        return [self.get(session, connection_of(session.connection)) for session in page]

    def get(self, session: Session, connection: Connection | None) -> bytes:
        key = id(session)
        entry = self._entries.get(key) or self._older.get(key)
        if entry is None or entry[1] is not connection:
            # The copy lets go of the encoder's buffer, which is many times as large.
            entry = (session, connection, bytes(memoryview(self._encode(session, connection))))
        if len(self._entries) >= _KEPT // 2 and key not in self._entries:
            self._older, self._entries = self._entries, {}
        self._entries[key] = entry
        return entry[2]


def _is_good(entry: _Entry, connection_of: Callable[[str], Connection | None]) -> bool:
    """Whether the connection is the one that there is now; where there was none, that is to be looked up for each."""
    session, connection, _ = entry
    return connection is not None and connection_of(session.connection) is connection


def _connection(world: World, session: Session) -> Connection | None:
    connection: Connection | None = world.table(CONNECTIONS).get(session.connection)
    return connection


def _resource_name(connection: Connection | None) -> str:
    return connection.resource_name if connection is not None else ""


def _view(
    session: Session, connection: Connection | None, script: str | None, stream: Any, event_size: int
) -> SessionView:
    return SessionView(session, _resource_name(connection), script, stream, event_size)
