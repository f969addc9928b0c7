"""An exchange as a text, for reports."""

from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers

_MOST = 4000


def shown(entry: Entry) -> str:
    """What was asked and what was answered, as it goes over a wire."""
    asked = _message(f"{entry.method} {entry.target}", entry.request_headers, entry.request_body)
    return f"{asked}\n\n{_message(str(entry.status), entry.response_headers, entry.response_body)}"


def _message(first: str, headers: Headers, body: bytes) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join([*lines, "", body_text(body)] if body else lines)


def body_text(body: bytes) -> str:
    """A body as a text, cut where it is long."""
    text = body.decode(errors="replace")
    return text if len(text) <= _MOST else f"{text[:_MOST]}… ({len(body)} bytes)"
