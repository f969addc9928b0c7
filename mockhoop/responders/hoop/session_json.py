"""Sessions as JSON bytes, made once and kept until the session or its connection changes."""

from collections.abc import Callable, Sequence
from typing import Any

from mockhoop.gateway.facets import CONNECTIONS
from mockhoop.gateway.fields import ABSENT, SessionView, list_view
from mockhoop.gateway.records import Connection, Session
from mockhoop.gateway.wire import dumps, dumps_plain
from mockhoop.responders.hoop.shapes import SessionShapes
from mockhoop.world.world import World

# Entries, not bytes: an item of a list is about a kilobyte, so that a full memory is some ten megabytes.
_KEPT = 10_000


class SessionJson:
    """Writes sessions as the gateway does: an item of a list without HTML escapes, one by itself with them."""

    def __init__(self, shapes: SessionShapes) -> None:
        self._shapes = shapes
        self._items = _Kept(self._encode_item)
        self._plain = _Kept(self._encode_plain)

    def page(self, world: World, page: Sequence[Session], *, total: int | None, capped: bool, more: bool) -> bytes:
        """The body of a list: not HTML-escaped, with a newline at its end (section 1.4)."""
        connection_of = world.table(CONNECTIONS).get
        items = b",".join([self._items.get(session, connection_of(session.connection)) for session in page])
        envelope = dumps_plain(self._shapes.envelope(total=total, capped=capped, more=more))
        return envelope.replace(b"[]", b"[%b]" % items, 1) + b"\n"

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

    def _encode(self, view: SessionView) -> bytes:
        return dumps(self._shapes.session(view)) + b"\n"

    def _encode_plain(self, session: Session, connection: Connection | None) -> bytes:
        return self._encode(_view(session, connection, session.script, ABSENT, session.event_size))

    def _encode_item(self, session: Session, connection: Connection | None) -> bytes:
        view = list_view(session, _resource_name(connection))
        return dumps_plain(self._shapes.session(view, listed=True))


class _Kept:
    """What was encoded before, by session; good as long as session and connection are the same records."""

    def __init__(self, encode: Callable[[Session, Connection | None], bytes]) -> None:
        self._encode = encode
        self._entries: dict[str, tuple[Session, Connection | None, bytes]] = {}

    def get(self, session: Session, connection: Connection | None) -> bytes:
        entry = self._entries.get(session.id)
        if entry is not None and entry[0] is session and entry[1] is connection:
            return entry[2]
        # The copy lets go of the encoder's buffer, which is many times as large.
        made = bytes(memoryview(self._encode(session, connection)))
        if len(self._entries) >= _KEPT:
            self._entries.clear()
        self._entries[session.id] = (session, connection, made)
        return made


def _connection(world: World, session: Session) -> Connection | None:
    connection: Connection | None = world.table(CONNECTIONS).get(session.connection)
    return connection


def _resource_name(connection: Connection | None) -> str:
    return connection.resource_name if connection is not None else ""


def _view(
    session: Session, connection: Connection | None, script: str | None, stream: Any, event_size: int
) -> SessionView:
    return SessionView(session, _resource_name(connection), script, stream, event_size)
