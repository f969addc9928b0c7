"""Groups: those that people are in, and those that were added (section 8.7)."""

from typing import Any

import pytest

from mockhoop.gateway.facets import API_KEYS

from .people_calls import ERIN, call, read, required

ALL = ["admin", "auditor", "dba", "engineering", "sre"]


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def test_groups_are_those_of_people(gateway: Any) -> None:
    assert await read(gateway, "/users/groups", "erin") == ALL


async def test_where_nobody_is_in_a_group_there_is_null(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "key.yaml"
    path.write_text("mockhoop: 1\napi_key: xapi-own\n")
    assert await read(await api(path), "/users/groups", None, Api_Key="xapi-own") is None


async def test_a_group_that_is_added_is_remembered_though_nobody_is_in_it(gateway: Any) -> None:
    told = await call(gateway, "POST", "/users/groups", {"name": "night shift"})
    assert (told.status, told.json) == (201, {"name": "night shift"})
    assert await read(gateway, "/users/groups") == sorted([*ALL, "night shift"])


async def test_a_scenario_can_tell_of_a_group_that_nobody_is_in(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "shift.yaml"
    path.write_text("mockhoop: 1\ninclude: [empty]\nitems: [{item: /users/groups/night-shift, fields: {}}]\n")
    gateway = await api(path)
    assert await read(gateway, "/users/groups") == ["admin", "night-shift"]
    await call(gateway, "DELETE", "/users/groups/night-shift")
    assert await read(gateway, "/users/groups") == ["admin"]


@pytest.mark.parametrize("name", ["sre", "night-shift"])
async def test_a_group_that_is_there(gateway: Any, name: str) -> None:
    await call(gateway, "POST", "/users/groups", {"name": "night-shift"})
    assert (await call(gateway, "POST", "/users/groups", {"name": name})).said == (409, "group already exists")


async def test_a_group_needs_a_name(gateway: Any) -> None:
    assert (await call(gateway, "POST", "/users/groups", {})).said == required("UserGroup", "Name")


async def test_a_group_comes_with_who_is_in_it(gateway: Any) -> None:
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "groups": ["night-shift"]})
    assert await read(gateway, "/users/groups") == ["admin", "auditor", "dba", "night-shift", "sre"]


async def test_a_group_that_is_gone_is_nobodys(gateway: Any) -> None:
    told = await call(gateway, "DELETE", "/users/groups/sre")
    assert (told.status, told.body) == (204, b"")
    assert await read(gateway, "/users/groups") == ["admin", "auditor", "dba", "engineering"]
    assert [user["email"] for user in await read(gateway, "/users") if "sre" in user["groups"]] == []
    assert [key.name for key in gateway.service.world.table(API_KEYS) if "sre" in key.groups] == []


async def test_a_group_that_was_added_is_gone_too(gateway: Any) -> None:
    await call(gateway, "POST", "/users/groups", {"name": "night shift"})
    assert (await call(gateway, "DELETE", "/users/groups/night%20shift")).status == 204
    assert await read(gateway, "/users/groups") == ALL


async def test_a_group_that_is_not_there(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/users/groups/nobody")).said == (404, "group not found")


async def test_the_admins_stay(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/users/groups/admin")).said == (422, "cannot delete admin group")
