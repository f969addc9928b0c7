"""The short way to read a body gives what reading it token by token gives, wherever it gives anything."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decoded_by_tokens
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.plain_decoding import plainly_decoded

WINDOW = Struct("Window", "api", (Field("Kind", "kind", go.TEXT), Field("Config", "config", go.TEXT_MAP)))
ORDER = Struct(
    "Order",
    "api",
    (
        Field("Name", "name", go.TEXT),
        Field("Kind", "kind", go.OPTIONAL_TEXT),
        Field("Count", "count", go.INT),
        Field("Force", "force", go.BOOL),
        Field("Labels", "labels", go.TEXT_MAP),
        Field("Extra", "extra", go.ANY_MAP),
        Field("Args", "args", go.TEXTS),
        Field("Window", "window", WINDOW.type(pointer=True)),
        Field("Inside", "inside", WINDOW.type()),
        Field("Any", "any", go.ANY),
    ),
)
SCALARS = (
    *("null", "true", "false", "0", "-0", "-0.0", "7", "-7", "1.0", "1e3", "1e999", "01", "NaN", "-Infinity"),
    *("9223372036854775807", "9223372036854775808", "1" * 400, '""', '"a"', '"\\n"', '"\\ud800"', '"\\u0061"', '"ſ"'),
    *('"\t"', '"\\x"', '"\\\\u"'),
)
KEYS = (*(field.name for field in ORDER.fields), "config", "NAME", "Kind", "ſ", "Kind", "other", "x")


def written(value: Any) -> str:
    """The JSON text of pairs, lists and literals; a key may stand in an object more than once."""
    if isinstance(value, tuple):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{written(one)}" for key, one in value) + "}"
    return f"[{','.join(map(written, value))}]" if isinstance(value, list) else str(value)


values = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=3).map(tuple)
    ),
    max_leaves=6,
)
objects = st.lists(st.tuples(st.sampled_from(KEYS), values), max_size=5).map(tuple)


@given(objects.map(written), st.sampled_from(["", " ", "\n", "\ufeff"]), st.sampled_from([b"", b" {", b"\xff", b"x"]))
@example('{"extra":{"a":-0}}', "", b"")
@example('{"any":"\xff"}', "", b"")
@settings(max_examples=600)
def test_what_is_read_the_short_way_is_what_the_tokens_say(text: str, before: str, behind: bytes) -> None:
    body = before.encode() + text.encode() + behind
    found = plainly_decoded(body, ORDER)
    # Texts tell what equality does not: minus zero, the kind of a number, the order of the keys.
    assert found is None or repr(found) == repr(decoded_by_tokens(body, ORDER))


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"name":"a","kind":null,"count":7,"force":true,"labels":{"a":"b","c":null},"args":["a",null]}',
        b' {"extra":{"a":[1,2.5,{"b":null}]},"any":[1],"window":{"kind":"x"},"inside":{"config":{"a":"b"}}} more',
        b'{"other":{"name":1}}',
    ],
)
def test_plain_bodies_go_the_short_way(body: bytes) -> None:
    assert repr(plainly_decoded(body, ORDER)) == repr(decoded_by_tokens(body, ORDER))


def test_what_was_read_before_is_not_what_is_read_next() -> None:
    first = plainly_decoded(b'{"inside":{"kind":"x"}}', ORDER)
    assert first is not None
    assert first["inside"]["kind"] == "x"
    again = plainly_decoded(b"{}", ORDER)
    assert again is not None
    again["inside"]["kind"] = "changed"
    assert plainly_decoded(b"{}", ORDER) == ORDER.zero()
