"""Terraform keeps resources in mockhoop (section 5 of the sheet of clients)."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest

from .conftest import Start
from .gateway import Gateway
from .people import GATEWAY_KEY
from .terraform import (
    AGENT,
    CONNECTION,
    CREATED,
    MADE,
    MASKING,
    PLUGIN,
    PLUGIN_CONNECTION,
    RUNBOOK_RULE,
    RUNBOOKS,
    USER,
    Terraform,
)


@dataclass(frozen=True)
class Resource:
    """A kind of resource: where it is, what is sent first and then, what is decoded, and which field addresses it."""

    name: str
    path: str
    key: str
    first: dict[str, Any]
    then: dict[str, Any]
    shape: dict[str, Any]
    made: tuple[int, ...] = CREATED
    changed: tuple[int, ...] = (200,)


def secret(**values: str) -> dict[str, str]:
    """Environment variables as a connection holds them: base64 texts."""
    return {f"envvar:{name}": b64encode(value.encode()).decode() for name, value in values.items()}


PG = {
    "name": "tf-pg",
    "type": "database",
    "subtype": "postgres",
    "agent_id": "",
    "command": [],
    "secret": secret(HOST="10.0.0.5", USER="app"),
    "reviewers": ["dba"],
    "redact_enabled": True,
    "redact_types": ["EMAIL_ADDRESS"],
    "connection_tags": {"team": "payments"},
    "access_mode_runbooks": "enabled",
    "access_mode_exec": "enabled",
    "access_mode_connect": "enabled",
    "access_schema": "enabled",
    "guardrail_rules": [],
    "jira_issue_template_id": "",
}
RESOURCES = [
    Resource(
        "connection",
        "/connections",
        "name",
        PG,
        {**PG, "reviewers": [], "access_mode_connect": "disabled", "connection_tags": {"team": "billing"}},
        CONNECTION,
    ),
    Resource(
        "user",
        "/users",
        "email",
        {"email": "tf@example.com", "name": "Tess Form", "groups": ["sre"], "status": "active"},
        {"email": "tf@example.com", "name": "Tess Form", "groups": ["dba", "sre"], "status": "inactive"},
        USER,
    ),
    Resource(
        "data masking rule",
        "/datamasking-rules",
        "id",
        {
            "name": "tf-mask",
            "description": "Addresses",
            "connection_ids": [],
            "supported_entity_types": [{"name": "PII", "entity_types": ["EMAIL_ADDRESS"]}],
            "custom_entity_types": [{"name": "BADGE", "regex": "B[0-9]+", "score": 0.6}],
            "score_threshold": 0.5,
        },
        {
            "name": "tf-mask",
            "description": "Addresses and telephones",
            "connection_ids": [],
            "supported_entity_types": [{"name": "PII", "entity_types": ["EMAIL_ADDRESS", "PHONE_NUMBER"]}],
            "custom_entity_types": [],
            "score_threshold": 0.7,
        },
        MASKING,
    ),
    Resource(
        "runbook rule",
        "/runbooks/rules",
        "id",
        {"name": "tf-rule", "description": "", "connections": ["pgdemo"], "user_groups": ["sre"], "runbooks": []},
        {"name": "tf-rule", "description": "More", "connections": [], "user_groups": ["sre", "dba"], "runbooks": []},
        RUNBOOK_RULE,
        made=MADE,
        changed=MADE,
    ),
]
EACH = pytest.mark.parametrize("kind", RESOURCES, ids=[kind.name for kind in RESOURCES])
REPOSITORY = {"git_url": "https://github.com/acme/runbooks"}


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    return await start("keys")


@pytest.fixture
def terraform(gateway: Gateway) -> Terraform:
    return Terraform(gateway, GATEWAY_KEY)


async def sent(terraform: Terraform, body: dict[str, Any]) -> dict[str, Any]:
    """A body as the provider sends it: a connection names an agent that exists."""
    if "agent_id" not in body:
        return body
    agents = await terraform.read("/agents", [AGENT])
    return {**body, "agent_id": agents[0]["id"]}


def told(found: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Of a resource, what was sent; null and nothing are the same to the provider, and so is the order of groups."""
    return _plain({name: found.get(name) for name in body})


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if name == "groups" else value or None for name, value in body.items()}


