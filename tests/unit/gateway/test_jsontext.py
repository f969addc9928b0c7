"""JSON text as Go scans it (sections 1.4 and 1.5). The texts of faults are those of Go itself."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway import jsontext

texts = st.text('a"\\\né\ud800', max_size=6)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def kinds(body: bytes) -> list[str]:
    return [kind for kind, _ in jsontext.tokens(body)]


def fault(body: bytes) -> str:
    with pytest.raises(jsontext.BadJSON) as caught:
        kinds(body)
    return str(caught.value)


def is_an_object(text: str) -> bool:
    """Whether the standard library reads the object that the text starts with; it has no NaN."""
    try:
        json.JSONDecoder(parse_constant=int).raw_decode(text)
    except ValueError:
        return False
    return True


@given(st.dictionaries(texts, anything, max_size=3), st.integers(0, 99), st.text('{}[]",:\\u0e+-. tn\n', max_size=2))
def test_a_damaged_object_is_as_malformed_as_to_the_standard_library(
    value: dict[str, Any], place: int, damage: str
) -> None:
    text = json.dumps(value)
    at = 1 + place % len(text)
    text = text[:at] + damage + text[at + 1 :]
    try:
        kinds(text.encode())
        accepted = True
    except jsontext.BadJSON:
        accepted = False
    assert accepted == is_an_object(text)


def test_tokens_come_with_their_text() -> None:
    assert list(jsontext.tokens(b' {"a" : [1.5e3,"\\n", true],"b":null}')) == [
        (jsontext.OBJECT, b"{"),
        (jsontext.KEY, b'"a"'),
        (jsontext.ARRAY, b"["),
        (jsontext.NUMBER, b"1.5e3"),
        (jsontext.STRING, b'"\\n"'),
        (jsontext.BOOL, b"true"),
        (jsontext.END, b"]"),
        (jsontext.KEY, b'"b"'),
        (jsontext.NULL, b"null"),
        (jsontext.END, b"}"),
    ]


@pytest.mark.parametrize("body", [b"12abc", b"0123", b"1.5.2", b"-0-", b"1e5e", b"nullx", b'"x"y', b"{}}", b"[]x"])
def test_the_first_value_ends_where_nothing_more_can_belong_to_it(body: bytes) -> None:
    assert kinds(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "EOF"),
        (b" \t\r\n", "EOF"),
        (b"{", "unexpected EOF"),
        (b'{"script"', "unexpected EOF"),
        (b'{"script":"x', "unexpected EOF"),
        (b'{"script":"\\', "unexpected EOF"),
        (b'{"script":"\\u12', "unexpected EOF"),
        (b"[1", "unexpected EOF"),
        (b"tru", "unexpected EOF"),
        (b"-", "unexpected EOF"),
        (b"1.", "unexpected EOF"),
        (b"1e+", "unexpected EOF"),
        (b"abc", "invalid character 'a' looking for beginning of value"),
        (b"]", "invalid character ']' looking for beginning of value"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b'{"a":}', "invalid character '}' looking for beginning of value"),
        (b"\f{}", r"invalid character '\f' looking for beginning of value"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b"{a}", "invalid character 'a' looking for beginning of object key string"),
        (b'{"a"x', "invalid character 'x' after object key"),
        (b'{"a"}', "invalid character '}' after object key"),
        (b'{"a":1 "', "invalid character '\"' after object key:value pair"),
        (b'{"a":01}', "invalid character '1' after object key:value pair"),
        (b'{"a":1]', "invalid character ']' after object key:value pair"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b"[1}", "invalid character '}' after array element"),
        (b'"a\nb"', r"invalid character '\n' in string literal"),
        (b'"\x00"', r"invalid character '\x00' in string literal"),
        (b'"\\x"', "invalid character 'x' in string escape code"),
        (b'"\\\'"', r"invalid character '\'' in string escape code"),
        (b'"\\u12g4"', r"invalid character 'g' in \u hexadecimal character escape"),
        (b'"\\u"', "invalid character '\"' in \\u hexadecimal character escape"),
        (b"-x", "invalid character 'x' in numeric literal"),
        (b"-.5", "invalid character '.' in numeric literal"),
        (b"1.e5", "invalid character 'e' after decimal point in numeric literal"),
        (b"1.5ex", "invalid character 'x' in exponent of numeric literal"),
        (b"[1e+]", "invalid character ']' in exponent of numeric literal"),
        (b"1e++", "invalid character '+' in exponent of numeric literal"),
        (b"txue", "invalid character 'x' in literal true (expecting 'r')"),
        (b"trux", "invalid character 'x' in literal true (expecting 'e')"),
        (b"False", "invalid character 'F' looking for beginning of value"),
        (b"fals ", "invalid character ' ' in literal false (expecting 'e')"),
        (b"nil", "invalid character 'i' in literal null (expecting 'u')"),
    ],
)
def test_a_malformed_body_has_the_text_of_gos_scanner(body: bytes, text: str) -> None:
    assert fault(body) == text


@pytest.mark.parametrize(
    ("byte", "quoted"),
    [
        (b"'", r"\'"),
        (b'"', '"'),
        (b"\\", r"\\"),
        (b"\x00", r"\x00"),
        (b"\x07", r"\a"),
        (b"\x7f", r"\x7f"),
        (b"\x80", r"\u0080"),
        (b"\xa0", r"\u00a0"),
        (b"\xad", r"\u00ad"),
        (b"\xc3", "Ã"),
        (b"\xef", "ï"),
    ],
)
def test_a_fault_quotes_the_byte_as_a_character_of_its_own(byte: bytes, quoted: str) -> None:
    """The first byte of a byte order mark is shown as ``ï``."""
    assert fault(b'{"a"' + byte) == f"invalid character '{quoted}' after object key"


@pytest.mark.parametrize("body", [b"[" * 10_001, b"[" * 5_000_000, b'{"x":' + b"[" * 10_000])
def test_nesting_deeper_than_ten_thousand_is_refused(body: bytes) -> None:
    assert fault(body) == "invalid character '[' exceeded max depth"


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (rb"\"\\\/\b\f\n\r\t", '"\\/\b\f\n\r\t'),
        (rb"\u00e9\u0041\u0000", "éA\0"),
        (rb"\ud83d\ude00", "😀"),
        (rb"\\ud83d", "\\ud83d"),
        (rb"\ud83dx", "\ufffdx"),
        (rb"\ude00\ud83d", "\ufffd\ufffd"),
        (rb"\ud83d\ud83d\ude00", "\ufffd😀"),
        (rb"\ud83d\u0041", "\ufffdA"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xe2\x82x", "\ufffd\ufffdx"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\xc0\x80", "\ufffd\ufffd"),
        (b"\xf0\x9f\x98\x80", "😀"),
        (b"\x7f\xc2\x85", "\x7f\x85"),
    ],
)
def test_a_string_stands_for_its_text(literal: bytes, text: str) -> None:
    """Each byte that is no UTF-8 and each half of a surrogate pair becomes U+FFFD."""
    assert jsontext.text_of(b'"' + literal + b'"') == text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" + b"9" * 5_000_000, id="a long number"),
        pytest.param(b'{"script":"' + b"\\n" * 1_000_000, id="a string that does not end"),
        pytest.param(b'{"script":"' + b"a" * 5_000_000, id="a long string that does not end"),
        pytest.param(b" " * 5_000_000, id="spaces"),
    ],
)
@pytest.mark.timeout(20)
def test_a_hostile_body_is_refused_soon(body: bytes) -> None:
    assert fault(body)
