"""Request bodies read as Go reads them (sections 1.4 and 1.5). The texts of errors are those of Go itself."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.records import Refusal

INNER = Struct(
    "Inner",
    "api",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field("Tags", "tags", go.TEXT_MAP, required=True),
        Field("Note", "note", go.OPTIONAL_TEXT),
    ),
)
OUTER = Struct(
    "Outer",
    "api",
    (
        Field("Script", "script", go.TEXT),
        Field("Link", "link_key", go.OPTIONAL_TEXT),
        Field("Count", "count", go.INT),
        Field("Force", "force", go.BOOL),
        Field("Labels", "labels", go.TEXT_MAP),
        Field("Metadata", "metadata", go.ANY_MAP),
        Field("Args", "args", go.TEXTS),
        Field("Inner", "inner", INNER.type(pointer=True)),
        Field("Extra", "extra", go.ANY),
        Field("Kind", "kind", go.named_text("api.KindType")),
    ),
)
ZERO = {
    "script": "",
    "link_key": None,
    "count": 0,
    "force": False,
    "labels": None,
    "metadata": None,
    "args": None,
    "inner": None,
    "extra": None,
    "kind": "",
}
STRICT = Struct(
    "Strict",
    "api",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field("Count", "count", go.INT, required=True),
        Field("Force", "force", go.BOOL, required=True),
        Field("Link", "link", go.OPTIONAL_TEXT, required=True),
        Field("Inner", "inner", INNER.type(pointer=True)),
        Field("Args", "args", go.TEXTS, required=True),
    ),
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**20), 10**20)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
inners = st.fixed_dictionaries(
    {"name": texts.filter(bool), "tags": st.dictionaries(texts, texts, max_size=3)},
    optional={"note": texts | st.none()},
)
outers = st.fixed_dictionaries(
    {},
    optional={
        "script": texts,
        "link_key": texts | st.none(),
        "count": st.integers(-(2**63), 2**63 - 1),
        "force": st.booleans(),
        "labels": st.dictionaries(texts, texts, max_size=3) | st.none(),
        "metadata": st.dictionaries(texts, anything, max_size=3) | st.none(),
        "args": st.lists(texts, max_size=3) | st.none(),
        "inner": inners | st.none(),
        "extra": anything,
        "kind": texts,
    },
)


def message(body: bytes, struct: Struct = OUTER) -> str:
    answer = decode(body, struct)
    assert isinstance(answer, Refusal)
    assert answer == Refusal(400, answer.message)
    return answer.message


def changed(body: bytes) -> dict[str, Any]:
    """The fields that the body sets to something else than their zero values."""
    answer = decode(body, OUTER)
    assert not isinstance(answer, Refusal), answer
    return {name: value for name, value in answer.items() if value != ZERO[name]}


@given(outers, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_an_object_of_the_right_types_is_read_as_the_standard_library_reads_it(
    fields: dict[str, Any], ascii_only: bool, indent: Any
) -> None:
    body = json.dumps(fields, ensure_ascii=ascii_only, indent=indent).encode()
    floats = json.loads(body, parse_int=float)
    expected = ZERO | floats | {"count": fields.get("count", 0)}
    if expected["inner"]:
        expected["inner"] = {"note": None} | expected["inner"]
    assert decode(body, OUTER) == expected


@given(st.binary() | st.text('{}[]",:\\u0e+-. tn', max_size=12).map(str.encode))
def test_any_bytes_are_read_or_refused_with_400(body: bytes) -> None:
    answer = decode(body, OUTER)
    assert answer.status == 400 if isinstance(answer, Refusal) else answer.keys() == ZERO.keys()


def test_nesting_of_ten_thousand_is_read() -> None:
    value = changed(b'{"metadata":{"a":' + b"[" * 9_998 + b"]" * 9_998 + b"}}")["metadata"]["a"]
    depth = 0
    while value:
        value, depth = value[0], depth + 1
    assert depth == 9_997


@pytest.mark.parametrize("garbage", [b" {", b"x", b"\xff", b"{}{}", b","])
def test_what_stands_behind_the_first_value_is_not_read(garbage: bytes) -> None:
    assert changed(b'{"script":"x"}' + garbage) == {"script": "x"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"script":5}', "number into Go struct field Outer.script of type string"),
        (b'{"SCRIPT":5}', "number into Go struct field Outer.script of type string"),
        (b'{"script":true}', "bool into Go struct field Outer.script of type string"),
        (b'{"script":[[]]}', "array into Go struct field Outer.script of type string"),
        (b'{"script":{}}', "object into Go struct field Outer.script of type string"),
        (b'{"link_key":5}', "number into Go struct field Outer.link_key of type string"),
        (b'{"kind":5}', "number into Go struct field Outer.kind of type api.KindType"),
        (b'{"force":"true"}', "string into Go struct field Outer.force of type bool"),
        (b'{"count":"1"}', "string into Go struct field Outer.count of type int"),
        (b'{"count":1.5}', "number 1.5 into Go struct field Outer.count of type int"),
        (b'{"count":1e3}', "number 1e3 into Go struct field Outer.count of type int"),
        (
            b'{"count":9223372036854775808}',
            "number 9223372036854775808 into Go struct field Outer.count of type int",
        ),
        (b'{"labels":[]}', "array into Go struct field Outer.labels of type map[string]string"),
        (b'{"labels":{"a":1}}', "number into Go struct field Outer.labels of type string"),
        (b'{"args":"-x"}', "string into Go struct field Outer.args of type []string"),
        (b'{"args":["-x",{}]}', "object into Go struct field Outer.args of type string"),
        (b'{"metadata":"x"}', "string into Go struct field Outer.metadata of type map[string]interface {}"),
        (
            b'{"metadata":{"a":[1e999]}}',
            "number 1e999 into Go struct field Outer.metadata of type float64",
        ),
        (b'{"extra":-1e999}', "number -1e999 into Go struct field Outer.extra of type float64"),
        (b'{"inner":5}', "number into Go struct field Outer.inner of type api.Inner"),
        (b'{"inner":{"name":5}}', "number into Go struct field Inner.inner.name of type string"),
        (b'{"inner":{"tags":{"a":5}}}', "number into Go struct field Inner.inner.tags of type string"),
        (b"[]", "array into Go value of type api.Outer"),
        (b'"x"', "string into Go value of type api.Outer"),
        (b"12abc", "number into Go value of type api.Outer"),
        (b"true", "bool into Go value of type api.Outer"),
        (b'{"count":1.5,"script":5,"count":2}', "number 1.5 into Go struct field Outer.count of type int"),
        (b'{"inner":{},"script":5}', "number into Go struct field Outer.script of type string"),
    ],
)
def test_a_wrong_type_is_told_with_its_field(body: bytes, text: str) -> None:
    assert message(body) == f"json: cannot unmarshal {text}"


def test_a_fault_behind_a_wrong_type_comes_first() -> None:
    assert message(b'{"script":5,}') == ("invalid character '}' looking for beginning of object key string")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(b"null", {}, id="null is an empty object"),
        pytest.param(b'{"x":1e999,"y":[{"script":"x"}],"z":{"script":5}}', {}, id="unknown keys"),
        pytest.param(b'{"Script":"x","LINK_Key":"y"}', {"script": "x", "link_key": "y"}, id="any case"),
        pytest.param('{"ſcript":"x","lin\u212a_key":"y"}'.encode(), {"script": "x", "link_key": "y"}, id="folds"),
        pytest.param('{"scrıpt":"x","argß":["y"]}'.encode(), {}, id="letters that do not fold"),
        pytest.param(b'{"script":"a","SCRIPT":"b"}', {"script": "b"}, id="the later key wins"),
        pytest.param(b'{"SCRIPT":"b","script":"a"}', {"script": "a"}, id="the later key wins in any case"),
        pytest.param(b'{"\\u0073cript":"x"}', {"script": "x"}, id="a key with an escape"),
        pytest.param(b'{"script":"a","script":null}', {"script": "a"}, id="null keeps text"),
        pytest.param(b'{"link_key":"a","link_key":null}', {}, id="null clears a pointer"),
        pytest.param(b'{"labels":{"a":"b"},"labels":null}', {}, id="null clears a map"),
        pytest.param(b'{"args":["a"],"args":null}', {}, id="null clears a list"),
        pytest.param(b'{"link_key":""}', {"link_key": ""}, id="a pointer to empty text"),
        pytest.param(b'{"labels":{},"args":[]}', {"labels": {}, "args": []}, id="empty is not null"),
        pytest.param(b'{"labels":{"a":null}}', {"labels": {"a": ""}}, id="null in a map of text"),
        pytest.param(b'{"args":[null,"b"]}', {"args": ["", "b"]}, id="null in a list of text"),
        pytest.param(
            b'{"labels":{"a":"1","b":"2"},"labels":{"b":"3"}}',
            {"labels": {"a": "1", "b": "3"}},
            id="maps are filled up",
        ),
        pytest.param(
            b'{"metadata":{"a":{"x":1}},"metadata":{"a":{"y":2}}}',
            {"metadata": {"a": {"y": 2}}},
            id="but not maps within",
        ),
        pytest.param(b'{"args":["a","b"],"args":["c"]}', {"args": ["c"]}, id="lists are replaced"),
        pytest.param(b'{"args":["a","b"],"args":[null]}', {"args": ["a"]}, id="but null keeps their text"),
        pytest.param(
            b'{"inner":{"name":"n"},"inner":{"tags":{}}}',
            {"inner": {"name": "n", "tags": {}, "note": None}},
            id="structs are filled up",
        ),
        pytest.param(b'{"extra":{"a":1},"extra":{"b":2}}', {"extra": {"b": 2}}, id="any is replaced"),
        pytest.param(b'{"count":-0}', {}, id="minus nought"),
        pytest.param(b'{"count":9223372036854775807}', {"count": 2**63 - 1}, id="the largest int"),
        pytest.param(b'{"extra":1e-999}', {"extra": 0.0}, id="underflow"),
    ],
)
def test_fields_are_filled_as_go_fills_them(body: bytes, fields: dict[str, Any]) -> None:
    assert changed(body) == fields


@pytest.mark.parametrize(("number", "value"), [(b"1", "1.0"), (b"9007199254740993", "9007199254740992.0")])
def test_numbers_within_any_are_floats(number: bytes, value: str) -> None:
    assert repr(changed(b'{"extra":%b}' % number)["extra"]) == value


REQUIRED = "Key: 'Strict.%s' Error:Field validation for '%s' failed on the 'required' tag"


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (b"{}", ["Name", "Count", "Force", "Link", "Args"]),
        (b"null", ["Name", "Count", "Force", "Link", "Args"]),
        (b'{"name":"","count":0,"force":false,"link":"","args":[]}', ["Name", "Count", "Force"]),
        (b'{"name":"x","count":1,"force":true,"link":null,"args":null}', ["Link", "Args"]),
        (
            b'{"name":"x","count":1,"force":true,"link":"","inner":{}}',
            ["Inner.Name", "Inner.Tags", "Args"],
        ),
        (
            b'{"name":"x","count":1,"force":true,"link":"","inner":{"name":"","tags":{}},"args":[]}',
            ["Inner.Name"],
        ),
    ],
)
def test_all_required_fields_that_are_missing_are_told(body: bytes, missing: list[str]) -> None:
    expected = [REQUIRED % (path, path.rpartition(".")[2]) for path in missing]
    assert message(body, STRICT).split("\n") == expected


def test_a_wrong_type_is_told_before_what_is_missing() -> None:
    assert message(b'{"name":5}', STRICT) == (
        "json: cannot unmarshal number into Go struct field Strict.name of type string"
    )


@pytest.mark.parametrize(("field", "digits"), [("count", b"9"), ("extra", b"9"), ("extra", b"1e")])
@pytest.mark.timeout(20)
def test_a_number_of_a_million_digits_is_refused_soon(field: str, digits: bytes) -> None:
    number = digits + b"9" * 1_000_000
    assert message(b'{"%b":%b}' % (field.encode(), number)).startswith("json: cannot unmarshal number ")
