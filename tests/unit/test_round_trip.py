"""JSON that is written as we write it is read at once, and as it is read otherwise."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.gateway.wire import dumps, dumps_plain
from mockhoop.media import round_trip
from mockhoop.media.json_text import parsed
from mockhoop.media.round_trip import parsed_again
from mockhoop.media.unreadable import Unreadable

texts = st.text(max_size=4) | st.sampled_from(["<a>", "a & b", "\u2028", "\\u003c", "\\", '"', "\x7f"])
whole = st.integers() | st.sampled_from([2**63, 2**64 - 1, 2**64, -(2**63) - 1])
scalars = st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def read(way: Any, body: bytes) -> tuple[str, Any]:
    """What a way of reading makes of a body, types and all: 1 is not 1.0."""
    try:
        value = way(body)
    except Unreadable as error:
        return "unreadable", str(error)
    return "read", repr(value)


def at_length(body: bytes) -> Any:
    return parsed(body, any_depth=True)


def as_the_standard_library(value: Any) -> bytes:
    return json.dumps(value).encode()


@given(
    values, st.sampled_from([orjson.dumps, dumps, dumps_plain, as_the_standard_library]), st.sampled_from([b"", b"\n"])
)
def test_what_is_written_is_read_as_it_is_read_at_length(value: Any, write: Any, end: bytes) -> None:
    try:
        body = write(value) + end
    except TypeError:
        return  # beyond 64 bits
    assert read(parsed_again, body) == read(at_length, body)


@given(st.text('[]{}:,"ab\\u0<>1e+-. \n', max_size=12).map(str.encode) | st.binary(max_size=6))
@example(b'{"a":1,"a":1}')
@example(b'{"a":1,"\\u0061":2}')
@example(b'["\\u003c","<"]')
@example(b"1e999")
@example(b"-0")
@example(b"-0.0")
@example(b"100000000000000000000")
@example(b"NaN")
@example(b"\xef\xbb\xbf1")
@example(b'"\\ud800"')
@example(b"[" * 2000 + b"]" * 2000)
@example(b"[" * 300 + b"]" * 300)
def test_any_text_is_read_or_refused_as_at_length(body: bytes) -> None:
    assert read(parsed_again, body) == read(at_length, body)


@pytest.mark.parametrize("value", [{"a": [1, 1.5, None, True, "é"]}, ["<b>", "a & b", "\u2028\u2029"]])
def test_the_gateways_own_json_takes_the_short_way(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_trip, "parsed", None)
    assert parsed_again(dumps(value) + b"\n") == value


def test_json_in_another_character_set_is_read_in_that() -> None:
    assert parsed_again('["é"]'.encode("utf-16"), "utf-16") == ["é"]
