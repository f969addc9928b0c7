"""Forms: objects as pairs of names and texts, or as parts of a body."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mockhoop.media import json_text, multipart, samples
from mockhoop.media.brackets import gathered, in_order
from mockhoop.media.charset import decoded, leniently_decoded
from mockhoop.media.kinds import JSON, kind_of, media_type
from mockhoop.media.multipart import Part
from mockhoop.media.shape import Resolve, Schema, additional, from_text, items, parts, properties, text_of, types
from mockhoop.media.unreadable import Unreadable

MOST_FIELDS = 10_000
_OF_OBJECTS = {"object", "null"}
_MARKS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


class Fields(dict[str, str]):
    """The first text of each field, with ``getlist`` for all of them; ``pairs`` is the form as it came."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__()
        self.pairs = pairs
        self._all: dict[str, list[str]] = {}
        for name, text in pairs:
            self.setdefault(name, text)
            self._all.setdefault(name, []).append(text)

    def getlist(self, name: str) -> list[str]:
        """Every text of the field, in order."""
        return self._all.get(name, [])


def written(value: Any) -> bytes:
    """An object as pairs: items of an array under one name; objects, and arrays of them, as JSON."""
    if not isinstance(value, Mapping):
        return text_of(value).encode(errors="replace")
    pairs = [(str(name), _text(part)) for name, held in value.items() for part in _fields_of(held)]
    return urlencode(pairs, errors="replace").encode()


def fields(body: bytes, charset: str = "") -> Fields:
    """The fields of a form.

    Raises:
        Unreadable: it is no text, or has more fields than anybody sends.
    """
    text = decoded(body, charset)
    if text.count("&") >= MOST_FIELDS:
        raise Unreadable(f"more than {MOST_FIELDS} fields")
    return Fields(parse_qsl(text, keep_blank_values=True))


def parsed(
    body: bytes, schema: Schema, resolve: Resolve, charset: str = "", encoding: Mapping[str, Any] | None = None
) -> Any:
    """The object that a form stands for; raises as ``fields`` does.

    What is within a field can be told by brackets, as in ``address[city]``. ``encoding`` is what the contract says of
    the fields by name.
    """
    declared = properties(schema, resolve)
    others = additional(schema, resolve)
    plain, branches = gathered(fields(body, charset).pairs, declared)
    found = Fields(plain)
    value: dict[str, Any] = {}
    for name in found:
        told = resolve((encoding or {}).get(name)) or {}
        if media_type(str(told.get("contentType") or "")).kind == JSON:
            held = [json_text.parsed_text(text) for text in found.getlist(name)]
            value[name] = held if len(held) > 1 else held[0]
        else:
            value[name] = _value(_split(found.getlist(name), told), declared.get(name, others), resolve)
    return value | {name: _within(branch, declared[name], resolve) for name, branch in branches.items()}


def _split(texts: list[str], told: Mapping[str, Any]) -> list[str]:
    """The texts of a field whose items may stand in one."""
    style = told.get("style", "form" if "explode" in told else "")
    mark = _MARKS.get(style)
    if mark is None or told.get("explode", style == "form") is True or len(texts) != 1:
        return texts
    return texts[0].split(mark) if texts[0] else []


def _within(branch: Any, schema: Schema, resolve: Resolve) -> Any:
    """The value of what was told by brackets."""
    if isinstance(branch, list):
        return _value(branch, schema, resolve)
    wanted = types(schema, resolve)
    listed = "array" in wanted and ("object" not in wanted or all(not key or key.isdecimal() for key in branch))
    if listed:
        return [_within(one, items(schema, resolve), resolve) for one in in_order(branch)]
    declared, others = properties(schema, resolve), additional(schema, resolve)
    return {key: _within(one, declared.get(key, others), resolve) for key, one in branch.items()}


def written_parts(value: Any, schema: Schema, resolve: Resolve, essence: str) -> tuple[bytes, str]:
    """A body with a part for each field, or for each item when the value is no object; and its media type."""
    if isinstance(value, Mapping):
        declared = properties(schema, resolve)
        made = [
            _part(item, str(name), declared.get(name, {}), resolve)
            for name, held in value.items()
            for item in _each(held)
        ]
    else:
        made = [Part(json_text.written(item), content_type="application/json") for item in _each(value)]
    return multipart.written(made, essence)


def parsed_parts(
    body: bytes, content_type: str, schema: Schema, resolve: Resolve, encoding: Mapping[str, Any] | None = None
) -> Any:
    """The object that the parts of a body stand for; a list when they are for no fields.

    ``encoding`` is what the contract says of the parts by name.

    Raises:
        Unreadable: the body is not made of parts, or a part cannot be read as what it should be.
    """
    found = multipart.parsed(body, content_type)
    if media_type(content_type).essence == "multipart/form-data" or (found and all(p.name for p in found)):
        return dict(_members(found, schema, resolve, encoding or {}))
    inner = items(schema, resolve)
    return [_part_value(part, inner, resolve, "", f"part {number}") for number, part in enumerate(found, 1)]