@EACH
async def test_it_is_created_and_read_as_it_was_sent(terraform: Terraform, kind: Resource) -> None:
    body = await sent(terraform, kind.first)
    made = await terraform.create(kind.path, body, kind.shape, kind.made)
    found = await terraform.read(f"{kind.path}/{made[kind.key]}", kind.shape)
    assert told(found, body) == _plain(body), f"[5] GET {kind.path}/{made[kind.key]} is not what was sent"


@EACH
async def test_it_is_changed(terraform: Terraform, kind: Resource) -> None:
    made = await terraform.create(kind.path, await sent(terraform, kind.first), kind.shape, kind.made)
    where, body = f"{kind.path}/{made[kind.key]}", await sent(terraform, kind.then)
    changed = await terraform.update(where, body, kind.shape, kind.changed)
    assert told(changed, body) == _plain(body), f"[5] the answer to PUT {where} is not what was sent"
    found = await terraform.read(where, kind.shape)
    assert told(found, body) == _plain(body), f"[5] GET {where} is not what was sent"


@EACH
async def test_a_change_of_nothing_changes_nothing(terraform: Terraform, kind: Resource) -> None:
    """A plan after an apply is empty."""
    body = await sent(terraform, kind.first)
    where = f"{kind.path}/{(await terraform.create(kind.path, body, kind.shape, kind.made))[kind.key]}"
    before = await terraform.read(where, kind.shape)
    await terraform.update(where, body, kind.shape, kind.changed)
    assert told(await terraform.read(where, kind.shape), body) == told(before, body)


@EACH
async def test_it_is_deleted(terraform: Terraform, kind: Resource) -> None:
    made = await terraform.create(kind.path, await sent(terraform, kind.first), kind.shape, kind.made)
    where = f"{kind.path}/{made[kind.key]}"
    await terraform.delete(where)
    (await terraform.call("GET", where)).check(404)
    (await terraform.call("DELETE", where)).check(404)


async def test_repositories_of_runbooks_come_and_go(terraform: Terraform) -> None:
    await terraform.create("/runbooks/configurations", REPOSITORY, RUNBOOKS, MADE)
    [found] = (await terraform.read("/runbooks/configurations", RUNBOOKS))["repositories"]
    assert (found["git_url"], found["repository"]) == (REPOSITORY["git_url"], "github.com/acme/runbooks")
    both = {"repositories": [REPOSITORY, {"git_url": "https://github.com/acme/more"}]}
    changed = await terraform.update("/runbooks/configurations", both, RUNBOOKS, MADE)
    assert len(changed["repositories"]) == 2
    assert (await terraform.read("/runbooks/configurations", RUNBOOKS))["repositories"] == changed["repositories"]


async def test_a_repository_of_runbooks_is_deleted(terraform: Terraform) -> None:
    """The sheets do not say what addresses an entry; a path has no room for more than the last step of its name."""
    made = await terraform.create("/runbooks/configurations", REPOSITORY, RUNBOOKS, MADE)
    name = made["repositories"][0]["repository"].rpartition("/")[2]
    await terraform.delete(f"/runbooks/configurations/{name}")
    left = await terraform.call("GET", "/runbooks/configurations")
    assert left.status == 404 or not left.read(RUNBOOKS)["repositories"], str(left)


async def test_a_plugin_is_configured(terraform: Terraform) -> None:
    plugin = await _plugin(terraform, "slack")
    assert plugin["name"] == "slack"
    envvars = {"SLACK_BOT_TOKEN": b64encode(b"xoxb-1").decode()}
    await terraform.update("/plugins/slack/config", {"envvars": envvars}, PLUGIN)
    assert (await terraform.read("/plugins/slack", PLUGIN))["config"]["envvars"].keys() == envvars.keys()


