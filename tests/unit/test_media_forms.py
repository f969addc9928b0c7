"""Forms with structure: brackets in names, JSON in fields, several items in one text."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockhoop.media.bodies import read, write
from mockhoop.media.kinds import fitting, one_of_range
from mockhoop.responders.generic.accept import chosen

FORM = "application/x-www-form-urlencoded"
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
LINE = {"type": "object", "properties": {"price": INTEGER, "notes": {"type": "array", "items": STRING}}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "address": {"type": "object", "properties": {"city": STRING, "no": INTEGER, "geo": LINE}},
        "tags": {"type": "array", "items": STRING},
        "numbers": {"type": "array", "items": INTEGER},
        "lines": {"type": "array", "items": LINE},
        "span": {"anyOf": [INTEGER, {"type": "object", "properties": {"gt": INTEGER}}]},
        "cleared": {"anyOf": [{"type": "array", "items": LINE}, {"type": "string", "enum": [""]}]},
        "plain[name]": STRING,
    },
}


def parsed(body: str | bytes, encoding: Any = None) -> Any:
    content = body.encode() if isinstance(body, str) else body
    return read(content, FORM, SCHEMA, lambda node: node, encoding)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("address[city]=Oslo&address[no]=5", {"address": {"city": "Oslo", "no": 5}}),
        ("address[geo][price]=5", {"address": {"geo": {"price": 5}}}),
        ("address[city]=Oslo&address[city][x]=1", {"address": {"city": {"x": "1"}}}),
        ("address[city][x]=1&address[city]=Oslo", {"address": {"city": {"x": "1"}}}),
        ("tags[]=a&tags[]=b", {"tags": ["a", "b"]}),
        ("tags[1]=b&tags[0]=a", {"tags": ["a", "b"]}),
        ("tags[10]=c&tags[9]=b&tags[]=d", {"tags": ["b", "c", "d"]}),
        ("tags[1]=a&tags[01][x]=b", {"tags": ["a", {"x": "b"}]}),
        ("tags=a&tags=b", {"tags": ["a", "b"]}),
        ("lines[0][price]=3&lines[0][notes][]=n", {"lines": [{"price": 3, "notes": ["n"]}]}),
        ("lines[0][price]=3&lines[1][price]=4", {"lines": [{"price": 3}, {"price": 4}]}),
        ('lines=[{"price":1}]', {"lines": [{"price": 1}]}),
        ("span[gt]=5", {"span": {"gt": 5}}),
        ("span=5", {"span": 5}),
        ("cleared=", {"cleared": ""}),
        ("numbers=5", {"numbers": [5]}),
        ("plain[name]=a", {"plain[name]": "a"}),
        ("unknown[a]=1", {"unknown[a]": "1"}),
        ("address" + "[a]" * 30 + "=1", {"address" + "[a]" * 30: "1"}),
    ],
)
def test_what_is_within_a_field_is_told_by_brackets_or_json(body: str, value: Any) -> None:
    assert parsed(body) == value


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ({"explode": False}, "tags=a,b"),
        ({"style": "form", "explode": False}, "tags=a,b"),
        ({"style": "spaceDelimited", "explode": False}, "tags=a+b"),
        ({"style": "pipeDelimited", "explode": False}, "tags=a%7Cb"),
        ({"style": "form", "explode": True}, "tags=a&tags=b"),
    ],
)
def test_items_in_one_text_are_parted_as_the_contract_says(told: Any, body: str) -> None:
    assert parsed(body, {"tags": told}) == {"tags": ["a", "b"]}


lines = st.fixed_dictionaries(
    {}, optional={"price": st.integers(), "notes": st.lists(st.text('ab[]=&,{"', max_size=3))}
)
texts = st.text("abc[]=&,{}", max_size=4)
values = st.fixed_dictionaries(
    {},
    optional={
        "address": st.fixed_dictionaries({}, optional={"city": texts, "no": st.integers(), "geo": lines}),
        "tags": st.lists(texts, min_size=1, max_size=3),
        "lines": st.lists(lines, min_size=1, max_size=3),
    },
)


@given(value=values)
@settings(max_examples=100, deadline=None)
def test_what_is_written_as_a_form_is_read_back(value: Any) -> None:
    assert parsed(write(value, FORM, SCHEMA, lambda node: node).content) == value


def test_a_part_that_is_an_object_may_be_null() -> None:
    whole = {"type": "object", "properties": {"it": {"type": "object", "nullable": True}}}
    body = write({"it": None}, "multipart/form-data", whole, lambda node: node)
    assert read(body.content, body.content_type, whole, lambda node: node) == {"it": None}


# Schemas in parts


def test_all_that_the_parts_of_a_schema_say_of_a_property_counts_in_xml() -> None:
    outer = {"properties": {"data": {"type": "array", "items": {"type": "object"}}}}
    inner = {"properties": {"data": {"type": "array", "items": {"properties": {"open": {"type": "boolean"}}}}}}
    schema = {"type": "object", "allOf": [outer, inner]}
    body = write({"data": [{"open": True}]}, "application/xml", schema, lambda node: node)
    assert read(body.content, body.content_type, schema, lambda node: node) == {"data": [{"open": True}]}


# Several media types in one

BOTH = "text/csv, text/tab-separated-values"


def test_a_key_with_several_media_types_stands_for_each_of_them() -> None:
    assert chosen("text/csv", ("application/json", BOTH)) == BOTH
    assert chosen(BOTH, ("application/json", BOTH)) == BOTH
    assert fitting(["application/json", BOTH], "text/tab-separated-values") == BOTH


def test_a_body_is_of_the_first_of_several_media_types() -> None:
    assert one_of_range(BOTH) == "text/csv"
    assert one_of_range('text/plain; note="a, b"') == 'text/plain; note="a, b"'
