"""The command line ``hoop`` works against mockhoop (section 6 of the sheet of clients)."""

from dataclasses import dataclass
from typing import Any

import pytest

from . import work
from .cli import ADMIN_SESSION, AGENT, LIST, PLUGIN, ROLE, SERVER, SESSION, Cli, Failed
from .conftest import Start
from .gateway import Gateway
from .people import ADA, GATEWAY_KEY, JOHN, PASSWORD
from .shapes import moment, uuid

USER = {"id": str, "name": str, "email": str, "groups": ([str], None), "status": str}
NAMED = {"name": str}
RESOURCE = {"name": str, "type": str}
REVIEW = {"id": uuid, "session": uuid, "type": str, "status": str, "created_at": moment, "review_groups_data": [dict]}
FLAG = {"name": str, "enabled": bool}
KEY = {"id": str, "key": str}


@dataclass(frozen=True)
class Command:
    """A command that reads: what it calls, the shape of what it reads; ``missing``: 404 is an answer too."""

    words: str
    path: str
    shape: Any
    missing: bool = False


COMMANDS = [
    Command("roles list", "/connections", [ROLE]),
    Command("roles list", "/agents", [AGENT]),
    Command("roles list", "/plugins", ([PLUGIN], None)),
    Command("describe pgdemo", "/connections/pgdemo", ROLE),
    Command("resources list", "/resources", [RESOURCE]),
    Command("resources list", "/connections?resource_name=pgdemo", [ROLE]),
    Command("resources health", "/resources/pgdemo/health", {"output": str, "status": str}),
    Command("runbooks list", "/runbooks", {"repositories": [dict]}),
    Command("runbooks config", "/runbooks/configurations", {"repositories": ([dict], None)}, missing=True),
    Command("admin get agents", "/agents", [AGENT]),
    Command("admin get agents NAME", "/agents/{agent}", AGENT),
    Command("admin get connections", "/connections", [ROLE]),
    Command("admin get connections NAME", "/connections/pgdemo", ROLE),
    Command("admin get sessions", "/sessions?count=capped", {**LIST, "data": [ADMIN_SESSION]}),
    Command("admin get sessions ID", f"/sessions/{work.RAN}", ADMIN_SESSION),
    Command("admin get users", "/users", [USER]),
    Command("admin get users EMAIL", f"/users/{JOHN}", USER),
    Command("admin get userinfo", "/userinfo", {**USER, "is_admin": bool, "org_id": str}),
    Command("admin get serviceaccounts", "/serviceaccounts", ([{"subject": str, "status": str}], None)),
    Command("admin get reviews", "/reviews", [REVIEW]),
    Command("admin get reviews ID", f"/reviews/{work.REVIEW}", REVIEW),
    Command("admin get plugins", "/plugins", ([PLUGIN], None)),
    Command("admin get orgkeys", "/orgs/keys", KEY, missing=True),
    Command("admin get feature-flags", "/feature-flags", [FLAG]),
    Command("admin get spiffe-mappings", "/spiffe-mappings", ([{"id": str, "trust_domain": str}], None)),
    Command("admin server-info", "/serverinfo", SERVER),
]


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    return await start("work")


@pytest.fixture
def hoop(gateway: Gateway) -> Cli:
    return Cli(gateway, "ada")


async def test_hoop_login(gateway: Gateway) -> None:
    hoop = Cli(gateway)
    assert await hoop.login(JOHN, PASSWORD) == ""
    assert (await hoop.get("/userinfo", {"email": str}))["email"] == JOHN


@pytest.mark.parametrize(
    ("email", "password", "text"),
    [(JOHN, "wrong", "invalid credentials"), ("nobody@example.com", PASSWORD, "user not found")],
)
async def test_hoop_login_that_fails(gateway: Gateway, email: str, password: str, text: str) -> None:
    with pytest.raises(Failed, match=text):
        await Cli(gateway).login(email, password)


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{one.words} {one.path}" for one in COMMANDS])
async def test_a_command_that_reads(hoop: Cli, command: Command) -> None:
    path = command.path
    if "{agent}" in path:
        path = path.format(agent=(await hoop.get("/agents", [AGENT]))[0]["name"])
    reply = await hoop.call("GET", path)
    if command.missing and reply.status == 404:
        assert reply.message(404)
    else:
        reply.read(command.shape)


async def test_hoop_sessions_list(hoop: Cli) -> None:
    rows, line = await hoop.sessions_list()
    assert (len(rows), line) == (20, f"20 of {work.ALL} shown")


