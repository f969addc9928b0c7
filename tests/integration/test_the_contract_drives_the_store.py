"""What is in the answers is what is in the contract, no more and no less."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

SCENARIOS = ["default", "review-states", "downloads", "documented-example"]
IGNORED = {"openapi.HTTPError", "mockhoop.Violation", "openapi.SessionDownloadLink"}


def parts(schema: Any, schemas: Any) -> Iterator[tuple[str, Any]]:
    """The schema and what it is put together from, each with its name, or with none."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = schemas[name] if name else schema
    yield name, schema
    for part in schema.get("allOf", ()):
        yield from parts(part, schemas)


def note_keys(value: Any, schema: Any, schemas: Any, seen: dict[str, set[str]]) -> None:
    """Note the keys of each object under the name of its schema; ``*`` stands for keys outside it."""
    for name, part in parts(schema, schemas):
        if isinstance(value, dict) and "properties" in part:
            seen[name] |= value.keys()
            for key in value.keys() & part["properties"].keys():
                note_keys(value[key], part["properties"][key], schemas, seen)
        elif isinstance(value, list) and "items" in part:
            for item in value:
                note_keys(item, part["items"], schemas, seen)


async def keys_on_the_wire(api: Any, contract: Any) -> tuple[dict[str, set[str]], Any]:
    seen: dict[str, set[str]] = defaultdict(set)
    schemas: Any = {}
    for scenario in SCENARIOS:
        gateway = await api(scenario, contract=contract)
        schemas = gateway.service.contract.document["components"]["schemas"]
        for offset in (0, 100, 200):
            page = (await gateway.get(f"/sessions?limit=100&offset={offset}")).json
            note_keys(page, {"$ref": "#/components/schemas/openapi.SessionList"}, schemas, seen)
    one = await gateway.session("1cbc8db5-fbf8-4293-8e35-59a6eea40207", "expand=event_stream,session_input")
    note_keys(one, {"$ref": "#/components/schemas/openapi.Session"}, schemas, seen)
    return seen, schemas


@pytest.mark.parametrize("contract", ["hoop", "1.49.10"])
async def test_keys_on_the_wire_are_the_contracts_properties_both_ways(api: Any, contract: str) -> None:
    seen, schemas = await keys_on_the_wire(api, contract)
    declared = {
        name: set(schema["properties"])
        for name, schema in schemas.items()
        if "properties" in schema and name not in IGNORED and name in reached("openapi.SessionList", schemas)
    }
    assert dict(seen) == declared


def reached(name: str, schemas: Any) -> set[str]:
    """The schema and all that it is made of."""
    found, new = set[str](), {name}
    while new:
        found |= new
        text = json.dumps([schemas[one] for one in new])
        new = set(re.findall(r"#/components/schemas/([^\"]+)", text)) - found
    return found


ADDED = {
    "x_text": {"type": "string", "maxLength": 20},
    "x_choice": {"type": "string", "enum": ["red", "green"]},
    "x_number": {"type": "integer", "minimum": 3, "maximum": 7},
    "x_share": {"type": "number", "minimum": 0, "exclusiveMaximum": True, "maximum": 1},
    "x_flag": {"type": "boolean"},
    "x_when": {"type": "string", "format": "date-time"},
    "x_owner": {"$ref": "#/components/schemas/openapi.ReviewOwner"},
    "x_list": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "uuid"}},
    "x_code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
}
SCHEMAS = {
    "openapi.SessionList": lambda page: page,
    "openapi.Session": lambda page: page["data"][0],
    "openapi.SessionReview": lambda page: page["data"][0]["review"],
    "openapi.ReviewGroup": lambda page: page["data"][0]["review"]["review_groups_data"][0],
    "openapi.ReviewOwner": lambda page: page["data"][0]["review"]["review_groups_data"][0]["reviewed_by"],
}


@pytest.mark.parametrize("contract", ["hoop", "1.49.10"])
@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_property_that_is_added_appears_with_a_valid_value(
    api: Any, hoop_document: Any, contract: str, schema: str
) -> None:
    def add(document: Any) -> None:
        changed = document["components"]["schemas"][schema]
        # The owner of the new property would contain itself.
        properties = {
            name: what for name, what in ADDED.items() if schema != "openapi.ReviewOwner" or name != "x_owner"
        }
        changed["properties"].update(properties)
        changed["required"] = [*changed.get("required", []), *properties]

    gateway = await api("documented-example", contract=hoop_document(add, contract))
    answer = await gateway.get("/sessions")
    found = SCHEMAS[schema](answer.json)
    # Whether the values are valid is looked at for every response; here, that they are there and not all the same.
    assert ADDED.keys() - found.keys() <= {"x_owner"}
    assert found["x_choice"] in ("red", "green")
    assert 3 <= found["x_number"] <= 7


async def test_an_added_property_is_the_same_in_a_list_and_by_itself(api: Any, hoop_document: Any) -> None:
    def add(document: Any) -> None:
        document["components"]["schemas"]["openapi.Session"]["properties"].update(ADDED)

    gateway = await api("documented-example", contract=hoop_document(add))
    (item,) = (await gateway.get("/sessions")).json["data"]
    session = await gateway.session(item["id"])
    assert {name: item.get(name) for name in ADDED} == {name: session.get(name) for name in ADDED}


async def test_sessions_differ_in_an_added_property(api: Any, hoop_document: Any) -> None:
    def add(document: Any) -> None:
        document["components"]["schemas"]["openapi.Session"]["properties"]["x_id"] = {
            "type": "string",
            "format": "uuid",
        }
        document["components"]["schemas"]["openapi.Session"]["required"].append("x_id")

    gateway = await api("review-states", contract=hoop_document(add))
    found = [session["x_id"] for session in (await gateway.get("/sessions?limit=100")).json["data"]]
    assert len(set(found)) == len(found) == 68


async def test_a_property_that_is_removed_disappears(api: Any, hoop_document: Any) -> None:
    def remove(document: Any) -> None:
        session = document["components"]["schemas"]["openapi.Session"]
        del session["properties"]["labels"]
        session["required"].remove("labels")

    gateway = await api("review-states", contract=hoop_document(remove))
    assert all("labels" not in session for session in (await gateway.get("/sessions")).json["data"])


async def test_a_release_between_the_two_behaves_as_its_time_did(api: Any, hoop_document: Any) -> None:
    def change(document: Any) -> None:
        document["x-mockhoop"]["release"] = "1.60.0"

    gateway = await api("pagination", contract=hoop_document(change), validation="report")
    answer = await gateway.get("/sessions?limit=0&connection=page")
    # Scripts are always there since 1.51.1, limits are checked since 1.144.0.
    assert (answer.status, answer.json["data"], answer.json["has_next_page"]) == (200, [], True)
    assert (await gateway.session((await gateway.get("/sessions")).ids[0]))["script"] is not None
    assert answer.headers["Server"] == "hoopgateway/1.60.0"
