"""AI agents: they have keys as programs do, in a list of their own (section 2.1)."""

from typing import Any

import pytest

from .people_calls import DENIED, call, read, required


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def make(gateway: Any, name: str = "assistant") -> Any:
    told = await call(gateway, "POST", "/ai-agents", {"name": name, "groups": ["sre"]})
    assert told.status == 201, told
    return told.json


async def test_where_there_are_none_the_list_is_empty(gateway: Any) -> None:
    assert await read(gateway, "/ai-agents") == []


async def test_an_agent_lets_in_with_its_groups(gateway: Any) -> None:
    made = await make(gateway)
    told = await read(gateway, "/userinfo", made["key"])
    assert [told[name] for name in ("id", "name", "groups")] == [made["id"], "assistant", ["sre"]]


async def test_agents_and_keys_are_listed_apart(gateway: Any) -> None:
    before = await read(gateway, "/api-keys")
    made = await make(gateway)
    assert await read(gateway, "/ai-agents") == [{name: value for name, value in made.items() if name != "key"}]
    assert await read(gateway, "/api-keys") == before


async def test_an_agent_may_be_called_as_a_key_is(gateway: Any) -> None:
    key, agent = await read(gateway, "/api-keys/deployer"), await make(gateway, "deployer")
    assert (await read(gateway, "/api-keys/deployer"))["id"] == key["id"]
    assert (await read(gateway, "/ai-agents/deployer"))["id"] == agent["id"]


async def test_a_key_is_no_agent(gateway: Any) -> None:
    key = await read(gateway, "/api-keys/deployer")
    for name in ("deployer", key["id"]):
        assert (await call(gateway, "GET", f"/ai-agents/{name}")).said == (404, "ai agent not found")


async def test_an_agent_is_revoked_and_lets_in_again(gateway: Any) -> None:
    made = await make(gateway)
    assert (await call(gateway, "DELETE", "/ai-agents/assistant")).status == 204
    assert (await call(gateway, "GET", "/userinfo", token=made["key"])).said == DENIED
    assert (await call(gateway, "POST", "/ai-agents/assistant/reactivate")).json["status"] == "active"
    assert (await call(gateway, "GET", "/userinfo", token=made["key"])).status == 200


async def test_what_is_told_of_an_agent_changes(gateway: Any) -> None:
    made = await make(gateway)
    told = await call(gateway, "PUT", f"/ai-agents/{made['id']}", {"name": "helper"})
    assert (told.json["name"], told.json["groups"]) == ("helper", ["sre"])


async def test_an_agent_that_is_refused(gateway: Any) -> None:
    await make(gateway)
    assert (await call(gateway, "POST", "/ai-agents", {"name": "assistant"})).said == (409, "ai agent already exists")
    assert (await call(gateway, "POST", "/ai-agents", {})).said == required("AIAgentCreateRequest", "Name")
    told = await call(gateway, "POST", "/ai-agents/assistant/reactivate")
    assert told.said == (422, "ai agent is not revoked")