async def test_hoop_sessions_list_tells_what_goes_on(hoop: Cli) -> None:
    rows, _ = await hoop.sessions_list(limit="100")
    state = {session_id: told for session_id, _, _, told in rows}
    assert (state[work.RAN], state[work.LIVE]) == ("ended", "active")


async def test_hoop_sessions_list_without_a_count(hoop: Cli) -> None:
    assert (await hoop.sessions_list(count="none"))[1] == "20 shown"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"user": JOHN, "connection": "pgdemo"}, {work.RAN, work.QUERIES}),
        ({"type": "database", "review.status": "PENDING"}, {work.PENDING}),
        ({"review.approver": JOHN, "review.status": "APPROVED"}, {work.APPROVED, work.IN_A_WINDOW}),
        ({"jira_issue_key": "OPS-12"}, {work.RUNBOOK}),
        ({"start_date": "2026-08-21T02:30:00Z", "end_date": "2026-08-21T03:30:00Z"}, {work.IN_A_WINDOW}),
        ({"review.status": "pending"}, set()),  # what its own help suggests (3.1)
    ],
    ids=["owner", "pending", "approver", "issue", "dates", "lower case"],
)
async def test_hoop_sessions_list_with_filters(hoop: Cli, filters: dict[str, str], found: set[str]) -> None:
    rows, line = await hoop.sessions_list(**filters)
    assert {row[0] for row in rows} == found
    assert line == f"{len(found)} of {len(found)} shown"


async def test_hoop_sessions_list_page_by_page(hoop: Cli) -> None:
    first, second = [(await hoop.sessions_list(limit="25", offset=offset))[0] for offset in ("0", "25")]
    assert len({row[0] for row in first + second}) == work.ALL


async def test_hoop_sessions_get(hoop: Cli) -> None:
    session = await hoop.sessions_get(work.RAN)
    told = {name: session[name] for name in ("user", "connection", "type", "verb", "exit_code", "script")}
    assert told == {
        "user": JOHN,
        "connection": "pgdemo",
        "type": "database",
        "verb": "exec",
        "exit_code": 0,
        "script": {"data": "SELECT city FROM customers"},
    }


async def test_hoop_sessions_get_of_none(hoop: Cli) -> None:
    with pytest.raises(Failed, match=r'404: \{"message":"not found"\}'):
        await hoop.sessions_get("00000000-0000-4000-8000-0000000000ff")


async def test_hoop_exec_of_an_approved_session(gateway: Gateway) -> None:
    assert await Cli(gateway, "erin").exec_session(work.APPROVED) == (0, "up 12 days\n")


async def test_hoop_exec_of_a_session_that_nobody_approved(gateway: Gateway) -> None:
    with pytest.raises(Failed, match="review not approved or already executed"):
        await Cli(gateway, "erin").exec_session(work.PENDING)


async def test_hoop_admin_get_sessions_counts_approvals(hoop: Cli) -> None:
    approvals = dict(await hoop.admin_sessions())
    wanted = (work.PENDING, work.APPROVED, work.RAN)
    assert [approvals[one] for one in wanted] == ["0/2", "1/1", "-"]


async def test_what_a_resource_said_is_read_as_text(hoop: Cli) -> None:
    """``hoop resources plan`` and ``apply`` read the output of their sessions."""
    path = f"/sessions/{work.RAN}?expand=event_stream&event_stream=utf8"
    assert (await hoop.get(path, {**SESSION, "event_stream": [str]}))["event_stream"] == ["Köln\n(1 row)\n"]


async def test_hoop_resources(hoop: Cli) -> None:
    agent = (await hoop.get("/agents", [AGENT]))[0]["id"]
    role = {
        "name": "orders-reader",
        "type": "database",
        "subtype": "postgres",
        "agent_id": agent,
        "command": [],
        "secret": {"envvar:HOST": "ZGI="},
    }
    body = {"name": "orders", "type": "database", "subtype": "postgres", "agent_id": agent, "env_vars": {}}
    made = await hoop.change("POST", "/resources", {**body, "roles": [role]})
    assert made["name"] == "orders"
    assert "orders" in [one["name"] for one in await hoop.get("/resources", [RESOURCE])]
    roles = await hoop.get("/connections?resource_name=orders", [ROLE])
    assert [one["name"] for one in roles] == ["orders-reader"]


async def test_hoop_resources_plan_and_apply(hoop: Cli) -> None:
    item = {"role": "reader", "type": "managed", "privileges": ["SELECT"], "scopes": ["public"]}
    planned = await hoop.change("POST", "/resources/pgdemo/plan", item)
    assert {"sid", "status", "message"} <= planned.keys()
    assert planned["status"] == "success", planned
    applied = await hoop.change("POST", "/resources/pgdemo/apply", {"sid": planned["sid"]})
    assert applied["status"] == "success", applied
    path = f"/sessions/{planned['sid']}?expand=event_stream&event_stream=utf8"
    assert len((await hoop.get(path, {**SESSION, "event_stream": [str]}))["event_stream"]) == 1


