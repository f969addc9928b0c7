"""What holds for the values of any schema: directions, given values that break their schema, and rubbish."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible
from mockhoop.values.plausible.cleaning import ANYTHING, CLEANERS
from mockhoop.values.plausible.formats import FORMATS, FORMS, has_format
from mockhoop.values.plausible.moments import MOMENTS

Schema = Any
VERSIONS = ("3.0.3", "3.1.0")
ONE_WAY = {"response": "writeOnly", "request": "readOnly"}

anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=True) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def maker(version: str = "3.1.0") -> Plausible:
    return Plausible({"openapi": version}, Chance(1))


# Directions


@st.composite
def one_way_objects(draw: st.DrawFn) -> Schema:
    """Objects, one in another, some properties of which go one way only."""
    leaf = {"type": "string"}
    schema: Schema = leaf
    for _ in range(draw(st.integers(1, 3))):
        properties = {
            name: {
                **draw(st.sampled_from((leaf, schema))),
                **draw(st.sampled_from(({}, *({one: True} for one in words)))),
            }
            for words in [tuple(ONE_WAY.values())]
            for name in ("a", "b", "c", "d")
        }
        schema = {"type": "object", "properties": properties}
        if draw(st.booleans()):
            schema = {"type": "array", "items": schema, "minItems": 1}
        elif draw(st.booleans()):
            schema = {"oneOf": [schema, {"type": "object", "properties": {"e": leaf}}]}
        elif draw(st.booleans()):
            schema = {"allOf": [schema, {"properties": {"f": {**leaf, "readOnly": True}}}]}
    return schema


def hidden(schema: Schema, value: Any, word: str) -> list[str]:
    """The properties of a value that are marked with a word, wherever they are described."""
    if isinstance(value, list):
        return [name for item in value for name in hidden(schema.get("items", {}), item, word)]
    if not isinstance(value, dict):
        return []
    parts = [schema, *schema.get("allOf", ())]
    found = [name for part in parts for name in value if part.get("properties", {}).get(name, {}).get(word)]
    for part in parts:
        for name, one in value.items():
            found += hidden(part.get("properties", {}).get(name, {}), one, word)
    for option in schema.get("oneOf", ()):
        # Only of the alternative that the value is made of is it known what is hidden.
        if value.keys() <= option.get("properties", {}).keys():
            found += hidden(option, value, word)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("direction", ONE_WAY)
@given(schema=one_way_objects(), ordinal=st.integers(0, 5), examples=st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_the_other_way_only_is_left_out(
    version: str, direction: str, schema: Schema, ordinal: int, examples: bool
) -> None:
    value = maker(version).value(schema, ordinal, prefer_examples=examples, direction=direction)
    assert hidden(schema, value, ONE_WAY[direction]) == []


@pytest.mark.parametrize("direction", ONE_WAY)
@pytest.mark.parametrize("word", ["default", "example"])
def test_a_given_object_with_a_property_of_the_other_way_is_not_answered_with(direction: str, word: str) -> None:
    properties = {"name": {"type": "string"}, "secret": {"type": "string", ONE_WAY[direction]: True}}
    schema = {"type": "object", "properties": properties, word: {"name": "Ada", "secret": "x"}}
    made = [maker("3.0.3").value(schema, i, prefer_examples=True, direction=direction) for i in range(20)]
    assert all("secret" not in value for value in made)


# Given values


@st.composite
def schemas_with_given_values(draw: st.DrawFn) -> Schema:
    schema = draw(
        st.sampled_from(
            (
                {"type": "string", "minLength": 2, "maxLength": 6},
                {"type": "string", "format": draw(st.sampled_from(sorted(FORMS)))},
                {"type": "integer", "minimum": 3, "maximum": 9},
                {"type": "number", "multipleOf": 0.5},
                {"type": "boolean"},
                {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
                {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
                {"enum": ["a", "b", 3]},
            )
        )
    )
    return {**schema, draw(st.sampled_from(("default", "example"))): draw(anything)}


VALIDATORS = {
    "3.0.3": (OAS30Validator, oas30_format_checker),
    "3.1.0": (OAS31Validator, oas31_format_checker),
}


def is_valid(version: str, schema: Schema, value: Any) -> bool:
    validator, checker = VALIDATORS[version]
    return bool(validator(schema, format_checker=checker).is_valid(value))  # type: ignore[call-arg]


@pytest.mark.parametrize("version", VERSIONS)
@given(schema=schemas_with_given_values(), examples=st.booleans(), ordinal=st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_a_default_or_example_that_breaks_its_schema_is_never_answered_with(
    version: str, schema: Schema, examples: bool, ordinal: int
) -> None:
    value = maker(version).value(schema, ordinal, prefer_examples=examples)
    assert is_valid(version, schema, value)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("time", "16:39:57-08:00"),
        ("time", "25:00:00"),
        ("date-time", "2024-01-01 00:00:00Z"),
        ("idn-hostname", "Bücher.example"),
        ("idn-email", "nobody"),
        ("ipv4", "999.1.1.1"),
        ("ipv6", "zz"),
        ("regex", "("),
    ],
)
def test_an_example_that_the_validator_refuses_for_its_format_is_passed_over(
    version: str, form: str, text: str
) -> None:
    schema = {"type": "string", "format": form, "example": text}
    value = maker(version).value(schema, prefer_examples=True)
    assert value != text
    assert is_valid(version, schema, value)


@pytest.mark.parametrize("version", VERSIONS)
@given(form=st.sampled_from(sorted({*FORMS, *FORMATS, *MOMENTS})), ordinal=st.integers(0, 50))
@settings(max_examples=200, deadline=None)
def test_what_is_made_for_a_format_has_it_for_us_and_for_the_validator(version: str, form: str, ordinal: int) -> None:
    schema = {"type": "string", "format": form}
    value = maker(version).value(schema, ordinal)
    assert has_format(form, value)
    assert is_valid(version, schema, value)


# Rubbish

words = st.sampled_from(sorted({*CLEANERS, *ANYTHING, "unknown"}))
rubbish: st.SearchStrategy[Schema] = st.recursive(
    st.dictionaries(words, anything, max_size=4),
    lambda inner: st.dictionaries(
        words,
        anything
        | inner
        | st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("a", "b", "^x")), inner, max_size=2)
        | st.sampled_from(
            ("string", "object", "array", "integer", "null", "date-time", "#", "#/components/none", "(?")
        ),
        max_size=4,
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("version", VERSIONS)
@given(schema=rubbish, direction=st.sampled_from(("", *ONE_WAY)), examples=st.booleans(), value=anything)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_schema_that_is_rubbish_gives_a_value_or_a_clear_refusal(
    version: str, schema: Schema, direction: str, examples: bool, value: Any
) -> None:
    plausible = maker(version)
    with suppress(ContractError):
        plausible.value(schema, "key", prefer_examples=examples, direction=direction)
    with suppress(ContractError):
        plausible.fits(schema, value, direction=direction)
