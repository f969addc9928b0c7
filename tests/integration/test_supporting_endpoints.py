"""The endpoints beside sessions and reviews: what they begin with, and that they remember what they are told."""

from typing import Any

import pytest

from .people_calls import call, read

WITHOUT_ITEMS = [
    "/ai-agents",
    "/datamasking-rules",
    "/guardrails",
    "/integrations/jira/issuetemplates",
    "/machineidentities",
    "/runbooks/rules",
    "/spiffe-mappings",
]
ENVELOPES = ["/access-requests/rules", "/ai/session-analyzer/rules", "/attributes", "/rulepacks"]


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


@pytest.mark.parametrize("path", WITHOUT_ITEMS)
async def test_what_nobody_made_is_an_empty_list(gateway: Any, path: str) -> None:
    assert await read(gateway, path) == []


@pytest.mark.parametrize("path", ENVELOPES)
async def test_some_lists_are_always_in_an_envelope(gateway: Any, path: str) -> None:
    assert await read(gateway, path) == {"pages": {"total": 0, "page": 1, "size": 50}, "data": []}


@pytest.mark.parametrize("path", ENVELOPES)
async def test_a_page_has_the_size_that_was_asked_for(gateway: Any, path: str) -> None:
    assert (await read(gateway, f"{path}?page=1&page_size=100"))["pages"] == {"total": 0, "page": 1, "size": 100}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/dbroles/jobs", {"items": []}),
        ("/runbooks", {"repositories": [], "errors": []}),
        ("/integrations/jira", None),
        ("/orgs/analytics-mode", {"analytics_mode": "disabled"}),
        ("/orgs/hide-role-info", {"hide_role_info": False}),
    ],
)
async def test_what_nobody_set_up_is_told_as_such(gateway: Any, path: str, told: Any) -> None:
    assert await read(gateway, path) == told


async def test_there_is_an_agent_of_the_gateways_release(gateway: Any) -> None:
    (agent,) = await read(gateway, "/agents")
    assert (agent["name"], agent["status"], agent["version"]) == ("default", "CONNECTED", "1.148.0")


@pytest.mark.parametrize("known_by", ["id", "name"])
async def test_an_agent_is_found_by_its_id_and_by_its_name(gateway: Any, known_by: str) -> None:
    (agent,) = await read(gateway, "/agents")
    assert await read(gateway, f"/agents/{agent[known_by]}") == agent


async def test_a_new_agent_gets_a_key_and_does_not_come(gateway: Any) -> None:
    told = await call(gateway, "POST", "/agents", {"name": "two"})
    assert told.status == 201
    assert told.json["token"].startswith("grpc://two:xagt-")
    assert (await read(gateway, "/agents/two"))["status"] == "DISCONNECTED"


async def test_an_agent_is_deleted_by_its_name(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/agents/default")).status == 204
    assert await read(gateway, "/agents") == []


async def test_two_agents_have_two_names(gateway: Any) -> None:
    assert (await call(gateway, "POST", "/agents", {"name": "default"})).said == (409, "agent already exists")


async def test_what_is_made_has_nothing_that_nobody_told(gateway: Any) -> None:
    made = (await call(gateway, "POST", "/guardrails", {"name": "no-drop", "input": {}, "output": {}})).json
    assert (made["name"], made["managed_by"], made["attributes"]) == ("no-drop", None, [])
    assert await read(gateway, "/guardrails") == [made]
    assert await read(gateway, f"/guardrails/{made['id']}") == made


async def test_what_is_made_belongs_to_the_organization(gateway: Any) -> None:
    made = (await call(gateway, "POST", "/attributes", {"name": "prod"})).json
    assert made["org_id"] == (await read(gateway, "/userinfo"))["org_id"]


async def test_a_change_leaves_alone_what_it_does_not_name(gateway: Any) -> None:
    made = (await call(gateway, "POST", "/guardrails", {"name": "no-drop", "input": {}, "output": {}})).json
    body = {"name": "no-truncate", "input": {}, "output": {}}
    changed = (await call(gateway, "PUT", f"/guardrails/{made['id']}", body)).json
    assert changed == made | {"name": "no-truncate"}


async def test_what_is_removed_is_gone(gateway: Any) -> None:
    made = (await call(gateway, "POST", "/guardrails", {"name": "no-drop", "input": {}, "output": {}})).json
    assert (await call(gateway, "DELETE", f"/guardrails/{made['id']}")).status == 204
    assert (await call(gateway, "GET", f"/guardrails/{made['id']}")).said == (404, "not found")


async def test_a_body_is_json_whatever_its_headers_say(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/orgs/hide-role-info", {"hide_role_info": True}, Content_Type="text/plain")
    assert told.json == {"hide_role_info": True}
    assert await read(gateway, "/orgs/hide-role-info") == {"hide_role_info": True}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"name": "one"} and more', "one"),
        (b'{"NAME": "one"}', "one"),
        (b'{"name": "one"}\xff', "one"),
        (b'{"name": "\\ud800"}', "\ufffd"),
        (b'{"name": "one", "x": 1e400}', "one"),
    ],
)
async def test_of_a_body_is_taken_what_the_gateway_reads(gateway: Any, body: bytes, name: str) -> None:
    told = await call(gateway, "POST", "/attributes", body)
    assert (told.status, told.json["name"]) == (201, name)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "EOF"),
        (b"{", "unexpected EOF"),
        (b"{a", "invalid character 'a' looking for beginning of object key string"),
    ],
)
async def test_a_body_that_is_no_json_is_refused_in_gos_words(gateway: Any, body: bytes, message: str) -> None:
    assert (await call(gateway, "POST", "/guardrails", body)).said == (400, message)


