"""The doors: values written as bodies of a media type, and bodies read as values."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.media import events, forms, json_text, kinds, lines, samples, tables, xml_reading, xml_writing
from mockhoop.media.charset import UTF8, codec, encoded, leniently_decoded
from mockhoop.media.kinds import MediaType, media_type, one_of_range
from mockhoop.media.shape import Resolve, Schema, from_text, parts, types
from mockhoop.media.unreadable import Unreadable

__all__ = ["Body", "Unreadable", "read", "reader", "write"]


@dataclass(frozen=True, slots=True)
class Body:
    """What goes out: the bytes, and the media type that they are of."""

    content: bytes
    content_type: str


def write(value: Any, content_type: str, schema: Schema, resolve: Resolve) -> Body:
    """The value as a body of a media type; the same value always gives the same bytes.

    ``content_type`` may be a range, for which a media type is chosen. ``schema`` may be None; ``resolve`` gives
    what a chain of references ends at.
    """
    content_type = _with_known_charset(one_of_range(content_type))
    media = media_type(content_type)
    schema = {} if schema is None else schema
    if media.kind == kinds.MULTIPART:
        return Body(*forms.written_parts(value, schema, resolve, media.essence))
    return Body(_WRITERS[media.kind](value, media, schema, resolve), content_type)


def read(
    body: bytes, content_type: str, schema: Schema, resolve: Resolve, encoding: Mapping[str, Any] | None = None
) -> Any:
    """The value of a body of a media type, in the shape that the schema gives it.

    Bytes that are no text are read as one character each. ``encoding`` is what the contract says of the parts of
    a form.

    Raises:
        Unreadable: the body is not what its media type says.
    """
    return reader(content_type, schema, resolve, encoding)(body)


def reader(
    content_type: str, schema: Schema, resolve: Resolve, encoding: Mapping[str, Any] | None = None
) -> Callable[[bytes], Any]:
    """How bodies of a media type are read, for reading many; what it gives does as ``read`` does."""
    media = media_type(content_type)
    shape = {} if schema is None else schema
    if media.kind == kinds.JSON:
        charset = media.charset
        return lambda body: json_text.parsed(body, charset)
    if media.kind == kinds.MULTIPART:
        return lambda body: forms.parsed_parts(body, content_type, shape, resolve, encoding)
    if media.kind == kinds.FORM:
        return lambda body: forms.parsed(body, shape, resolve, media.charset, encoding)
    parse = _READERS[media.kind]
    return lambda body: parse(body, media, shape, resolve)


def _with_known_charset(content_type: str) -> str:
    try:
        codec(media_type(content_type).charset)
    except Unreadable:
        return f"{media_type(content_type).essence}; charset={UTF8}"
    return content_type


_Writer = Callable[[Any, MediaType, Schema, Resolve], bytes]
_Reader = Callable[[bytes, MediaType, Schema, Resolve], Any]


def _text_written(value: Any, media: MediaType, _schema: Schema, _resolve: Resolve) -> bytes:
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json_text.written(value).decode()
    return encoded(text, media.charset)


def _bytes_written(value: Any, media: MediaType, schema: Schema, resolve: Resolve) -> bytes:
    known = samples.sample(media.essence)
    if any(part.get("format") == "byte" for part in parts(schema, resolve)):
        # A text of this format is in base64 already.
        return value.encode(errors="replace") if isinstance(value, str) else b64encode(known or samples.raw(value))
    if isinstance(value, bytes):
        return value
    if known is not None and (not isinstance(value, str) or not _is_octets(media)):
        return known
    return samples.raw(value) if isinstance(value, str) else json_text.written(value)


def _is_octets(media: MediaType) -> bool:
    return media.essence == "application/octet-stream"


def _text_read(body: bytes, media: MediaType, schema: Schema, resolve: Resolve) -> Any:
    text = leniently_decoded(body, media.charset)
    if "string" in types(schema, resolve):
        return text
    return from_text(text, schema, resolve)


def _bytes_read(body: bytes, *_: object) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


_WRITERS: dict[str, _Writer] = {
    kinds.JSON: lambda value, media, _schema, _resolve: json_text.written(value, media.charset),
    kinds.XML: lambda value, media, schema, resolve: xml_writing.written(value, schema, resolve, media.charset),
    kinds.FORM: lambda value, *_: forms.written(value),
    kinds.LINES: lambda value, *_: lines.written_lines(value),
    kinds.SEQUENCE: lambda value, *_: lines.written_sequence(value),
    kinds.EVENTS: lambda value, *_: events.written(value),
    kinds.CSV: lambda value, media, *_: tables.written(value, media.charset),
    kinds.TEXT: _text_written,
    kinds.BINARY: _bytes_written,
}
_READERS: dict[str, _Reader] = {
    kinds.XML: lambda body, media, schema, resolve: xml_reading.parsed(body, schema, resolve, media.charset),
    kinds.LINES: lambda body, media, *_: lines.parsed_lines(body, media.charset),
    kinds.SEQUENCE: lambda body, media, *_: lines.parsed_sequence(body, media.charset),
    kinds.EVENTS: lambda body, media, *_: events.parsed(body, media.charset),
    kinds.CSV: _text_read,
    kinds.TEXT: _text_read,
    kinds.BINARY: _bytes_read,
}
