"""JSON as Go writes it (sections 1.4, 1.5 and 3b.1)."""

import json
import math
import re
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.gateway import wire
from mockhoop.gateway.records import Event, Refusal

HTML = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"}
LINES = {"\u2028": r"\u2028", "\u2029": r"\u2029"}
special = st.sampled_from('<>&"\\/\b\f\n\r\t\0\x1b\x7f\x85\u2028\u2029\ufeff\ufffd😀é .0e5,}]')
texts = st.text(st.one_of(special, st.characters(exclude_categories=["Cs"])))
whole = st.integers(-(2**63), 2**64 - 1)
plain = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
finite = st.floats(allow_nan=False, allow_infinity=False)
with_floats = st.recursive(
    finite | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def reference(value: Any, escapes: dict[str, str]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, escape in escapes.items():
        text = text.replace(char, escape)
    return text.encode()


@given(plain)
@example({"a<b": ["x&y", "\u2028"], "select 1.0, 1e5,": {}})
def test_without_floats_the_bytes_are_those_of_the_standard_library_and_html_escapes(value: Any) -> None:
    """Section 1.4, the row of almost everything."""
    assert wire.dumps(value) == reference(value, HTML | LINES)


@given(plain)
@example({"a<b": ["x&y", "\u2029"]})
def test_the_plain_form_escapes_only_the_line_separators(value: Any) -> None:
    """Section 1.4, the row of GET /sessions."""
    assert wire.dumps_plain(value) == reference(value, LINES)


@given(with_floats)
def test_numbers_come_back_as_they_were(value: Any) -> None:
    assert json.loads(wire.dumps(value), parse_int=float) == json.loads(json.dumps(value), parse_int=float)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-17.0, "-17"),
        (0.268589438, "0.268589438"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (9.99e-7, "9.99e-7"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (5e-324, "5e-324"),
        (1e15, "1000000000000000"),
        (1e16, "10000000000000000"),
        (123456789012345678901.0, "123456789012345680000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.25e300, "-1.25e+300"),
    ],
)
def test_a_float_has_the_form_that_go_gives_it(value: float, text: str) -> None:
    assert [wire.number(value), wire.dumps(value).decode()] == [text, text]


@given(finite)
def test_a_float_reads_back_and_has_an_exponent_only_outside_the_usual_range(value: float) -> None:
    text = wire.number(value)
    assert float(text) == value
    usual = value == 0 or 1e-6 <= abs(value) < 1e21
    form = r"-?\d+(\.\d*[1-9])?" if usual else r"-?\d(\.\d*[1-9])?e(-[1-9]\d*|\+\d\d+)"
    assert re.fullmatch(form, text)


@pytest.mark.parametrize("place", ["{%s}", '{"k":[1,{"k":%s}]}', "[%s]", "[%s,null]", '{"a":%s,"b":true}'])
def test_a_float_is_found_wherever_it_stands(place: str) -> None:
    place = place.replace("{%s}", '{"k":%s}')
    assert wire.dumps(json.loads(place % "2.0")).decode() == place % "2"
    assert wire.dumps(json.loads(place % "1e300")).decode() == place % "1e+300"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null_in_a_body(value: float) -> None:
    assert wire.dumps([1.0, value]) == b"[1,null]"


def test_a_number_that_is_not_finite_has_no_text_of_its_own() -> None:
    with pytest.raises(ValueError, match="nan"):
        wire.number(math.nan)


def test_a_whole_number_beyond_64_bits_is_written_as_a_float() -> None:
    assert wire.dumps([2**64 - 1, -(2**63), 2**64, 10**21]) == (
        b"[18446744073709551615,-9223372036854775808,18446744073709552000,1e+21]"
    )


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("\b\f\n\r\t", rb'"\b\f\n\r\t"'),
        ("\0\x0b\x1b\x1f", rb'"\u0000\u000b\u001b\u001f"'),
        ("\x7f", b'"\x7f"'),
        ("\x85\ufeff", '"\x85\ufeff"'.encode()),
        ("/'", b'"/\'"'),
        ('"\\', rb'"\"\\"'),
        ("<a href='x'>&", rb'"' + rb"\u003ca href='x'\u003e\u0026" + rb'"'),
        ("\u2027\u2028\u2029\u202a", '"\u2027'.encode() + rb"\u2028\u2029" + '\u202a"'.encode()),
        ("€", '"€"'.encode()),
    ],
)
def test_a_text_is_escaped_as_go_does_it(text: str, data: bytes) -> None:
    """Section 1.4."""
    assert wire.dumps(text) == data