async def test_a_whole_number_has_64_bits(gateway: Any) -> None:
    rule = {
        "name": "long",
        "access_type": "jit",
        "connection_names": ["shell"],
        "approval_required_groups": ["sre"],
        "force_approval_groups": [],
        "reviewers_groups": ["dba"],
    }
    told = await call(gateway, "POST", "/access-requests/rules", rule | {"access_max_duration": 2**63})
    assert told.said == (
        400,
        f"json: cannot unmarshal number {2**63} into Go struct field .access_max_duration of type int",
    )


JIRA = {"url": "https://acme.atlassian.net", "user": "ada@example.com", "api_token": "secret"}


async def test_the_integration_with_jira_is_set_up_and_changed(gateway: Any) -> None:
    made = await call(gateway, "POST", "/integrations/jira", JIRA)
    assert (made.status, made.json["url"], made.json["status"]) == (201, JIRA["url"], "enabled")
    changed = await call(gateway, "PUT", "/integrations/jira", JIRA | {"status": "disabled"})
    assert changed.json == made.json | {"status": "disabled"}
    assert await read(gateway, "/integrations/jira") == changed.json


async def test_the_integration_with_jira_is_set_up_once(gateway: Any) -> None:
    await call(gateway, "POST", "/integrations/jira", JIRA)
    assert (await call(gateway, "POST", "/integrations/jira", JIRA)).status == 409


async def test_without_integration_with_jira_there_is_nothing_to_change(gateway: Any) -> None:
    assert (await call(gateway, "PUT", "/integrations/jira", JIRA)).said == (404, "not found")


async def test_the_provider_of_ai_is_set_up_and_taken_away(gateway: Any) -> None:
    path = "/ai/session-analyzer/providers"
    assert (await call(gateway, "GET", path)).said == (404, "not found")
    made = await call(gateway, "POST", path, {"provider": "openai", "model": "gpt-4o"})
    assert (made.status, await read(gateway, path)) == (200, made.json)
    assert (await call(gateway, "DELETE", path)).status == 204
    assert (await call(gateway, "GET", path)).said == (404, "not found")


