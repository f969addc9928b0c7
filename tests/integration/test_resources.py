"""Resources, whose roles are connections: kept, checked, planned and applied, as web app and command line do it."""

from pathlib import Path
from typing import Any

import pytest

from mockhoop.responders.hoop.reach.resources import Resources

from .execution_calls import send

SCENARIO = """
mockhoop: 1
clock: {start: 2026-08-21T12:00:00Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: Erin Engineer, email: erin@example.com, groups: [engineering], token: erin}
connections:
  - {name: pg-writer, type: database, subtype: postgres, resource_name: shop}
  - {name: pg-reader, type: database, subtype: postgres, resource_name: shop}
  - {name: asleep, type: custom, subtype: bash, more: {status: offline}}
items:
  - {item: /resources/told, fields: {type: database, subtype: mysql}}
"""
ROLE = {"name": "orders-reader", "type": "database", "subtype": "postgres", "secret": {"envvar:HOST": "ZGI="}}
AGENT = "3c1b2a10-9b1c-4f6c-8e0a-5d0f3c1b2a11"
ORDERS = {"name": "orders", "type": "database", "subtype": "postgres", "agent_id": AGENT, "env_vars": {"HOST": "db"}}
ITEM = {"role": "ro", "type": "managed", "privileges": ["SELECT"], "scopes": ["public"]}
UNKNOWN = "00000000-0000-4000-8000-000000000009"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("resources") / "resources.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
async def gateway(api: Any, scenario: Path) -> Any:
    return await api(scenario)


async def call(gateway: Any, method: str, target: str, body: Any = None) -> Any:
    return await send(gateway, method, target, body, "ada")


async def get(gateway: Any, target: str) -> Any:
    told = await call(gateway, "GET", target)
    assert told.status == 200, told
    return told.json


async def make(gateway: Any, **changes: Any) -> Any:
    told = await call(gateway, "POST", "/resources", {**ORDERS, **changes})
    assert told.status == 201, told
    return told.json


async def test_they_are_those_of_the_connections_and_those_that_were_told(gateway: Any) -> None:
    assert [one["name"] for one in await get(gateway, "/resources")] == ["asleep", "shop", "told"]


async def test_with_a_page_they_come_in_an_envelope(gateway: Any) -> None:
    told = await get(gateway, "/resources?page=2&page_size=2")
    assert (told["pages"], [one["name"] for one in told["data"]]) == ({"total": 3, "page": 2, "size": 2}, ["told"])


@pytest.mark.parametrize(
    ("query", "listed"), [("search=SQL", ["told"]), ("subtype=postgres", ["shop"]), ("name=asleep", ["asleep"])]
)
async def test_filters_leave_out_the_others(gateway: Any, query: str, listed: list[str]) -> None:
    assert [one["name"] for one in await get(gateway, f"/resources?{query}")] == listed


async def test_a_page_that_cannot_be_had_is_refused(gateway: Any) -> None:
    assert (await call(gateway, "GET", "/resources?page=0")).said == (422, "page must be >= 1")


async def test_one_tells_of_its_roles(gateway: Any) -> None:
    told = await get(gateway, "/resources/shop")
    assert (told["subtype"], [role["name"] for role in told["roles"]]) == ("postgres", ["pg-reader", "pg-writer"])


async def test_a_new_one_brings_its_roles(gateway: Any) -> None:
    made = await make(gateway, roles=[ROLE])
    assert await get(gateway, "/resources/orders") == made
    role = await get(gateway, "/connections/orders-reader")
    assert (role["resource_name"], role["agent_id"], role["secret"]) == ("orders", AGENT, ROLE["secret"])


async def test_a_role_is_a_connection_of_a_known_kind(api: Any, scenario: Path) -> None:
    gateway = await api(scenario, validation="report")
    told = await send(gateway, "POST", "/resources", {**ORDERS, "roles": [{**ROLE, "type": "toaster"}]}, "ada")
    assert told.status == 422
    assert told.json["message"].startswith("invalid type toaster, expected one of [database ")


async def test_one_may_do_without_an_agent(gateway: Any) -> None:
    assert (await make(gateway, agent_id=None))["agent_id"] == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "shop"}, "resource already exists"),
        ({"roles": [{**ROLE, "name": "asleep"}]}, "connection already exists"),
        ({"roles": [ROLE, ROLE]}, "connection already exists"),
        (
            {"name": ""},
            "Key: 'ResourceRequest.Name' Error:Field validation for 'Name' failed on the 'required' tag",
        ),
    ],
    ids=["taken", "role taken", "twice the same role", "no name"],
)
async def test_one_that_cannot_be_is_refused(gateway: Any, changes: Any, message: str) -> None:
    assert (await call(gateway, "POST", "/resources", {**ORDERS, **changes})).said == (400, message)


