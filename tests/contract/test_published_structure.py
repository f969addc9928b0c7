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
# 1.148.0 the four operations that are served and the schemas they reach, its version (`unknown`) filled in.
PUBLISHED = {
    "hoop-1.49.10.yaml": "0d8dba8022c94f4c9962aec21487de26701b5e9cf11e801602ffd0664e524266",
    "hoop.yaml": "dd9ca854a5e9f33979762b7ca96ef87db64dfadcda142010f06cb9b66b214e89",
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
def test_every_correction_still_matches_the_published_document(name: str) -> None:
    assert [report.unmatched for report in contract(name).overlays] == [()]


@each_contract
def test_every_correction_gives_its_reason(name: str) -> None:
    actions = read_source(spec_dir() / "overlays" / name).data["actions"]
    assert [action["target"] for action in actions if not action.get("description", "").strip()] == []