async def test_a_scenario_may_set_up_what_there_is_one_of(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "provider.yaml"
    scenario.write_text(
        "mockhoop: 1\n"
        "users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\n"
        "items: [{item: /ai/session-analyzer/providers/, fields: {provider: anthropic, model: large}}]\n"
    )
    told = await read(await api(scenario), "/ai/session-analyzer/providers")
    assert (told["provider"], told["model"]) == ("anthropic", "large")


async def test_an_organization_has_one_key(gateway: Any) -> None:
    assert (await call(gateway, "GET", "/orgs/keys")).said == (404, "not found")
    made = await call(gateway, "POST", "/orgs/keys")
    assert (made.status, await read(gateway, "/orgs/keys")) == (201, made.json)
    assert (await call(gateway, "POST", "/orgs/keys")).status == 409
    assert (await call(gateway, "DELETE", "/orgs/keys")).status == 204


async def test_a_key_that_is_not_there_is_removed_all_the_same(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/orgs/keys")).status == 204


async def test_a_key_that_is_made_again_is_another_one(gateway: Any) -> None:
    first = await call(gateway, "POST", "/orgs/keys")
    await call(gateway, "DELETE", "/orgs/keys")
    assert (await call(gateway, "POST", "/orgs/keys")).json["key"] != first.json["key"]


async def test_every_plugin_tells_its_connections(gateway: Any) -> None:
    plugins = {plugin["name"]: plugin["connections"] for plugin in await read(gateway, "/plugins")}
    assert {"access_control", "review", "slack", "webhooks"} <= plugins.keys()
    assert plugins["slack"] == []


async def test_the_plugin_of_reviews_is_used_where_there_are_reviewers(gateway: Any) -> None:
    told = await read(gateway, "/plugins/review")
    assert [(use["name"], use["config"]) for use in told["connections"]] == [
        ("reviewed", ["sre", "dba"]),
        ("window", ["sre"]),
    ]


async def test_an_unknown_plugin_is_not_found(gateway: Any) -> None:
    assert (await call(gateway, "GET", "/plugins/nothing")).said == (404, "plugin not found")


async def test_settings_of_a_plugin_are_remembered(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/plugins/slack/config", {"envvars": {"SLACK_BOT_TOKEN": "eA=="}})
    assert told.json["config"]["envvars"] == {"SLACK_BOT_TOKEN": "eA=="}
    assert await read(gateway, "/plugins/slack") == told.json


async def test_a_plugin_is_used_on_a_connection_and_no_more(gateway: Any) -> None:
    connection = await read(gateway, "/connections/shell")
    path = f"/plugins/slack/conn/{connection['id']}"
    used = await call(gateway, "PUT", path, {"config": ["C01"]})
    assert (used.status, used.json["connection_id"], used.json["config"]) == (200, connection["id"], ["C01"])
    assert await read(gateway, path) == used.json
    assert [use["name"] for use in (await read(gateway, "/plugins/slack"))["connections"]] == ["shell"]
    assert (await call(gateway, "DELETE", path)).status == 204
    assert (await call(gateway, "GET", path)).said == (404, "plugin connection not found")


async def test_a_plugin_is_only_used_on_connections_that_there_are(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/plugins/slack/conn/8a4239fa-5116-4bbb-ad3c-ea1f294aac4a", {"config": []})
    assert told.said == (404, "connection not found")


async def test_connections_of_a_plugin_are_replaced(gateway: Any) -> None:
    connection = await read(gateway, "/connections/shell")
    body = {"name": "slack", "connections": [{"id": connection["id"], "config": ["C02"]}]}
    told = await call(gateway, "PUT", "/plugins/slack", body)
    assert told.json["connections"] == [{"id": connection["id"], "name": "shell", "config": ["C02"]}]


async def test_a_plugin_is_switched_on_once(gateway: Any) -> None:
    told = await call(gateway, "POST", "/plugins", {"name": "slack", "connections": []})
    assert told.said == (400, "plugin already enabled")


async def test_there_are_no_plugins_but_the_gateways(api: Any) -> None:
    gateway = await api("executions", validation="report")
    told = await call(gateway, "POST", "/plugins", {"name": "mine", "connections": []})
    assert told.status == 400
    assert told.json["message"].startswith("unknown plugin, expected one of [access_control audit ")


async def test_a_repository_of_runbooks_needs_an_address(api: Any) -> None:
    gateway = await api("executions", validation="report")
    told = await call(gateway, "PUT", "/runbooks/configurations", {"repositories": [{"git_user": "bot"}]})
    assert told.said == (
        400,
        "Key: 'RunbookConfigurationRequest.Repositories[0].GitURL' "
        "Error:Field validation for 'GitURL' failed on the 'required' tag",
    )


async def test_a_runbook_is_written_to_a_repository_that_is_known(gateway: Any) -> None:
    file = {"path": "ops/rotate.runbook.sh", "content": "uptime"}
    path = "/runbooks/configurations/runbooks/files"
    assert (await call(gateway, "POST", path, file)).said == (404, "runbook configuration not found")
    await call(gateway, "POST", "/runbooks/configurations", {"git_url": "https://github.com/acme/runbooks"})
    first, second = [await call(gateway, "POST", path, file) for _ in range(2)]
    assert (first.status, first.json["path"]) == (201, file["path"])
    assert first.json["commit_sha"] != second.json["commit_sha"]


async def test_repositories_of_runbooks_are_added_and_removed(gateway: Any) -> None:
    path, url = "/runbooks/configurations", "https://github.com/acme/runbooks"
    assert (await read(gateway, path))["repositories"] == []
    told = await call(gateway, "POST", path, {"git_url": url})
    assert told.json["repositories"] == [{"repository": "github.com/acme/runbooks", "git_url": url}]
    changed = await call(gateway, "PUT", f"{path}/runbooks", {"git_url": url, "git_user": "bot"})
    assert [one["git_user"] for one in changed.json["repositories"]] == ["bot"]
    assert (await call(gateway, "DELETE", f"{path}/runbooks")).status == 204
    assert (await read(gateway, path))["repositories"] == []


async def test_a_repository_of_runbooks_is_added_once(gateway: Any) -> None:
    body = {"git_url": "https://github.com/acme/runbooks.git"}
    assert (await call(gateway, "POST", "/runbooks/configurations", body)).status == 200
    told = await call(gateway, "POST", "/runbooks/configurations", body)
    assert told.said == (409, "runbook configuration already exists")


async def test_repositories_of_runbooks_are_replaced(gateway: Any) -> None:
    body = {"repositories": [{"git_url": "https://github.com/acme/one"}, {"git_url": "https://github.com/acme/two"}]}
    told = await call(gateway, "PUT", "/runbooks/configurations", body)
    assert [one["repository"] for one in told.json["repositories"]] == ["github.com/acme/one", "github.com/acme/two"]


async def test_the_older_contract_is_served_as_before(api: Any) -> None:
    gateway = await api("executions", contract="1.49.10")
    assert (await call(gateway, "GET", "/serverinfo")).status == 404
    assert (await call(gateway, "GET", "/sessions")).status == 200
