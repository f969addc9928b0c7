"""The shipped contracts: the structure is the published one, and the corrections fit it."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from openapi_spec_validator import validate

from mockhoop.contract.document import Contract, load_contract
from mockhoop.resources import spec_dir
from mockhoop.source import read_source

# Computed from what Hoop publishes, not from our files. For 1.49.10 that is the document of the release; for
# 1.148.0 the fifteen operations that are served and the schemas they reach, its version (`unknown`) filled in.
PUBLISHED = {
    "hoop-1.49.10.yaml": "0d8dba8022c94f4c9962aec21487de26701b5e9cf11e801602ffd0664e524266",
    "hoop.yaml": "c41dadcbad2a7ff0b7b1a0d424b1c79b284a82c144552d35e2455576a8ded115",
}

each_contract = pytest.mark.parametrize("name", PUBLISHED)


def contract(name: str) -> Contract:
    return load_contract(spec_dir() / name)


def without_prose(node: Any) -> Any:
    """The node with each description emptied, and still there: also where prose stands is structure."""
    if isinstance(node, dict):
        return {
            key: "" if key == "description" and isinstance(value, str) else without_prose(value)
            for key, value in node.items()
        }
    return [without_prose(item) for item in node] if isinstance(node, list) else node


def fingerprint(document: dict[str, Any]) -> str:
    published = {key: value for key, value in document.items() if key != "x-mockhoop"}
    text = json.dumps(without_prose(published), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


@each_contract
def test_the_structure_is_the_published_one(name: str) -> None:
    assert fingerprint(read_source(spec_dir() / name).data) == PUBLISHED[name]


@each_contract
def test_the_corrected_document_is_valid_openapi(name: str) -> None:
    validate(dict(contract(name).document))


@each_contract
def test_the_corrected_document_refers_to_nothing_outside_itself(name: str) -> None:
    assert [found for found in references(contract(name).document) if not found.startswith("#/")] == []


@each_contract
@pytest.mark.parametrize("path", ["/sessions", "/sessions/{session_id}"])
def test_an_alias_is_described_like_what_it_stands_for(name: str, path: str) -> None:
    operations = contract(name).operations
    alias, original = operations.get(f"GET /plugins/audit{path}"), operations.get(f"GET {path}")
    assert alias is not None
    assert original is not None
    assert alias.parameters == original.parameters
    assert alias.definition["responses"] == original.definition["responses"]


@each_contract
def test_an_alias_offers_reading_alone(name: str) -> None:
    aliases = [operation.key for operation in contract(name).operations if operation.template.startswith("/plugins/")]
    assert sorted(aliases) == ["GET /plugins/audit/sessions", "GET /plugins/audit/sessions/{session_id}"]


@each_contract
def test_every_correction_still_matches_the_published_document(name: str) -> None:
    assert [report.unmatched for report in contract(name).overlays] == [()]


@each_contract
def test_every_correction_gives_its_reason(name: str) -> None:
    actions = read_source(spec_dir() / "overlays" / name).data["actions"]
    assert [action["target"] for action in actions if not action.get("description", "").strip()] == []
