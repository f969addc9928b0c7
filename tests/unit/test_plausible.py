"""Plausible values are valid, the same for the same key, and look like what their names say."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import (
    OAS30Validator,
    OAS31Validator,
    oas30_format_checker,
    oas31_format_checker,
)

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible
from mockhoop.values.plausible.formats import FORMATS
from mockhoop.values.plausible.patterns import matching

Schema = Any
VALIDATORS = {
    "3.0.3": (OAS30Validator, oas30_format_checker),
    "3.1.0": (OAS31Validator, oas31_format_checker),
}


def errors(version: str, schema: Schema, value: Any, components: dict[str, Schema] | None = None) -> list[str]:
    """What the validator of this OpenAPI version finds wrong with the value."""
    validator, formats = VALIDATORS[version]
    root = {
        "$ref": "#/components/schemas/Root",
        "components": {"schemas": {"Root": schema, **(components or {})}},
    }
    return [error.message for error in validator(root, format_checker=formats).iter_errors(value)]


def maker(version: str = "3.1.0", components: dict[str, Schema] | None = None, seed: int = 1) -> Plausible:
    return Plausible({"openapi": version, "components": {"schemas": components or {}}}, Chance(seed))


def values(schema: Schema, count: int = 40, version: str = "3.1.0", **components: Schema) -> list[Any]:
    """Values for different keys, each of them valid."""
    plausible = maker(version, components)
    made = [plausible.value(schema, "key", i) for i in range(count)]
    for value in made:
        assert errors(version, schema, value, components) == []
    return made


# Schemas that have values, by construction.

PATTERNS = (
    r"^[a-z]+$",
    r"^[A-Z]{2}-\d{3,5}$",
    r"^#[0-9a-f]{6}$",
    r"foo|bar",
    r"^v?\d+(\.\d+){2}$",
    r"^[\w.-]{1,127}$",
    r"^arn:aws:[a-z]*:\d{12}:.+$",
    r"[^a-z]",
    r"^(?:ab|c)*$",
    r"^\S+@\S+$",
)
CHECKED_FORMATS = (
    "uuid",
    "date-time",
    "date",
    "time",
    "email",
    "ipv4",
    "ipv6",
    "byte",
    "uri",
    "hostname",
    "regex",
)
NAMES = st.sampled_from(
    (
        "id",
        "name",
        "email",
        "city",
        "created_at",
        "updated_at",
        "total",
        "price",
        "tags",
        "userName",
        "x",
        "é",
    )
)


@st.composite
def strings(draw: st.DrawFn, version: str) -> Schema:
    schema: dict[str, Any] = {"type": "string"}
    kind = draw(st.sampled_from(("plain", "lengths", "pattern", "format", "enum")))
    if kind == "lengths":
        schema["minLength"] = draw(st.integers(0, 60))
        if draw(st.booleans()):
            schema["maxLength"] = schema["minLength"] + draw(st.integers(0, 20))
        if schema["minLength"] > 20:
            schema |= draw(st.sampled_from(({}, {"format": "email"}, {"format": "uri"}, {"pattern": "^[a-z ]+$"})))
    elif kind == "pattern":
        schema["pattern"] = draw(st.sampled_from(PATTERNS))
    elif kind == "format":
        schema["format"] = draw(st.sampled_from(CHECKED_FORMATS))
    elif kind == "enum":
        schema["enum"] = draw(st.lists(st.text(max_size=5), min_size=1, max_size=4, unique=True))
    return schema


@st.composite
def numbers(draw: st.DrawFn, version: str) -> Schema:
    schema: dict[str, Any] = {"type": draw(st.sampled_from(("integer", "number")))}
    low, width = draw(st.integers(-1000, 1000)), draw(st.integers(4, 500))
    if draw(st.booleans()):
        schema |= _bound("inimum", low, draw(st.booleans()), version)
    if draw(st.booleans()):
        schema |= _bound("aximum", low + width, draw(st.booleans()), version)
    if draw(st.booleans()):
        # A range this wide has a multiple strictly inside it.
        schema["multipleOf"] = draw(st.sampled_from((1, 2, 0.5, 0.25, 0.1, 0.01)))
    if draw(st.booleans()):
        schema["format"] = {"integer": "int32", "number": "double"}[schema["type"]]
    return schema


def _bound(word: str, number: int, exclusive: bool, version: str) -> Schema:
    plain, strict = ("m" + word), "exclusive" + "M" + word
    if not exclusive:
        return {plain: number}
    return {strict: number} if version == "3.1.0" else {plain: number, strict: True}


def scalars(version: str) -> st.SearchStrategy[Schema]:
    return st.one_of(strings(version), numbers(version), st.just({"type": "boolean"}))


@st.composite
def arrays(draw: st.DrawFn, version: str, items: st.SearchStrategy[Schema]) -> Schema:
    least = draw(st.integers(0, 4))
    schema: dict[str, Any] = {"type": "array", "items": draw(items), "minItems": least}
    if draw(st.booleans()):
        schema["maxItems"] = least + draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema |= {"uniqueItems": True, "items": {"type": draw(st.sampled_from(("string", "integer")))}}
    elif version == "3.1.0" and draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(items, min_size=1, max_size=3))
    return schema


@st.composite
def objects(draw: st.DrawFn, version: str, properties: st.SearchStrategy[Schema]) -> Schema:
    known = draw(st.dictionaries(NAMES, properties, max_size=5))
    required = draw(st.lists(st.sampled_from(sorted(known)), unique=True)) if known else []
    schema: dict[str, Any] = {"type": "object", "properties": known}
    if required:
        schema["required"] = required
    extra = draw(st.sampled_from((None, False, True, {"type": "integer"})))
    if extra is not None:
        schema["additionalProperties"] = extra
    if draw(st.booleans()):
        schema["maxProperties"] = max(len(required), 1) + draw(st.integers(0, 3))
    most = schema.get("maxProperties", 10) if extra is not False else min(len(known), schema.get("maxProperties", 10))
    if draw(st.booleans()):
        schema["minProperties"] = draw(st.integers(0, most))
    return schema


@st.composite
def combined(draw: st.DrawFn, version: str, parts: st.SearchStrategy[Schema]) -> Schema:
    kind = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not", "null", "enum")))
    if kind == "allOf":
        low = draw(st.integers(-50, 50))
        number = [
            {"type": "number", "minimum": low},
            {"type": "integer", "maximum": low + 9},
            {"minimum": low + 3},
        ]
        first, second = ({"type": "object", "properties": {n: draw(parts)}, "required": [n]} for n in ("a", "b"))
        return draw(st.sampled_from(({"allOf": number}, {"allOf": [first, second]}, {"allOf": [second], **first})))
    if kind == "anyOf":
        return {"anyOf": draw(st.lists(parts, min_size=1, max_size=3))}
    if kind == "oneOf":
        return {"oneOf": [draw(strings(version)), draw(numbers(version)), {"type": "boolean"}]}
    if kind == "not":
        unwanted = ({"type": "string"}, {"maxLength": 3}, {"enum": ["a", 1]}, {"type": ["number", "object"]})
        return {"not": draw(st.sampled_from(unwanted[: 3 if version == "3.0.3" else 4]))}
    if kind == "enum":
        return {"enum": draw(st.lists(st.one_of(st.integers(), st.booleans(), st.text()), min_size=1, max_size=3))}
    scalar = draw(scalars(version))
    if version == "3.0.3":
        return {**scalar, "nullable": True, **({"enum": [*scalar["enum"], None]} if "enum" in scalar else {})}
    return {"oneOf": [{"type": "null"}, scalar]} if draw(st.booleans()) else {"type": [scalar["type"], "null"]}


def schemas(version: str) -> st.SearchStrategy[Schema]:
    return st.recursive(
        scalars(version),
        lambda inner: st.one_of(arrays(version, inner), objects(version, inner), combined(version, inner)),
        max_leaves=8,
    )


@pytest.mark.parametrize("version", VALIDATORS)
@given(data=st.data(), seed=st.integers(0, 2))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_value_is_valid_against_its_schema(version: str, data: st.DataObject, seed: int) -> None:
    schema = data.draw(schemas(version))
    plausible = maker(version, seed=seed)
    for ordinal in range(4):
        value = plausible.value(schema, "things", ordinal)
        assert errors(version, schema, value) == []
        assert plausible.fits(schema, value)


@pytest.mark.parametrize("version", VALIDATORS)
@given(data=st.data(), ordinals=st.lists(st.integers(0, 99), min_size=2, max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_value_depends_on_seed_and_key_but_not_on_order(
    version: str, data: st.DataObject, ordinals: list[int]
) -> None:
    schema = data.draw(schemas(version))
    forwards, backwards = maker(version, seed=3), maker(version, seed=3)
    made = {i: forwards.value(schema, "things", i) for i in ordinals}
    assert {i: backwards.value(schema, "things", i) for i in reversed(ordinals)} == made


PERSON = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "first_name": {"type": "string"},
        "last_name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "city": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}


def test_different_keys_give_different_values() -> None:
    assert len({str(value) for value in values(PERSON, 100)}) == 100


def test_different_seeds_give_different_values() -> None:
    assert len({str(maker(seed=seed).value(PERSON, 1)) for seed in range(20)}) == 20


def test_changing_a_value_leaves_the_next_one_alone() -> None:
    schema = {"enum": [{"list": [1]}]}
    plausible = maker()
    plausible.value(schema, 1)["list"].append(2)
    assert plausible.value(schema, 1) == {"list": [1]}


# What strings look like.

FORMS = {
    "binary": r"\w+",
    "byte": r"(?:[\w+/]{4})+",
    "date": r"202[45]-\d\d-\d\d",
    "date-time": r"202[45]-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "dsn": r"https://[a-z]+:\w+@db\.example\.com:5432/app",
    "duration": r"PT\d+H\d+M",
    "email": r"[a-z0-9.-]+@example\.com",
    "hostname": r"[a-z]+-\d+\.example\.com",
    "idn-email": r"[a-z0-9.-]+@example\.com",
    "idn-hostname": r"[a-z]+-\d+\.example\.com",
    "ipv4": r"10(\.\d{1,3}){3}",
    "ipv6": r"2001:db8:[0-9a-f:]+",
    "iri": r"https://www\.example\.com/\w+/\w+",
    "iri-reference": r"https://www\.example\.com/\w+/\w+",
    "json-pointer": r"/\w+/\d",
    "password": r"\w{16}",
    "regex": r"\^[a-z]+-\[0-9\]\{\d\}\$",
    "relative-json-pointer": r"\d/\w+/\d",
    "RFC3339": r"202[45]-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "time": r"\d\d:\d\d:\d\d",
    "timestamp": r"202[45]-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "uri": r"https://www\.example\.com/\w+/\w+",
    "uri-reference": r"https://www\.example\.com/\w+/\w+",
    "uri-template": r"/[a-z]+/\{id\}",
    "url": r"https://www\.example\.com/\w+/\w+",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_string_has_its_format(form: str) -> None:
    for value in values({"type": "string", "format": form}):
        assert re.fullmatch(FORMS[form], value), value


def test_every_known_format_is_tested() -> None:
    assert FORMATS.keys() <= FORMS.keys()


def test_an_unknown_format_does_not_matter() -> None:
    assert all(isinstance(value, str) for value in values({"type": "string", "format": "string"}))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("email", r"[a-z0-9.-]+@example\.com"),
        ("userEmails", r"[a-z0-9.-]+@example\.com"),
        ("created_at", r"202\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("start_date", r"202\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("session_id", r"[0-9a-f-]{36}"),
        ("phone", r"\+1 \d{3} 555 01\d\d"),
        ("picture", r"https://www\.example\.com/.+"),
        ("api_key", r"\w{16}"),
        ("description", r"[A-Z].+\."),
        ("billing_currency", r"[A-Z]{3}"),
        ("IPAddress", r"10\.\d+\.\d+\.\d+"),
        ("connection_name", r"[a-z]+-[a-z]+"),
        ("version", r"\d+\.\d+\.\d+"),
        ("checksum", r"[0-9a-f]{64}"),
        ("something", r"[a-z]+ [a-z]+"),
    ],
)
def test_a_string_looks_like_its_name(name: str, form: str) -> None:
    for i in range(20):
        value = maker().value({"type": "string"}, i, name=name)
        assert re.fullmatch(form, value), value


def test_the_properties_of_a_person_belong_together() -> None:
    for person in values(PERSON):
        assert {person["first_name"], person["last_name"]} <= set(_halves(person["name"]))


def _halves(name: str) -> list[str]:
    words = name.split(" ")
    return [" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]


def test_the_items_of_an_array_are_about_different_people() -> None:
    emails = values({"type": "array", "items": {"format": "email", "type": "string"}, "minItems": 9}, 1)[0]
    assert len(set(emails)) > 6


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("created_at", "updated_at"),
        ("start", "end"),
        ("startedAt", "finishedAt"),
        ("issued_at", "expires_at"),
    ],
)
@pytest.mark.parametrize("form", ["date-time", "date", "time"])
def test_what_comes_first_is_earlier(version: str, first: str, then: str, form: str) -> None:
    moment = {"type": "string", "format": form}
    schema = {"type": "object", "properties": {then: moment, first: moment}}
    for value in values(schema, version=version):
        assert value[first] < value[then]


def test_seconds_since_1970_are_in_order_too() -> None:
    schema = {
        "type": "object",
        "properties": {"created": {"type": "integer"}, "expires_at": {"type": "integer"}},
    }
    schema["properties"]["created_at"] = {"type": "integer"}  # type: ignore[index]
    for value in values(schema):
        assert 2024 <= datetime.fromtimestamp(value["created_at"], UTC).year <= 2025
        assert value["created_at"] < value["expires_at"]


@pytest.mark.parametrize(
    ("pattern", "shortest", "longest"),
    [
        (r"^[a-z]+$", 17, 17),
        (r"^[a-z]+(-[a-z]+)*$", 30, 40),
        (r"^(?=.*[A-Z])(?=.*\d)(?=.*[!@#]).{8,}$", 8, 30),
        (r"^(\d\d)-\1$", 0, 9),
        (r"[^a]b", 5, 9),
        (r"^arn:aws:[a-z0-9]+:\w*:\d{12}:.+$", 60, 64),
        (r"^(?:a|bb){3}$", 5, 5),
        (r"^(a(b(c)?)?)?$", 3, 3),
        (r"^[^/]+/[^/]+$", 20, 20),
        (r"^[à-ÿ]{4}$", 0, 9),
        (r"^\D\W\S?$", 2, 3),
        (r"^x*?y++$", 12, 12),
    ],
)
def test_a_string_matches_its_pattern_and_lengths(pattern: str, shortest: int, longest: int) -> None:
    found = {matching(Chance(1), [pattern], f"place {i}", shortest, longest) for i in range(30)}
    for text in found:
        assert text is not None
        assert re.search(pattern, text)
        assert shortest <= len(text) <= longest


def test_patterns_that_contradict_one_another_have_no_match() -> None:
    assert matching(Chance(1), ["^a$", "^b$"], "place") is None


def test_a_pattern_that_is_not_pythons_does_not_matter() -> None:
    assert maker().value({"type": "string", "pattern": r"^\p{Lu}$"})


# Combinations that a strategy hardly hits.


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("version", VALIDATORS)
def test_a_recursive_schema_ends(version: str) -> None:
    tree = {
        "type": "object",
        "required": ["value", "children"],
        "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": ref("Tree")},
            "parent": ref("Tree"),
        },
    }
    values(ref("Tree"), 5, version, Tree=tree)


def test_a_recursive_schema_goes_at_least_one_level_down() -> None:
    chain = {"type": "object", "properties": {"value": {"type": "integer"}, "next": ref("Chain")}}
    assert "value" in maker(components={"Chain": chain}).value(ref("Chain"))["next"]


def test_a_chain_that_must_go_on_ends_where_it_may() -> None:
    chain = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"anyOf": [ref("Chain"), {"type": "null"}]}},
    }
    values(ref("Chain"), 20, Chain=chain)


def test_schemas_that_all_lead_to_each_other_do_not_explode() -> None:
    names = [f"S{i}" for i in range(12)]
    schema = {"type": "object", "properties": {n: {"type": "array", "items": ref(n)} for n in names}}
    components: dict[str, Schema] = dict.fromkeys(names, schema)
    made = values(ref("S0"), 1, **components)[0]
    assert len(str(made)) < 100_000


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "string", "enum": [1]},
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"type": "object", "minProperties": 2, "properties": {"a": {}}, "additionalProperties": False},
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "array", "items": False, "minItems": 1}},
        },
        {"not": {}},
        ref("Forever"),
        ref("Nothing"),
    ],
    ids=str,
)
def test_a_schema_without_values_is_an_error(schema: Schema) -> None:
    forever = {"type": "object", "required": ["more"], "properties": {"more": ref("Forever")}}
    with pytest.raises(ContractError):
        maker(components={"Forever": forever}).value(schema)


def test_an_optional_property_without_values_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"enum": []}}}
    assert maker().value(schema).keys() == {"a"}


@pytest.mark.parametrize("version", VALIDATORS)
def test_all_parts_count(version: str) -> None:
    parts: list[Schema] = [
        ref("Base"),
        {"type": "object", "required": ["size"], "properties": {"size": {"maximum": 20, "multipleOf": 4}}},
        {"properties": {"size": {"multipleOf": 6}, "label": {"minLength": 30, "maxLength": 40}}},
    ]
    base = {
        "type": "object",
        "properties": {"size": {"type": "integer", "minimum": 3}, "label": {"type": "string"}},
    }
    for value in values({"allOf": parts}, version=version, Base=base):
        assert value["size"] == 12
        assert 30 <= len(value["label"]) <= 40


@pytest.mark.parametrize("version", VALIDATORS)
def test_a_property_that_one_part_forbids_is_left_out(version: str) -> None:
    closed = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
    schema = {"allOf": [closed, {"properties": {"b": {"type": "integer"}}}]}
    assert all(value.keys() == {"a"} for value in values(schema, 5, version))


PET = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
CAT = {
    "allOf": [
        ref("Pet"),
        {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}},
    ]
}
DOG = {
    "allOf": [
        ref("Pet"),
        {"type": "object", "required": ["tricks"], "properties": {"tricks": {"type": "array"}}},
    ]
}


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize("union", ["oneOf", "anyOf"])
def test_a_discriminator_names_the_alternative(version: str, union: str) -> None:
    schema = {
        union: [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"tom": "#/components/schemas/Cat"}},
    }
    fields = {"tom": "lives", "Dog": "tricks"}
    made = values(schema, version=version, Pet=PET, Cat=CAT, Dog=DOG)
    assert all(fields[value["kind"]] in value for value in made)
    assert {value["kind"] for value in made} == fields.keys()


def test_a_base_class_is_told_the_name_of_the_schema() -> None:
    pet = {**PET, "discriminator": {"propertyName": "kind", "mapping": {"wow": "#/components/schemas/Dog"}}}
    plausible = maker(components={"Pet": pet, "Cat": CAT, "Dog": DOG})
    wanted = {"Cat": "Cat", "Dog": "wow", "Pet": "Pet"}
    assert {name: plausible.value(ref(name))["kind"] for name in wanted} == wanted


@pytest.mark.parametrize("version", VALIDATORS)
def test_exactly_one_alternative_matches(version: str) -> None:
    schema = {
        "oneOf": [
            {"type": "number", "multipleOf": 5},
            {"type": "integer", "multipleOf": 3},
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
        ]
    }
    assert {type(value) for value in values(schema, 80, version)} >= {dict, int}


def test_all_alternatives_occur() -> None:
    schema = {"oneOf": [{"const": "a"}, {"const": "b"}, {"const": "c"}]}
    assert set(values(schema)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("3.0.3", {"type": "string", "nullable": True}),
        ("3.0.3", {"type": "object", "properties": {"a": {"type": "integer"}}, "nullable": True}),
        ("3.1.0", {"type": ["string", "null"]}),
        ("3.1.0", {"enum": ["a", "b", None]}),
    ],
)
def test_null_is_possible_but_rare(version: str, schema: Schema) -> None:
    nulls = [value is None for value in values(schema, 300, version)]
    assert 10 <= sum(nulls) <= 60


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("3.0.3", {"type": "string", "nullable": True, "enum": ["a", "b"]}),
        ("3.1.0", {"type": "string", "nullable": True}),
        ("3.0.3", {"allOf": [{"type": "string"}], "nullable": True}),
    ],
)
def test_nullable_does_not_say_more_than_it_says(version: str, schema: Schema) -> None:
    assert None not in values(schema, 100, version)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 1},
        {"type": "integer", "minimum": 0, "maximum": 2, "exclusiveMinimum": True, "exclusiveMaximum": True},
    ],
)
def test_an_exclusive_bound_of_openapi_3_0_is_excluded(schema: Schema) -> None:
    assert set(values(schema, 20, "3.0.3")) == {1}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1.001},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.004},
        {"type": "integer", "format": "int32", "minimum": 2**31 - 2},
        {"type": "integer", "minimum": 10**18, "multipleOf": 7},
        {"type": "number", "multipleOf": 0.01, "minimum": 0.29, "maximum": 0.57},
        {"type": "integer", "multipleOf": 2500},
        {"type": "integer", "exclusiveMaximum": -5},
    ],
    ids=str,
)
def test_a_number_is_within_narrow_bounds(schema: Schema) -> None:
    values(schema, 100)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("age", 18, 90), ("latitude", -90, 90), ("httpPort", 1024, 65535), ("year", 1990, 2030)],
)
def test_a_number_looks_like_its_name(name: str, low: int, high: int) -> None:
    assert all(low <= maker().value({"type": "integer"}, i, name=name) <= high for i in range(50))


def test_unique_items_use_up_a_small_range() -> None:
    schema = {
        "type": "array",
        "uniqueItems": True,
        "minItems": 4,
        "items": {"type": "integer", "minimum": 1, "maximum": 4},
    }
    assert all(sorted(value) == [1, 2, 3, 4] for value in values(schema))


def test_arrays_have_items_when_they_may() -> None:
    assert all(1 <= len(value) <= 3 for value in values({"type": "array", "items": {"type": "string"}}))


def test_a_map_has_entries() -> None:
    schema = {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "propertyNames": {"pattern": "^[A-Z]{3}$"},
    }
    assert all(len(value) == 2 for value in values(schema))


def test_all_declared_properties_are_there() -> None:
    assert all(value.keys() == PERSON["properties"].keys() for value in values(PERSON))  # type: ignore[attr-defined]


def test_examples_are_used_only_when_asked_for() -> None:
    schema = {"type": "string", "example": "pgdemo"}
    assert maker().value(schema) != "pgdemo"
    assert maker().value(schema, prefer_examples=True) == "pgdemo"


def test_an_example_that_is_not_valid_is_not_used() -> None:
    schema = {"type": "integer", "example": "many"}
    assert isinstance(maker().value(schema, prefer_examples=True), int)


def test_examples_inside_a_value_and_behind_references_are_used() -> None:
    schema = {"type": "object", "properties": {"a": ref("A"), "b": {"type": "integer", "examples": [1, 2]}}}
    value = maker(components={"A": {"type": "string", "example": "x"}}).value(schema, prefer_examples=True)
    assert value["a"] == "x"
    assert value["b"] in (1, 2)


def test_a_schema_that_says_nothing_costs_no_memory() -> None:
    plausible = maker()
    for i in range(20):
        plausible.value({}, i)
    assert len(plausible._nodes) == 1


def test_references_may_have_escapes_and_lead_into_arrays() -> None:
    document = {"openapi": "3.1.0", "paths": {"/a~b": {"parameters": [{"schema": {"const": 5}}]}}}
    reference = {"$ref": "#/paths/~1a~0b/parameters/0/schema"}
    assert Plausible(document, Chance(1)).value(reference) == 5
