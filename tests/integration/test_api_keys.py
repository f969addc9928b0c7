"""Keys of the organization, as its admins look after them (sections 2.1 and 8.7)."""

import re
from typing import Any

import pytest

from mockhoop.gateway.facets import API_KEYS
from mockhoop.gateway.records import ApiKey

from .people_calls import DENIED, call, read, required

NOW = "2024-08-01T12:00:00Z"
MISSING = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def make(gateway: Any, name: str = "ci", *groups: str) -> Any:
    """What is told of a new key."""
    told = await call(gateway, "POST", "/api-keys", {"name": name, "groups": list(groups)})
    assert told.status == 201, told
    return told.json


async def test_a_key_is_made(gateway: Any) -> None:
    made = await make(gateway, "ci", "sre", "dba")
    key = made.pop("key")
    assert re.fullmatch(r"hpk_[\w-]{43}", key)
    assert re.fullmatch(r"[0-9a-f-]{36}", made.pop("id"))
    assert made == {
        "org_id": gateway.service.world.settings.organization.id,
        "name": "ci",
        "groups": ["sre", "dba"],
        "masked_key": key[:8] + "*" * 39,
        "status": "active",
        "created_by": "ada@example.com",
        "created_at": NOW,
        "deactivated_by": None,
        "deactivated_at": None,
        "last_used_at": None,
    }


async def test_a_key_lets_in_with_its_groups(gateway: Any) -> None:
    assert (await read(gateway, "/userinfo", (await make(gateway, "ci", "sre"))["key"]))["groups"] == ["sre"]


async def test_keys_are_listed_without_the_key_itself(gateway: Any) -> None:
    made = await make(gateway)
    listed = await read(gateway, "/api-keys")
    assert [key["name"] for key in listed] == ["deployer", "reviewer", "auditing", "ci"]
    assert listed[-1] == {name: value for name, value in made.items() if name != "key"}


async def test_where_there_are_none_there_is_null(api: Any) -> None:
    assert await read(await api("empty"), "/api-keys") is None


async def test_two_keys_differ(gateway: Any) -> None:
    one, other = await make(gateway, "one"), await make(gateway, "other")
    assert (one["id"] == other["id"], one["key"] == other["key"]) == (False, False)


async def test_the_same_world_makes_the_same_key(api: Any) -> None:
    assert await make(await api("executions")) == await make(await api("executions"))


async def test_a_key_without_groups_has_none(gateway: Any) -> None:
    assert (await call(gateway, "POST", "/api-keys", {"name": "ci"})).json["groups"] == []


async def test_a_key_is_found_by_name_and_by_id(gateway: Any) -> None:
    made = await make(gateway)
    assert await read(gateway, "/api-keys/ci") == await read(gateway, f"/api-keys/{made['id']}")


@pytest.mark.parametrize("name", ["ci", MISSING])
@pytest.mark.parametrize(("method", "end"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/reactivate")])
async def test_a_key_that_is_not_there(gateway: Any, name: str, method: str, end: str) -> None:
    told = await call(gateway, method, f"/api-keys/{name}{end}", {} if method == "PUT" else None)
    assert told.said == (404, "api key not found")


@pytest.mark.parametrize(("method", "target"), [("POST", "/api-keys"), ("PUT", "/api-keys/deployer")])
async def test_a_body_that_is_none(gateway: Any, method: str, target: str) -> None:
    assert (await call(gateway, method, target, b"")).said == (400, "EOF")


async def test_a_key_needs_a_name(gateway: Any) -> None:
    assert (await call(gateway, "POST", "/api-keys", {})).said == required("APIKeyCreateRequest", "Name")


async def test_a_name_that_another_key_has(gateway: Any) -> None:
    taken = (409, "api key already exists")
    await make(gateway)
    assert (await call(gateway, "POST", "/api-keys", {"name": "deployer"})).said == taken
    assert (await call(gateway, "PUT", "/api-keys/ci", {"name": "deployer"})).said == taken
    assert (await call(gateway, "PUT", "/api-keys/ci", {"name": "ci"})).status == 200


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({}, ("ci", ["sre"])),
        ({"name": "cd"}, ("cd", ["sre"])),
        ({"groups": ["dba"]}, ("ci", ["dba"])),
        ({"groups": []}, ("ci", [])),
        ({"name": "cd", "groups": ["dba"]}, ("cd", ["dba"])),
    ],
    ids=["nothing", "name", "groups", "no groups", "both"],
)
async def test_what_is_told_of_a_key_changes(gateway: Any, change: Any, after: tuple[str, list[str]]) -> None:
    made = await make(gateway, "ci", "sre")
    told = await call(gateway, "PUT", f"/api-keys/{made['id']}", change)
    assert (told.status, told.json["name"], told.json["groups"]) == (200, *after)
    assert told.json == await read(gateway, f"/api-keys/{after[0]}")
    caller = await read(gateway, "/userinfo", made["key"])
    assert (caller["name"], caller["groups"]) == after