@pytest.mark.parametrize(("body", "expires"), [({}, False), ({"access_duration_seconds": 1800}, True)])
async def test_hoop_connect_with_persistent_credentials(gateway: Gateway, body: dict[str, int], expires: bool) -> None:
    reply = await Cli(gateway, "erin").call("POST", "/connections/pgdemo/credentials", body)
    printed = {"hostname": str, "port": (str, int), "username": str, "password": str}
    told = reply.read({"connection_credentials": printed, "expire_at": (moment, None)}, 201)
    assert (told["expire_at"] is not None) is expires


async def test_hoop_admin_create_connection(hoop: Cli) -> None:
    agents = await hoop.get("/agents", [AGENT])
    body = {
        "name": "from-the-cli",
        "type": "custom",
        "subtype": "",
        "agent_id": agents[0]["id"],
        "command": ["bash"],
        "secret": {"envvar:HOME": "L3RtcA=="},
        "access_mode_runbooks": "enabled",
        "access_mode_exec": "enabled",
        "access_mode_connect": "enabled",
        "access_schema": "disabled",
    }
    await hoop.change("POST", "/connections", body)
    assert (await hoop.get("/connections/from-the-cli", ROLE))["command"] == ["bash"]
    await hoop.change("PUT", "/connections/from-the-cli", {**body, "command": ["bash", "-l"]})
    assert (await hoop.get("/connections/from-the-cli", ROLE))["command"] == ["bash", "-l"]
    await hoop.change("DELETE", "/connections/from-the-cli")
    with pytest.raises(Failed, match="not found"):
        await hoop.get("/connections/from-the-cli", ROLE)


@dataclass(frozen=True)
class Thing:
    """Something that ``hoop admin create`` makes and ``delete`` removes."""

    words: str
    path: str
    body: dict[str, Any]
    name: str
    can_be_deleted: bool = True


THINGS = [
    Thing("agent", "/agents", {"name": "cli-agent", "mode": "standard"}, "cli-agent"),
    Thing("user", "/users", {"email": "cli@example.com", "name": "Cli", "groups": ["sre"]}, "cli@example.com"),
    Thing(
        "serviceaccount",
        "/serviceaccounts",
        {"subject": "robot-1", "name": "Robot", "status": "active", "groups": ["sre"]},
        "robot-1",
        can_be_deleted=False,  # the gateway has no route for it
    ),
]


@pytest.mark.parametrize("thing", THINGS, ids=[thing.words for thing in THINGS])
async def test_hoop_admin_create_and_delete(hoop: Cli, thing: Thing) -> None:
    await hoop.change("POST", thing.path, thing.body)
    assert thing.name in _names(await hoop.get(thing.path, [dict]))
    if thing.can_be_deleted:
        await hoop.change("DELETE", f"{thing.path}/{thing.name}")
        assert thing.name not in _names(await hoop.get(thing.path, [dict]))


def _names(listed: list[dict[str, Any]]) -> set[str]:
    return {str(one[key]) for one in listed for key in ("name", "email", "subject") if key in one}


@pytest.mark.parametrize(
    ("token", "api_key"),
    [("hpk_deployer", None), (GATEWAY_KEY, GATEWAY_KEY), ("ada", None)],
    ids=["of the organization", "of the gateway", "of a person"],
)
async def test_keys_come_through_the_environment(start: Start, token: str, api_key: str | None) -> None:
    hoop = Cli(await start("keys"), token)
    assert hoop.headers.get("Api-Key") == api_key
    await hoop.get("/connections", [ROLE])
    await hoop.accept(token)
    assert hoop.grpc_url


async def test_an_old_key_that_is_not_the_gateways_is_refused(start: Start) -> None:
    hoop = Cli(await start("keys"), "0cd7f941-2bb8-4f9f-93b0-11620d4652ab|secret")
    with pytest.raises(Failed, match=r"401.*unauthorize"):
        await hoop.get("/connections", [ROLE])


async def test_the_address_of_the_other_protocol_is_known_to_nobody_who_is_not_signed_in(gateway: Gateway) -> None:
    with pytest.raises(Failed, match="401"):
        await Cli(gateway).get("/serverinfo", SERVER)


async def test_the_caller_is_who_the_token_says(hoop: Cli) -> None:
    assert (await hoop.get("/userinfo", {"email": str}))["email"] == ADA