def test_each_undecodable_byte_becomes_one_escaped_replacement() -> None:
    text = b"a\xff\xe2\x82b<".decode(errors="surrogateescape")
    assert wire.dumps({text: [text]}) == rb'{"a\ufffd\ufffd\ufffdb\u003c":["a\ufffd\ufffd\ufffdb\u003c"]}'


def test_keys_keep_their_order() -> None:
    assert wire.dumps({"b": 1, "a": 2.5, "c": 3.0}) == b'{"b":1,"a":2.5,"c":3}'


def test_tuples_and_read_only_mappings_are_written_like_lists_and_dicts() -> None:
    assert wire.dumps(MappingProxyType({"a": (1, 2), "b": MappingProxyType({})})) == b'{"a":[1,2],"b":{}}'


def test_encoded_json_stands_as_it_is() -> None:
    assert wire.dumps_plain({"a": wire.Encoded(b"[1.0,2]"), "b": 1.0}) == b'{"a":[1.0,2],"b":1}'


def test_html_is_escaped_in_encoded_json_too() -> None:
    """Go compacts and escapes raw JSON that stands in a value (section 1.4)."""
    assert wire.dumps({"a": wire.Encoded(b'["<"]')}) == rb'{"a":["\u003c"]}'


@pytest.mark.parametrize(
    "value",
    [b"bytes", {1: "a"}, {None: 1.0}, {"a": {2: 1.0}}, {1, 2}, object(), Event(0.0, "o", b"")],
    ids=["bytes", "number as key", "null as key", "deep key", "set", "object", "record"],
)
def test_what_json_has_no_form_for_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        wire.dumps([1.0, value])


def test_a_refusal_has_its_text_as_message() -> None:
    """Section 1.5."""
    assert wire.error(Refusal(404, "not found")) == b'{"message":"not found"}'


def test_a_refusal_may_repeat_its_status_after_the_message() -> None:
    """Section 1.5."""
    refusal = Refusal(410, "session download link expired", repeat_status=True)
    assert wire.error(refusal) == b'{"message":"session download link expired","status":410}'


def test_a_refusal_is_html_escaped() -> None:
    """Section 1.4."""
    assert wire.error(Refusal(422, '"<a>" is not a number')) == (
        b'{"message":"' + rb"\"\u003ca\u003e\" is not a number" + b'"}'
    )


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("SELECT NOW()", 12),
        ("\n", 2),
        ('"', 2),
        ("\\", 2),
        ("\x1b", 6),
        ("\x7f", 1),
        ("<&>", 3),
        ("é", 2),
        ("\u2028", 3),
        ("😀", 4),
    ],
)
def test_the_size_of_a_script_counts_json_escapes(text: str, length: int) -> None:
    """Section 3b.1."""
    assert wire.json_escaped_length(text) == length


@given(texts)
def test_the_size_of_a_script_is_that_of_the_standard_librarys_json(text: str) -> None:
    """Section 3b.1."""
    assert wire.json_escaped_length(text) == len(json.dumps(text, ensure_ascii=False).encode()) - 2


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("abc", '"abc"'),
        ("", '""'),
        ('say "x"\\', r'"say \"x\"\\"'),
        ("\a\b\t\n\v\f\r", r'"\a\b\t\n\v\f\r"'),
        ("\0\x1b\x7f", r'"\x00\x1b\x7f"'),
        ("\x85\xa0\xad\ufeff\ue000", r'"\u0085\u00a0\u00ad\ufeff\ue000"'),
        ("\U000e0001", r'"\U000e0001"'),
        ("é😀<&>\ufffd", '"é😀<&>\ufffd"'),
        (b"\x80\xff\xe2\x82".decode(errors="surrogateescape"), r'"\x80\xff\xe2\x82"'),
    ],
)
def test_a_text_is_quoted_as_go_shows_it(text: str, quoted: str) -> None:
    """Section 3.2: values in messages are quoted Go-style."""
    assert wire.go_quote(text) == quoted