def _members(
    found: list[Part], schema: Schema, resolve: Resolve, encoding: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    by_name: dict[str, list[Part]] = {}
    for number, part in enumerate(found, 1):
        if part.name is None:
            raise Unreadable(f"part {number} does not say which field it is for")
        by_name.setdefault(part.name, []).append(part)
    declared = properties(schema, resolve)
    others = additional(schema, resolve)
    for name, held in by_name.items():
        inner = declared.get(name, others)
        told = resolve(encoding.get(name)) or {}
        wanted = str(told.get("contentType") or "")
        listed = "array" in types(inner, resolve) and not _is_one_json_array(held, wanted, inner, resolve)
        of_item = items(inner, resolve) if listed else inner
        values = [_part_value(part, of_item, resolve, wanted, f"the part {name[:80]!r}") for part in held]
        yield name, values if listed or len(values) > 1 else values[0]


def _is_one_json_array(held: list[Part], wanted: str, schema: Schema, resolve: Resolve) -> bool:
    if len(held) > 1 or _kind(held[0], wanted) != JSON:
        return False
    # Items that are objects come as JSON too, one in a part.
    return held[0].content.lstrip()[:1] == b"[" and "array" not in types(items(schema, resolve), resolve)


def _kind(part: Part, wanted: str) -> str:
    named = wanted if wanted and "," not in wanted and "*" not in wanted else part.content_type
    return kind_of(media_type(named).essence) if named else ""


def _part_value(part: Part, schema: Schema, resolve: Resolve, wanted: str, where: str) -> Any:
    charset = media_type(part.content_type).charset
    allowed = types(schema, resolve)
    told = _kind(part, wanted)
    if told == JSON or (not told and allowed and allowed <= {"object", "array", "null"}):
        try:
            return json_text.parsed(part.content, charset)
        except Unreadable as error:
            raise Unreadable(f"{where}: {error}", error.code) from None
    if is_binary(schema, resolve):
        return part.content.decode("latin-1")
    return from_text(leniently_decoded(part.content, charset), schema, resolve)


def is_binary(schema: Schema, resolve: Resolve) -> bool:
    """Whether a schema stands for bytes as they are."""
    return any(part.get("format") == "binary" or "contentMediaType" in part for part in parts(schema, resolve))


def _fields_of(held: Any) -> list[Any]:
    of_objects = isinstance(held, list | tuple) and any(isinstance(item, Mapping) for item in held)
    return [held] if of_objects else _each(held)


def _value(texts: list[str], schema: Schema, resolve: Resolve) -> Any:
    if "array" in types(schema, resolve) and not (len(texts) == 1 and _is_whole(texts[0], schema, resolve)):
        return [_from_field(text, items(schema, resolve), resolve) for text in texts]
    values = [_from_field(text, schema, resolve) for text in texts]
    return values[0] if len(values) == 1 else values


def _is_whole(text: str, array: Schema, resolve: Resolve) -> bool:
    """Whether a text is not an item but all of a field: a list of objects as JSON, or a text instead of a list."""
    inner = items(array, resolve)
    allowed = types(inner, resolve)
    if text[:1] == "[" and "object" in allowed:
        return True
    if not allowed or "string" not in types(array, resolve):
        return False
    return not text or ("string" not in allowed and isinstance(_from_field(text, inner, resolve), str))


def _from_field(text: str, schema: Schema, resolve: Resolve) -> Any:
    if {"object", "array"} & types(schema, resolve) and text[:1] in "{[":
        try:
            return json_text.parsed_text(text)
        except Unreadable:
            return text
    return from_text(text, schema, resolve)


def _part(value: Any, name: str, schema: Schema, resolve: Resolve) -> Part:
    if isinstance(value, Mapping | list | tuple) or (value is None and types(schema, resolve) <= _OF_OBJECTS):
        return Part(json_text.written(value), name, "application/json")
    of_item = items(schema, resolve) if "array" in types(schema, resolve) else schema
    if isinstance(value, bytes) or is_binary(of_item, resolve):
        return Part(samples.raw(value), name, "application/octet-stream", is_file=True)
    return Part(text_of(value).encode(errors="replace"), name)


def _each(held: Any) -> list[Any]:
    return list(held) if isinstance(held, list | tuple) else [held]


def _text(value: Any) -> str:
    return json_text.written(value).decode() if isinstance(value, Mapping | list | tuple) else text_of(value)