async def test_one_is_changed(gateway: Any) -> None:
    made = await make(gateway)
    told = await call(gateway, "PUT", "/resources/orders", {**ORDERS, "env_vars": {"HOST": "db2"}})
    assert (told.status, told.json) == (200, {**made, "env_vars": {"HOST": "db2"}})
    assert await get(gateway, "/resources/orders") == told.json


async def test_one_of_which_only_connections_told_is_changed_too(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/resources/shop", {**ORDERS, "name": "shop"})
    assert (told.status, told.json["env_vars"]) == (200, {"HOST": "db"})
    assert (await get(gateway, "/resources/shop"))["env_vars"] == {"HOST": "db"}


async def test_one_is_removed_and_may_come_again(gateway: Any) -> None:
    await make(gateway)
    assert (await call(gateway, "DELETE", "/resources/orders")).status == 204
    assert (await call(gateway, "GET", "/resources/orders")).said == (404, "resource not found")
    await make(gateway)


async def test_one_with_roles_stays(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/resources/shop")).status == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/resources/nothing", None),
        ("PUT", "/resources/nothing", ORDERS),
        ("DELETE", "/resources/nothing", None),
        ("GET", "/resources/nothing/health", None),
        ("POST", "/resources/nothing/plan", ITEM),
        ("POST", "/resources/nothing/apply", {"sid": UNKNOWN}),
    ],
)
async def test_one_that_is_not_there_is_not_found(gateway: Any, method: str, path: str, body: Any) -> None:
    assert (await call(gateway, method, path, body)).said == (404, "resource not found")


async def test_one_is_well_where_its_agent_is_there(gateway: Any) -> None:
    assert (await get(gateway, "/resources/shop/health"))["status"] == "success"
    assert (await get(gateway, "/resources/asleep/health"))["status"] == "failed"


async def test_several_are_checked_in_the_order_of_their_names(gateway: Any) -> None:
    told = await call(gateway, "POST", "/resources/health", {"names": ["shop", "nothing", "asleep"]})
    results = [(one["resource_name"], one["status"]) for one in told.json["results"]]
    assert results == [("shop", "success"), ("nothing", "failed"), ("asleep", "failed")]


async def test_a_plan_has_a_session_that_says_what_would_be_done(gateway: Any) -> None:
    told = (await call(gateway, "POST", "/resources/shop/plan", ITEM)).json
    assert (told["status"], told["resource_name"], told["message"]) == ("success", "shop", "")
    query = "expand=event_stream&event_stream=utf8"
    session = await get(gateway, f"/sessions/{told['sid']}?{query}")
    assert (session["status"], session["exit_code"]) == ("done", 0)
    assert told["role"] in session["event_stream"][0]


async def test_a_plan_is_applied_in_a_session_of_its_own(gateway: Any) -> None:
    plan = (await call(gateway, "POST", "/resources/shop/plan", ITEM)).json
    told = (await call(gateway, "POST", "/resources/shop/apply", {"sid": plan["sid"]})).json
    assert told["status"] == "success"
    planned, applied = [await get(gateway, f"/sessions/{one['sid']}") for one in (plan, told)]
    assert (planned["id"] != applied["id"], applied["script"]) == (True, planned["script"])


async def test_what_was_not_planned_is_not_applied(gateway: Any) -> None:
    told = (await call(gateway, "POST", "/resources/shop/apply", {"sid": UNKNOWN})).json
    assert (told["status"], told["message"]) == ("failed", "plan not found")


async def test_a_resource_without_roles_is_not_planned(gateway: Any) -> None:
    told = (await call(gateway, "POST", "/resources/told/plan", ITEM)).json
    assert (told["status"], told["message"]) == ("failed", "resource has no roles")


async def test_several_are_planned_and_applied_each_with_its_own_outcome(gateway: Any) -> None:
    names = ("shop", "nothing", "asleep")
    wanted = {"items": [{**ITEM, "resource_name": name} for name in names]}
    plans = (await call(gateway, "POST", "/resources/plan", wanted)).json["results"]
    assert [(one["resource_name"], one["status"]) for one in plans] == [
        ("shop", "success"),
        ("nothing", "failed"),
        ("asleep", "success"),
    ]
    found = [{"resource_name": one["resource_name"], "sid": one.get("sid", UNKNOWN)} for one in plans]
    applied = (await call(gateway, "POST", "/resources/apply", {"items": found})).json["results"]
    assert [one["status"] for one in applied] == ["success", "failed", "success"]
    assert len({one["sid"] for one in (*plans, *applied) if "sid" in one} - {UNKNOWN}) == 4


async def test_however_many_are_asked_for_all_are_looked_at_once(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    before = Resources.all
    monkeypatch.setattr(Resources, "all", lambda self, world: looked.append(world) or before(self, world))
    await call(gateway, "POST", "/resources/health", {"names": [f"none-{number}" for number in range(50)]})
    assert len(looked) == 1
