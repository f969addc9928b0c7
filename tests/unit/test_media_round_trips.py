"""What is written of a value valid for a schema is read back as the same value, and keeps the contract."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockhoop.contract.operations import Operations
from mockhoop.contract.validation import Validator
from mockhoop.media.bodies import read, write
from mockhoop.messages import Reply

NAMES = st.text("abcdefgh", min_size=1, max_size=4)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r<&\"']")
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": st.integers(-(10**30), 10**30),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}


def as_it_is(node: Any) -> Any:
    return node


@st.composite
def scalars(draw: st.DrawFn) -> dict[str, Any]:
    return {"type": draw(st.sampled_from(sorted(SCALARS)))}


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, max_size=3))
    named = {key: {**schema, "xml": draw(xml_for(key, schema))} for key, schema in properties.items()}
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def xml_for(key: str, schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    told: dict[str, Any] = {"name": st.sampled_from([key, f"x-{key}"])}
    if schema["type"] == "array":
        told["wrapped"] = st.booleans()
        # Beside the array, its items need a name that no property has.
        told["name"] = st.just(key)
    elif schema["type"] in SCALARS:
        told["attribute"] = st.booleans()
    told |= {"namespace": st.just("urn:some"), "prefix": st.just("some")} if len(key) == 1 else {}
    return st.fixed_dictionaries(told)


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "array", "items": draw(inner)}


STRUCTURES = st.recursive(scalars(), lambda inner: objects(inner) | arrays(inner), max_leaves=8)
DOCUMENTS = objects(STRUCTURES) | arrays(STRUCTURES)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema["type"] == "object":
        return st.fixed_dictionaries({key: values(inner) for key, inner in schema["properties"].items()})
    if schema["type"] == "array":
        return st.lists(values(schema["items"]), max_size=3)
    return SCALARS[schema["type"]]


def violations(schema: dict[str, Any], declared: str, content: bytes, content_type: str) -> Any:
    answer = {"description": "fine", "content": {declared: {"schema": schema}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Bodies", "version": "1"},
        "paths": {"/": {"get": {"responses": {"200": answer}}}},
    }
    operation = Operations(document).get("GET /")
    assert operation is not None
    return Validator(document).response(operation, Reply(200, content, content_type))


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/problem+json", "application/json; charset=utf-16", "*/*"]
)
@settings(max_examples=40)
@given(data=st.data())
def test_json_is_read_back(content_type: str, data: st.DataObject) -> None:
    schema = data.draw(DOCUMENTS)
    value = data.draw(values(schema))
    body = write(value, content_type, schema, as_it_is)
    assert read(body.content, body.content_type, schema, as_it_is) == value
    assert violations(schema, content_type, body.content, body.content_type) == ()
    assert write(value, content_type, schema, as_it_is) == body


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml; charset=iso-8859-1", "application/atom+xml"])
@settings(max_examples=80)
@given(data=st.data())
def test_xml_is_read_back(content_type: str, data: st.DataObject) -> None:
    schema = data.draw(DOCUMENTS)
    value = data.draw(values(schema))
    body = write(value, content_type, schema, as_it_is)
    assert read(body.content, body.content_type, schema, as_it_is) == value
    assert violations(schema, content_type, body.content, body.content_type) == ()
    assert write(value, content_type, schema, as_it_is) == body


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl", "application/json-seq"])
@given(data=st.data())
def test_a_value_for_each_line_is_read_back(content_type: str, data: st.DataObject) -> None:
    schema = data.draw(arrays(STRUCTURES))
    value = data.draw(values(schema))
    body = write(value, content_type, schema, as_it_is)
    assert read(body.content, content_type, schema, as_it_is) == value
    assert not body.content or violations(schema, content_type, body.content, content_type) == ()


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
@given(name=TEXTS.map(lambda text: text.replace("\r", "").replace("\n", "")), number=st.integers(), flag=st.booleans(),
       tags=st.lists(st.text("abc", min_size=1), min_size=1, max_size=3))  # fmt: skip
def test_a_form_is_read_back(content_type: str, name: str, number: int, flag: bool, tags: list[str]) -> None:
    members = {
        "name": {"type": "string"},
        "number": {"type": "integer"},
        "flag": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
    schema = {"type": "object", "properties": members, "required": list(members)}
    value = {"name": name, "number": number, "flag": flag, "tags": tags}
    body = write(value, content_type, schema, as_it_is)
    assert read(body.content, body.content_type, schema, as_it_is) == value
    assert violations(schema, content_type, body.content, body.content_type) == ()