async def test_a_plugin_is_set_for_a_connection_and_no_longer(terraform: Terraform) -> None:
    await _plugin(terraform, "slack")
    connection = (await terraform.read("/connections/pgdemo", CONNECTION))["id"]
    where = f"/plugins/slack/conn/{connection}"
    made = await terraform.update(where, {"config": ["C0123"]}, PLUGIN_CONNECTION)
    assert made["config"] == ["C0123"]
    assert (await terraform.read(where, PLUGIN_CONNECTION))["connection_id"] == connection
    listed = (await terraform.read("/plugins/slack", PLUGIN))["connections"]
    assert [one["config"] for one in listed if one["name"] == "pgdemo"] == [["C0123"]]
    await terraform.delete(where)
    (await terraform.call("GET", where)).check(404)


async def _plugin(terraform: Terraform, name: str) -> Any:
    """A plugin, made first where the gateway has it not yet."""
    found = await terraform.call("GET", f"/plugins/{name}")
    if found.status == 404:
        return await terraform.create("/plugins", {"name": name, "connections": []}, PLUGIN)
    return found.read(PLUGIN)


async def test_all_connections_are_read_strictly(terraform: Terraform) -> None:
    for connection in await terraform.read("/connections", [{"name": str}]):
        await terraform.read(f"/connections/{connection['name']}", CONNECTION)


@pytest.mark.parametrize("is_fork", [False, True], ids=["provider", "fork"])
async def test_the_key_of_the_gateway_is_enough(gateway: Gateway, is_fork: bool) -> None:
    terraform = Terraform(gateway, GATEWAY_KEY, is_fork)
    assert "Authorization" not in terraform.headers
    await terraform.read("/connections/pgdemo", CONNECTION)


async def test_the_fork_sends_a_key_of_the_organization_as_bearer_token(gateway: Gateway) -> None:
    terraform = Terraform(gateway, "hpk_deployer", is_fork=True)
    assert "Api-Key" not in terraform.headers
    await terraform.read("/connections/pgdemo", CONNECTION)


async def test_the_provider_cannot_use_a_key_of_the_organization(gateway: Gateway) -> None:
    """In Api-Key only the gateway's own key counts."""
    reply = await Terraform(gateway, "hpk_deployer").call("GET", "/connections/pgdemo")
    assert reply.message(401) == "unauthorize"


async def test_a_wrong_key_is_not_helped_by_a_good_token(gateway: Gateway) -> None:
    headers = {"Api-Key": "xapi-wrong", "Authorization": "Bearer hpk_deployer"}
    reply = await gateway.wire(headers).ask("5", "GET", "/connections/pgdemo")
    assert reply.message(401) == "unauthorize"


async def test_the_fork_keeps_agents(gateway: Gateway) -> None:
    terraform = Terraform(gateway, "hpk_deployer", is_fork=True)
    made = await terraform.create("/agents", {"name": "tf-agent", "mode": "standard"}, {"token": str})
    assert made["token"]
    found = await terraform.read("/agents/tf-agent", AGENT)
    assert (await terraform.read(f"/agents/{found['id']}", AGENT))["name"] == "tf-agent"
    await terraform.delete("/agents/tf-agent")
    (await terraform.call("GET", "/agents/tf-agent")).check(404)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/connections/nothing-like-that", 404), ("/users/nobody@example.com", 404), ("/plugins/nothing-like-that", 404)],
)
async def test_what_is_not_there_is_told(terraform: Terraform, path: str, status: int) -> None:
    assert (await terraform.call("GET", path)).message(status)


async def test_an_email_that_is_taken_is_told(terraform: Terraform) -> None:
    body = {"email": "ada@example.com", "name": "Ada Again", "groups": []}
    reply = await terraform.call("POST", "/users", body)
    assert reply.message(409) == "user already exists with email ada@example.com"


async def test_an_email_that_is_none_is_told(terraform: Terraform) -> None:
    reply = await terraform.call("POST", "/users", {"email": "not one", "name": "X", "groups": []})
    assert reply.message(422) == "invalid email"
