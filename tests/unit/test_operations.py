"""Which operation a path means, and what stands for its parameters where nothing stands between them."""

from typing import Any

import pytest

from mockhoop.contract.operations import Operations

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
KINDS = {"type": "string", "enum": [".json", ".tar.gz", ".gz"]}


def parameters(template: str, path: str, **schemas: Any) -> dict[str, str] | None:
    told = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in schemas.items()]
    match = Operations({"paths": {template: {"get": {"parameters": told, "responses": {}}}}}).match("GET", path)
    return None if match is None else dict(match.parameters)


@pytest.mark.parametrize(
    ("path", "first", "second"), [("/abc.json", "abc", ".json"), ("/a.b.c", "a.b", ".c"), ("/a-b", "a", "-b")]
)
def test_what_follows_upon_another_parameter_begins_with_a_mark(path: str, first: str, second: str) -> None:
    assert parameters("/{id}{ext}", path, id=STRING, ext=STRING) == {"id": first, "ext": second}


@pytest.mark.parametrize(("path", "first", "second"), [("/a.tar.gz", "a", ".tar.gz"), ("/a.b.json", "a.b", ".json")])
def test_known_values_tell_where_a_parameter_ends(path: str, first: str, second: str) -> None:
    assert parameters("/{id}{ext}", path, id=STRING, ext=KINDS) == {"id": first, "ext": second}


def test_a_number_ends_where_its_digits_do() -> None:
    assert parameters("/{size}{unit}", "/120kg", size=INTEGER, unit=STRING) == {"size": "120", "unit": "kg"}


def test_what_nothing_tells_apart_is_found_all_the_same() -> None:
    assert parameters("/{id}{ext}", "/abc", id=STRING, ext=KINDS) == {"id": "a", "ext": "bc"}


def test_a_text_in_between_parts_at_its_first_place() -> None:
    assert parameters("/{a}.{b}", "/x.y.z", a=STRING, b=STRING) == {"a": "x", "b": "y.z"}


def test_operations_of_one_path_share_it_whatever_their_parameters_are_like() -> None:
    def operation(schema: Any) -> dict[str, Any]:
        both = [{"name": name, "in": "path", "required": True, "schema": schema} for name in ("a", "b")]
        return {"parameters": both, "responses": {}}

    found = Operations({"paths": {"/{a}{b}": {"get": operation(STRING), "put": operation(KINDS)}}})
    assert found.methods("/x.json") == ["GET", "PUT"]
    assert found.methods("/xy") == ["GET", "PUT"]