async def test_a_key_that_is_revoked_lets_nobody_in_and_is_still_listed(gateway: Any) -> None:
    made = await make(gateway)
    told = await call(gateway, "DELETE", "/api-keys/ci")
    assert (told.status, told.body) == (204, b"")
    assert (await call(gateway, "GET", "/userinfo", token=made["key"])).said == DENIED
    listed = (await read(gateway, "/api-keys"))[-1]
    names = ("name", "status", "deactivated_by", "deactivated_at")
    assert [listed[name] for name in names] == ["ci", "revoked", "ada@example.com", NOW]


async def test_a_key_is_revoked_once(gateway: Any) -> None:
    await make(gateway)
    await call(gateway, "DELETE", "/api-keys/ci", token="ada")
    assert (await call(gateway, "DELETE", "/api-keys/ci", token="hpk_deployer")).status == 204
    assert (await read(gateway, "/api-keys/ci"))["deactivated_by"] == "ada@example.com"


async def test_a_key_lets_in_again(gateway: Any) -> None:
    made = await make(gateway)
    await call(gateway, "DELETE", "/api-keys/ci")
    told = await call(gateway, "POST", "/api-keys/ci/reactivate")
    names = ("status", "deactivated_by", "deactivated_at")
    assert (told.status, [told.json[name] for name in names]) == (200, ["active", None, None])
    assert (await call(gateway, "GET", "/userinfo", token=made["key"])).status == 200


async def test_a_key_that_lets_in_is_not_made_to_again(gateway: Any) -> None:
    told = await call(gateway, "POST", "/api-keys/deployer/reactivate")
    assert told.said == (422, "api key is not revoked")


async def test_a_key_says_when_it_was_used_last(gateway: Any) -> None:
    await read(gateway, "/sessions", "hpk_reviewer")
    used = {key["name"]: key["last_used_at"] for key in await read(gateway, "/api-keys")}
    assert used == {"deployer": None, "reviewer": NOW, "auditing": None}


async def test_a_call_with_a_key_changes_nothing(gateway: Any) -> None:
    await read(gateway, "/userinfo", "hpk_reviewer")
    assert gateway.service.world.changes == 0


async def test_a_call_that_was_turned_away_was_no_use(gateway: Any) -> None:
    made = await make(gateway)
    await call(gateway, "DELETE", "/api-keys/ci")
    await call(gateway, "GET", "/sessions", token=made["key"])
    assert (await read(gateway, "/api-keys/ci"))["last_used_at"] is None


async def test_when_a_key_was_used_is_kept_with_its_next_change(gateway: Any) -> None:
    await read(gateway, "/userinfo", "hpk_reviewer")
    await call(gateway, "DELETE", "/api-keys/reviewer")
    gateway.service.world.journal.clear()
    assert (await read(gateway, "/api-keys/reviewer"))["last_used_at"] == NOW


@pytest.mark.parametrize("token", ["erin", "otto", "hpk_reviewer"], ids=["standard", "auditor", "program"])
@pytest.mark.parametrize(
    ("method", "target"),
    [
        *(("GET", "/api-keys"), ("POST", "/api-keys"), ("GET", "/api-keys/deployer"), ("PUT", "/api-keys/deployer")),
        *(("DELETE", "/api-keys/deployer"), ("POST", "/api-keys/deployer/reactivate")),
    ],
)
async def test_keys_are_for_admins(gateway: Any, token: str, method: str, target: str) -> None:
    body = {"name": "ci"} if (method, target) in (("POST", "/api-keys"), ("PUT", "/api-keys/deployer")) else None
    assert (await call(gateway, method, target, body, token)).said == (403, "access denied")


async def test_a_short_key_is_masked_all_the_same(gateway: Any) -> None:
    keys: Any = gateway.service.world.table(API_KEYS)
    found: ApiKey = keys.find("name", "deployer")
    assert found.key == "hpk_deployer"
    assert (await read(gateway, "/api-keys/deployer"))["masked_key"] == "hpk_depl****"
