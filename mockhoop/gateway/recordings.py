"""What a session said and was told: how it is stored, rendered and downloaded."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from mockhoop.gateway import wire
from mockhoop.gateway.records import Event, Recording, Refusal
from mockhoop.gateway.times import SECOND, rfc3339

UNKNOWN_FORMAT = Refusal(422, "event_stream attribute has an unknown type format")
UNDECODABLE = (
    "An internal error occurred: unable to decode the event stream due to invalid characters.\n"
    "Please download the session as an alternative."
)
_OUTPUT = frozenset("oe")
_SELECTABLE = frozenset("ioe")
# What Go's quoting leaves alone or escapes in a way that JSON knows too; all of it one byte.
_HARMLESS = bytes(range(0x20, 0x7F)) + b"\b\f\n\r\t"


@dataclass(frozen=True, slots=True)
class Rendering:
    """The value of ``event_stream`` and the ``event_size`` that goes with it.

    ``stream`` is JSON that is text already, the word ``null`` included; None leaves the key out.
    """

    stream: wire.Encoded | None
    size: int


def make_recording(events: Iterable[Event], wire_protocol: bool = False) -> Recording:
    """Records the events; those without payload are never stored (section 4.4).

    The size is the length of the stored text, but 0 for a recording without events.
    """
    kept = tuple(event for event in events if event.payload)
    # Each event adds two brackets, two commas, four quotes, and a comma or, the last one, an outer bracket.
    size = sum(
        9 + len(wire.number(event.seconds)) + len(event.kind) + (len(event.payload) + 2) // 3 * 4 for event in kept
    )
    return Recording(kept, size + 1 if kept else 0, wire_protocol)


def stored(recording: Recording) -> bytes:
    """The stored text, compact triples of seconds, kind and base64: ``[[0.27,"o","aGk="]]`` (section 4.4)."""
    return _triples(recording.events)


def render(recording: Recording | None, kind: str | None, subtype: str, stored_size: int) -> Rendering | Refusal:
    """What ``event_stream=<kind>`` shows of a recording that was asked for with ``expand`` (section 4.4).

    ``recording`` is None when there is no row or the caller may not see it; then an unknown kind does not
    matter. ``subtype`` is the connection's, ``stored_size`` the session's own ``event_size``.
    """
    if recording is None:
        return Rendering(None, stored_size)
    match kind or "":
        case "":
            return render_triples(recording, stored_size)
        case "utf8":
            return render_utf8(recording)
        case "base64":
            return render_base64(recording)
        case "raw-queries":
            return raw_queries(recording, subtype, stored_size)
    return UNKNOWN_FORMAT


def render_triples(recording: Recording, stored_size: int) -> Rendering:
    """The events as they are stored."""
    return Rendering(wire.Encoded(stored(recording)), stored_size if recording.events else 0)


def render_utf8(recording: Recording) -> Rendering:
    """The output as one text; its size is the number of code points (section 4.4).

    The gateway quotes the text as Go does. Where that is not JSON (the escape of a terminal, a byte that is
    not UTF-8, an unprintable character beyond U+FFFF) a fixed sentence stands instead; the size stays.
    """
    output = _output(recording)
    try:
        text = output.decode()
    except UnicodeDecodeError:
        return Rendering(_one(UNDECODABLE), len(output.decode(errors="surrogateescape")))
    unusual = {char for char in output.translate(None, _HARMLESS).decode() if not char.isprintable()}
    escapes = {char: wire.go_escape(char) for char in unusual}
    if not all(escape.startswith("\\u") for escape in escapes.values()):
        return Rendering(_one(UNDECODABLE), len(text))
    stream = _one(text)
    for char, escape in escapes.items():
        stream = wire.Encoded(stream.replace(char.encode(), escape.encode()))
    return Rendering(stream, len(text))


def render_base64(recording: Recording) -> Rendering:
    """The output as one base64 text; its size is that of the text (section 4.4)."""
    text = b64encode(_output(recording))
    return Rendering(wire.Encoded(b'["%b"]' % text), len(text))


def raw_queries(recording: Recording, subtype: str, stored_size: int) -> Rendering:
    """The SQL in a recording of PostgreSQL's protocol; its size is the bytes of the queries (section 4.4).

    A recording of no protocol, or without events, is shown as it is stored; one of another protocol is not
    shown.
    """
    if not recording.wire_protocol or not recording.events:
        return render_triples(recording, stored_size)
    if subtype != "postgres":
        return Rendering(None, 0)
    found = [
        Event(event.seconds, event.kind, query)
        for event in recording.events
        if event.kind == "i" and (query := _query(event.payload))
    ]
    stream = _triples(found) if found else b"null"
    return Rendering(wire.Encoded(stream), sum(len(event.payload) for event in found))


def download_content(
    recording: Recording | None,
    *,
    started: int,
    extension: str = "",
    newline: str = "",
    event_time: str = "",
    events: str = "",
) -> bytes:
    """What a download contains and, without ``extension``, a result stream too (sections 5.1 and 5.3).

    The options are those of the request's URL, ``started`` is the session's. Empty without a recording. The
    ``time`` of an event in JSON is written like the one that ``event_time`` puts in front of a plain event.
    """
    if recording is None:
        return b""
    wanted = _SELECTABLE.intersection(events.split(",")) or _OUTPUT
    chosen = [event for event in recording.events if event.kind in wanted]
    if extension.endswith("json"):
        return _as_json(chosen, started)
    end = b"\n" if newline == "1" else b""
    if event_time == "1":
        content = b"".join(b"%b %b%b" % (_time(event, started).encode(), event.payload, end) for event in chosen)
    else:
        content = b"".join(event.payload + end for event in chosen)
    return content.replace(b"\t", b",") if extension.endswith("csv") else content


def _as_json(events: list[Event], started: int) -> bytes:
    if not events:
        return b"null"
    return wire.dumps(
        [
            {
                "stream": event.payload.decode(errors="surrogateescape"),
                "time": _time(event, started),
                "type": event.kind,
            }
            for event in events
        ]
    )


def _time(event: Event, started: int) -> str:
    # The event's own seconds lose their fraction before they are added.
    return rfc3339(started + int(event.seconds) * SECOND, "s")


def _triples(events: Iterable[Event]) -> bytes:
    triples = (
        f'[{wire.number(event.seconds)},"{event.kind}","{b64encode(event.payload).decode()}"]' for event in events
    )
    return f"[{','.join(triples)}]".encode()


def _output(recording: Recording) -> bytes:
    return b"".join(event.payload for event in recording.events if event.kind in _OUTPUT)


def _one(text: str) -> wire.Encoded:
    return wire.Encoded(wire.dumps_plain([text]))


def _query(payload: bytes) -> bytes:
    """The SQL of a payload's first packet: a simple query with its NUL, a parse message's without."""
    body = payload[5 : 1 + int.from_bytes(payload[1:5], "big")]
    match payload[:1]:
        case b"Q":
            return body
        case b"P":
            _name, _, rest = body.partition(b"\0")
            return rest.partition(b"\0")[0]
    return b""
