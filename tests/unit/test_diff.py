"""What a change of a contract does to clients."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockhoop.contract.document import Contract, load_contract
from mockhoop.diff.changes import Change, Effect
from mockhoop.diff.comparing import compared
from mockhoop.diff.schemas import Schemas
from mockhoop.diff.shapes import At
from mockhoop.source.yaml_writer import to_yaml

PET = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "kind": {"type": "string", "enum": ["cat", "dog"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "/v1"}],
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["name", "kind"]}},
                ],
                "responses": {
                    "200": {
                        "description": "some",
                        "headers": {"X-Total": {"schema": {"type": "integer"}}},
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
                            }
                        },
                    },
                    "404": {"description": "none"},
                },
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
                "responses": {"201": {"description": "made"}},
            },
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    },
    "components": {
        "schemas": {"Pet": PET, "Owner": {"type": "object", "properties": {"email": {"type": "string"}}}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}
GET, POST = DOCUMENT["paths"]["/pets"]["get"], DOCUMENT["paths"]["/pets"]["post"]


def contract(folder: Path, name: str, document: dict[str, Any]) -> Contract:
    path = folder / f"{name}.yaml"
    path.write_text(to_yaml(document))
    return load_contract(path)


def changes(folder: Path, alter: Any) -> list[Change]:
    after = deepcopy(DOCUMENT)
    alter(after)
    return compared(contract(folder, "old", DOCUMENT), contract(folder, "new", after))


def told(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(one.code, one.effect.value, str(one.places[0])) for one in found]


def at(document: dict[str, Any], *steps: str) -> Any:
    for step in steps:
        document = document[step]
    return document


def get(document: dict[str, Any]) -> Any:
    return at(document, "paths", "/pets", "get")


def pet(document: dict[str, Any]) -> Any:
    return at(document, "components", "schemas", "Pet")


CASES: dict[str, tuple[Any, list[tuple[str, str, str]]]] = {
    "a narrower parameter of the path breaks": (
        lambda d: at(d, "paths", "/pets/{id}")["parameters"][0]["schema"].update(maxLength=3),
        [("schema-maxlength", "breaks", "DELETE /pets/{id}: path id")],
    ),
    "a header of another type breaks": (
        lambda d: get(d)["responses"]["200"]["headers"]["X-Total"]["schema"].update(type="string"),
        [("schema-type", "breaks", "GET /pets: answer 200 header /X-Total")],
    ),
    "a new property that is only read need not be sent": (
        lambda d: pet(d).update(
            required=["name", "id"], properties={**PET["properties"], "id": {"type": "integer", "readOnly": True}}
        ),
        [
            ("property-added", "harmless", "GET /pets: answer 200 /*/id"),
            ("property-added", "harmless", "POST /pets: body /id"),
        ],
    ),
    "an operation that is gone breaks": (
        lambda d: d["paths"].pop("/pets/{id}"),
        [("operation-removed", "breaks", "DELETE /pets/{id}")],
    ),
    "a new header is harmless": (
        lambda d: get(d)["responses"]["200"]["headers"].update({"X-Next": {"schema": {"type": "string"}}}),
        [("header-added", "harmless", "GET /pets: answer 200 header /X-Next")],
    ),
    "a new operation is harmless": (
        lambda d: d["paths"].update({"/owners": {"get": {"responses": {"200": {"description": "all"}}}}}),
        [("operation-added", "harmless", "GET /owners")],
    ),
    "another name for a parameter of the path is no change": (
        lambda d: d["paths"].update(
            {
                "/pets/{petId}": {
                    "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "delete": d["paths"].pop("/pets/{id}")["delete"],
                }
            }
        ),
        [],
    ),
    "another base path breaks everything": (
        lambda d: d.update(servers=[{"url": "/v2"}]),
        [("base-path", "breaks", "")],
    ),
    "a parameter that has to be sent now breaks": (
        lambda d: get(d)["parameters"][0].update(required=True),
        [("parameter-required", "breaks", "GET /pets: query limit")],
    ),
    "a new parameter that has to be sent breaks": (
        lambda d: get(d)["parameters"].append(
            {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}}
        ),
        [("parameter-added", "breaks", "GET /pets: query page")],
    ),
    "a parameter that is gone may break": (
        lambda d: get(d)["parameters"].pop(0),
        [("parameter-removed", "may break", "GET /pets: query limit")],
    ),
    "a lower maximum of a parameter breaks": (
        lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
        [("schema-maximum", "breaks", "GET /pets: query limit")],
    ),
    "a higher maximum of a parameter is harmless": (
        lambda d: get(d)["parameters"][0]["schema"].update(maximum=500),
        [("schema-maximum", "harmless", "GET /pets: query limit")],
    ),
    "a value that may no longer be sent breaks": (
        lambda d: get(d)["parameters"][1]["schema"].update(enum=["name"]),
        [("enum-value-removed", "breaks", "GET /pets: query sort")],
    ),
    "a default that is another may break": (
        lambda d: get(d)["parameters"][1]["schema"].update(default="kind"),
        [("default", "may break", "GET /pets: query sort")],
    ),
    "a successful answer that is gone breaks": (
        lambda d: get(d)["responses"].update({"206": get(d)["responses"].pop("200")}),
        [
            ("response-removed", "breaks", "GET /pets: answer 200 status"),
            ("response-added", "harmless", "GET /pets: answer 206 status"),
        ],
    ),
    "a media type that is no longer given breaks": (
        lambda d: get(d)["responses"]["200"].update(content={"text/csv": {}}),
        [
            ("media-type-removed", "breaks", "GET /pets: answer 200 media-type /application/json"),
            ("media-type-added", "harmless", "GET /pets: answer 200"),
        ],
    ),
    "a header that is gone may break": (
        lambda d: get(d)["responses"]["200"].pop("headers"),
        [("header-removed", "may break", "GET /pets: answer 200 header /X-Total")],
    ),
    "a property that is always there and then gone breaks who reads it, and may break who sends it": (
        lambda d: (pet(d)["properties"].pop("name"), pet(d).pop("required")),
        [
            ("property-removed", "breaks", "GET /pets: answer 200 /*/name"),
            ("property-removed", "may break", "POST /pets: body /name"),
        ],
    ),
    "a property that has to be there now breaks who sends, and nobody who reads": (
        lambda d: pet(d).update(required=["name", "kind"]),
        [
            ("property-required", "breaks", "POST /pets: body /kind"),
            ("property-required", "harmless", "GET /pets: answer 200 /*/kind"),
        ],
    ),
    "a property that may be missing now breaks who reads, and nobody who sends": (
        lambda d: pet(d).pop("required"),
        [
            ("property-optional", "breaks", "GET /pets: answer 200 /*/name"),
            ("property-optional", "harmless", "POST /pets: body /name"),
        ],
    ),
    "a value that is new may break who reads it, and nobody who sends": (
        lambda d: pet(d)["properties"]["kind"]["enum"].append("fox"),
        [
            ("enum-value-added", "may break", "GET /pets: answer 200 /*/kind"),
            ("enum-value-added", "harmless", "POST /pets: body /kind"),
        ],
    ),
    "null where there was none breaks who reads": (
        lambda d: pet(d)["properties"]["name"].update(type=["string", "null"]),
        [
            ("schema-null", "breaks", "GET /pets: answer 200 /*/name"),
            ("schema-null", "harmless", "POST /pets: body /name"),
        ],
    ),
    "another type breaks both": (
        lambda d: at(d, "components", "schemas", "Owner", "properties").update(email={"type": "integer"}),
        [
            ("schema-type", "breaks", "GET /pets: answer 200 /*/owner/email"),
            ("schema-type", "breaks", "POST /pets: body /owner/email"),
        ],
    ),
    "a body that is optional now is harmless": (
        lambda d: at(d, "paths", "/pets", "post", "requestBody").pop("required"),
        [("body-optional", "harmless", "POST /pets: body")],
    ),
    "credentials where none were needed break": (
        lambda d: d.update(security=[{"key": []}]),
        [
            ("security-required", "breaks", "GET /pets: header Authorization"),
            ("security-required", "breaks", "POST /pets: header Authorization"),
            ("security-required", "breaks", "DELETE /pets/{id}: header Authorization"),
        ],
    ),
    "what is deprecated is harmless": (
        lambda d: get(d).update(deprecated=True),
        [("operation-deprecated", "harmless", "GET /pets")],
    ),
    "what only describes is no change": (
        lambda d: (get(d).update(summary="Lists"), pet(d).update(description="A pet", example={"name": "Tom"})),
        [],
    ),
    "a schema that stands somewhere else is no change": (
        lambda d: (
            d["components"]["schemas"].update(Animal=d["components"]["schemas"].pop("Pet")),
            get(d)["responses"]["200"]["content"]["application/json"]["schema"].update(
                items={"allOf": [{"$ref": "#/components/schemas/Animal"}]}
            ),
            at(d, "paths", "/pets", "post", "requestBody", "content", "application/json").update(
                schema={"$ref": "#/components/schemas/Animal"}
            ),
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_change_does(name: str, tmp_path: Path) -> None:
    alter, expected = CASES[name]
    assert told(changes(tmp_path, alter)) == expected


def test_a_change_of_a_schema_that_several_operations_share_is_told_once(tmp_path: Path) -> None:
    before = deepcopy(DOCUMENT)
    before["paths"]["/strays"] = {"get": before["paths"]["/pets"]["get"]}
    after = deepcopy(before)
    pet(after)["properties"].pop("kind")
    found = compared(contract(tmp_path, "old", before), contract(tmp_path, "new", after))
    given = [one for one in found if one.places[0].location == "response.body"]
    assert [[place.operation for place in one.places] for one in given] == [["GET /pets", "GET /strays"]]


def test_a_schema_that_contains_itself_is_compared_to_its_end(tmp_path: Path) -> None:
    before = deepcopy(DOCUMENT)
    before["components"]["schemas"]["Owner"]["properties"]["friend"] = {"$ref": "#/components/schemas/Owner"}
    after = deepcopy(before)
    after["components"]["schemas"]["Owner"]["properties"]["email"]["type"] = "integer"
    found = compared(contract(tmp_path, "old", before), contract(tmp_path, "new", after))
    assert {one.code for one in found} == {"schema-type"}


def test_what_is_usual_is_no_change_of_a_parameter(tmp_path: Path) -> None:
    assert changes(tmp_path, lambda d: get(d)["parameters"][0].update(style="form", explode=True)) == []


def test_a_parameter_that_is_written_otherwise_is_told_in_json(tmp_path: Path) -> None:
    (change,) = changes(tmp_path, lambda d: get(d)["parameters"][0].update(explode=False))
    assert change.message == "explode is false now, not true"


@pytest.mark.parametrize(("deprecated", "message"), [(True, "it is gone, as announced"), (False, "it is gone")])
def test_it_is_told_whether_the_end_of_an_operation_was_announced(
    tmp_path: Path, deprecated: bool, message: str
) -> None:
    before = deepcopy(DOCUMENT)
    get(before)["deprecated"] = deprecated
    after = deepcopy(before)
    after["paths"]["/pets"].pop("get")
    (change,) = compared(contract(tmp_path, "old", before), contract(tmp_path, "new", after))
    assert change.message == message


def test_a_header_that_was_always_there_breaks_when_it_is_gone(tmp_path: Path) -> None:
    demanding = deepcopy(DOCUMENT)
    get(demanding)["responses"]["200"]["headers"]["X-Total"]["required"] = True
    without = deepcopy(demanding)
    get(without)["responses"]["200"].pop("headers")
    found = compared(contract(tmp_path, "old", demanding), contract(tmp_path, "new", without))
    assert told(found) == [("header-removed", "breaks", "GET /pets: answer 200 header /X-Total")]
    found = compared(contract(tmp_path, "old", demanding), contract(tmp_path, "new", DOCUMENT))
    assert told(found) == [("header-optional", "breaks", "GET /pets: answer 200 header /X-Total")]


@pytest.mark.parametrize(
    ("word", "places"),
    [("writeOnly", ["POST /pets: body /kind"]), ("readOnly", ["GET /pets: answer 200 /*/kind"])],
)
def test_a_property_of_one_way_is_gone_only_there(tmp_path: Path, word: str, places: list[str]) -> None:
    before = deepcopy(DOCUMENT)
    pet(before)["properties"]["kind"][word] = True
    after = deepcopy(before)
    pet(after)["properties"].pop("kind")
    found = compared(contract(tmp_path, "old", before), contract(tmp_path, "new", after))
    assert [str(one.places[0]) for one in found] == places


def test_a_parameter_of_the_path_may_have_another_name(tmp_path: Path) -> None:
    def rename(document: dict[str, Any]) -> None:
        item = document["paths"].pop("/pets/{id}")
        item["parameters"][0]["name"] = "pet"
        document["paths"]["/pets/{pet}"] = item

    assert changes(tmp_path, rename) == []


def test_a_ring_of_schemas_is_compared_wherever_it_is_entered(tmp_path: Path) -> None:
    """The owner of a pet has pets: who asks for owners alone is given their pets too."""
    documents = []
    for kind in ({"type": "string"}, {"type": ["string", "null"]}):
        document = deepcopy(DOCUMENT)
        document["components"]["schemas"] = {
            "Pet": {"type": "object", "properties": {"kind": kind, "owner": {"$ref": "#/components/schemas/Owner"}}},
            "Owner": {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/Pet"}}},
        }
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Owner"}}}
        document["paths"]["/owners"] = {"get": {"responses": {"200": {"description": "all", "content": content}}}}
        documents.append(document)
    old, new = documents
    found = compared(contract(tmp_path, "old", old), contract(tmp_path, "new", new))
    places = [str(place) for one in found if one.effect is Effect.BREAKS for place in one.places]
    assert places == ["GET /pets: answer 200 /*/kind", "GET /owners: answer 200 /pet/kind"]


# Schemas of a few keywords, and values that tell them apart.
_LEAVES = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", ["string", "null"], ["integer", "string"]])},
        optional={
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(0, 2),
            "minimum": st.integers(-1, 2),
            "maximum": st.integers(-1, 2),
            "exclusiveMaximum": st.integers(-1, 2),
        },
    ),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["a", "b", 1, None]), min_size=1, unique=True)}),
    st.just({}),
)
_SCHEMAS = st.one_of(
    _LEAVES,
    st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), _LEAVES)},
        optional={
            "required": st.lists(st.sampled_from("ab"), unique=True),
            "additionalProperties": st.one_of(st.booleans(), _LEAVES),
        },
    ),
    st.fixed_dictionaries({"type": st.just("array"), "items": _LEAVES}, optional={"minItems": st.integers(0, 2)}),
    st.fixed_dictionaries({"anyOf": st.lists(_LEAVES, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"allOf": st.lists(_LEAVES, min_size=1, max_size=2)}),
)
_SCALARS = [None, "", "a", "b", "ab", "abc", -1, 0, 1, 2, 3, 1.5]
_VALUES: list[Any] = [
    *_SCALARS,
    {},
    [],
    *([one] for one in _SCALARS),
    *({"a": one} for one in _SCALARS),
    *({"a": "a", "b": one} for one in _SCALARS),
    *({"c": one} for one in _SCALARS),
]


def _told_of(schema: Any) -> list[Any]:
    """Values without properties of which a schema says nothing: those are nobody's to rely on."""
    named = schema.get("properties", {})
    return [value for value in _VALUES if not isinstance(value, dict) or value.keys() <= named.keys()]


@given(_SCHEMAS, _SCHEMAS)
@settings(max_examples=400)
def test_no_value_is_lost_without_a_word(old: Any, new: Any) -> None:
    before, after = Draft202012Validator(old), Draft202012Validator(new)
    lost = [value for value in _told_of(old) if before.is_valid(value) and not after.is_valid(value)]
    found = Schemas({}, {}).compare(At("/old", old), At("/new", new), sent=True)
    assert not lost or any(one.effect is not Effect.HARMLESS for one in found), lost


@given(_SCHEMAS, _SCHEMAS)
@settings(max_examples=400)
def test_no_value_is_gained_without_a_word_to_who_reads(old: Any, new: Any) -> None:
    before, after = Draft202012Validator(old), Draft202012Validator(new)
    gained = [value for value in _VALUES if after.is_valid(value) and not before.is_valid(value)]
    found = Schemas({}, {}).compare(At("/old", old), At("/new", new), sent=False)
    assert not gained or found, gained


@given(_SCHEMAS)
def test_a_schema_has_not_changed_against_itself(schema: Any) -> None:
    assert Schemas({}, {}).compare(At("/s", schema), At("/s", deepcopy(schema)), sent=True) == ()
