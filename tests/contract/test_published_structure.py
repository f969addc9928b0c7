"""The shipped contracts: the structure is the published one, and the corrections fit it."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from openapi_spec_validator import validate

from mockhoop.contract.document import Contract, load_contract
from mockhoop.contract.references import resolved
from mockhoop.resources import spec_dir
from mockhoop.source import read_source

# Computed from what Hoop publishes, not from our files: all operations of the release, the schemas that they and our
# corrections reach, the version (`unknown` in 1.148.0) filled in.
PUBLISHED = {
    "hoop-1.49.10.yaml": "c253bb78a8106f6e7e01d6ff95a69c91a407c5f5242bc2c1ec7894a76a479f49",
    "hoop.yaml": "18b49dfaafa3015badec57c3c75439ed6573f4fe9e3d0d6f875a8dd79e9e5e3f",
}

each_contract = pytest.mark.parametrize("name", PUBLISHED)


def contract(name: str) -> Contract:
    return load_contract(spec_dir() / name)


PROSE = ("description", "summary", "example")
# What stands below these are names, of which some look like prose: a property that is called ``description``.
NAMES = ("paths", "properties", "schemas", "responses", "content", "headers")


def facts(node: Any, document: dict[str, Any], *, names: bool = False) -> Any:
    """The node without prose and examples, which are ours, and with answers that stand elsewhere in their places."""
    if isinstance(node, list):
        return [facts(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if str(node.get("$ref", "")).startswith("#/components/responses/"):
        return facts(resolved(document, node), document)
    return {
        key: facts(value, document, names=not names and key in NAMES)
        for key, value in node.items()
        if names or key not in PROSE
    }


def fingerprint(document: dict[str, Any]) -> str:
    published = {key: value for key, value in document.items() if key not in ("x-mockhoop", "components")}
    published["components"] = {"schemas": document["components"]["schemas"]}
    text = json.dumps(facts(published, document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
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
    operations = contract(name).operations
    aliases = [operation.key for operation in operations if operation.template.startswith("/plugins/audit/")]
    assert sorted(aliases) == ["GET /plugins/audit/sessions", "GET /plugins/audit/sessions/{session_id}"]


@each_contract
def test_every_correction_still_matches_the_published_document(name: str) -> None:
    assert [report.unmatched for report in contract(name).overlays] == [()]


@each_contract
def test_every_correction_gives_its_reason(name: str) -> None:
    actions = read_source(spec_dir() / "overlays" / name).data["actions"]
    assert [action["target"] for action in actions if not action.get("description", "").strip()] == []
