"""What the gateway tells of itself (sections 1.6 and 8.3)."""

from typing import Any

import pytest

from .people_calls import call, read

KEYS = (
    *("version", "commit_sha", "log_level", "go_debug", "auth_method", "redact_provider", "has_redact_credentials"),
    *("has_webhook_app_key", "has_idp_audience", "has_idp_custom_scopes", "has_ask_ai_credentials"),
    *("has_ssh_client_host_key", "postgres_proxy_enabled", "api_url", "grpc_url", "tenancy_type", "license_info"),
    *("idp_provider_name", "disable_sessions_download", "disable_clipboard_copy_cut", "analytics_tracking"),
    *("analytics_mode", "feature_flags"),
)
NOW = 1_722_513_600  # the start of the scenario's frozen clock
RDP = "experimental.rdp_v2"


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def test_everybody_may_know_how_to_sign_in(gateway: Any) -> None:
    assert await read(gateway, "/publicserverinfo", None) == {"auth_method": "local", "setup_required": False}


async def test_a_gateway_without_people_is_to_be_set_up(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "nobody.yaml"
    scenario.write_text("mockhoop: 1\n")
    assert (await read(await api(scenario), "/publicserverinfo", None))["setup_required"] is True


@pytest.mark.parametrize("method", ["local", "oidc", "saml"])
async def test_how_to_sign_in_is_the_scenarios(api: Any, tmp_path: Any, method: str) -> None:
    scenario = tmp_path / "people.yaml"
    scenario.write_text(
        "mockhoop: 1\n"
        f"sign_in: {{method: {method}}}\n"
        "users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\n"
    )
    gateway = await api(scenario)
    told = [(await read(gateway, path))["auth_method"] for path in ("/publicserverinfo", "/serverinfo")]
    assert told == [method, method]


async def test_a_gateway_that_answers_lives(gateway: Any) -> None:
    assert await read(gateway, "/healthz", None) == {"liveness": "OK"}


async def test_all_keys_are_there_in_their_order(gateway: Any) -> None:
    assert tuple(await read(gateway, "/serverinfo", "erin")) == KEYS


async def test_the_version_is_that_of_the_contract(gateway: Any) -> None:
    assert (await read(gateway, "/serverinfo"))["version"] == "1.148.0"


async def test_the_address_is_the_one_of_the_caller_without_a_path(gateway: Any) -> None:
    told = await read(gateway, "/serverinfo", "ada", Host="gateway.test:8009")
    assert told["api_url"] == "http://gateway.test:8009"


async def test_the_port_for_agents_is_the_one_that_was_set(gateway: Any) -> None:
    await call(gateway, "PUT", "/serverconfig/misc", {"grpc_server_url": "grpcs://gateway.test:8443"})
    assert (await read(gateway, "/serverinfo"))["grpc_url"] == "grpcs://gateway.test:8443"


async def test_nothing_is_loaded_from_elsewhere(gateway: Any) -> None:
    told = await read(gateway, "/serverinfo")
    assert (told["analytics_tracking"], told["analytics_mode"]) == ("disabled", "disabled")


async def test_analytics_can_be_had(gateway: Any) -> None:
    await call(gateway, "PUT", "/orgs/analytics-mode", {"analytics_mode": "anonymous"})
    told = await read(gateway, "/serverinfo")
    assert (told["analytics_tracking"], told["analytics_mode"]) == ("enabled", "anonymous")


async def test_without_a_license_it_is_open_source_for_ten_years(gateway: Any) -> None:
    told = (await read(gateway, "/serverinfo"))["license_info"]
    expected = {"type": "oss", "is_valid": True, "allowed_hosts": ["*"], "issued_at": NOW, "features": [], "key_id": ""}
    assert {name: told[name] for name in expected} == expected
    assert told["expire_at"] == 2_038_046_400


async def test_a_license_counts_at_once(gateway: Any) -> None:
    payload = {"type": "enterprise", "issued_at": NOW, "expire_at": NOW + 60, "features": ["provisioning-hub"]}
    told = await call(gateway, "PUT", "/orgs/license", {"payload": payload, "key_id": "k", "signature": "s"})
    assert told.status == 204
    info = (await read(gateway, "/serverinfo"))["license_info"]
    assert (info["type"], info["is_valid"], info["features"]) == ("enterprise", True, ["provisioning-hub"])


async def test_a_license_is_an_object(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/orgs/license", ["no"])
    assert told.said == (400, "the license is not a JSON object")


async def test_whether_downloads_are_off_is_the_scenarios(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "off.yaml"
    scenario.write_text(
        "mockhoop: 1\n"
        "users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\n"
        "downloads: {enabled: false}\n"
    )
    assert (await read(await api(scenario), "/serverinfo"))["disable_sessions_download"] is True


async def test_flags_are_a_bare_list(gateway: Any) -> None:
    told = await read(gateway, "/feature-flags", "erin")
    assert [flag["enabled"] for flag in told if flag["name"] == RDP] == [False]


async def test_a_flag_that_is_set_stays_so(gateway: Any) -> None:
    told = await call(gateway, "PUT", f"/feature-flags/{RDP}", {"enabled": True})
    assert (told.status, told.json["enabled"]) == (200, True)
    assert (await read(gateway, "/serverinfo"))["feature_flags"][RDP] is True
    assert [flag["enabled"] for flag in await read(gateway, "/feature-flags") if flag["name"] == RDP] == [True]


async def test_a_scenario_may_set_flags(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "flags.yaml"
    scenario.write_text(
        "mockhoop: 1\n"
        "users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]\n"
        f"items: [{{item: /feature-flags/{RDP}, fields: {{enabled: true}}}}]\n"
    )
    assert (await read(await api(scenario), "/serverinfo"))["feature_flags"][RDP] is True


async def test_an_unknown_flag_is_refused(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/feature-flags/experimental.nothing", {"enabled": True})
    assert told.said == (400, "unknown feature flag")


async def test_flags_are_for_admins_to_set(gateway: Any) -> None:
    told = await call(gateway, "PUT", f"/feature-flags/{RDP}", {"enabled": True}, "erin")
    assert told.said == (403, "access denied")


async def test_what_is_set_up_is_told(gateway: Any) -> None:
    told = await read(gateway, "/orgs/onboarding")
    assert (told["completed"], told["first_connection_name"], told["exec_connection_name"]) == (
        False,
        "asleep",
        "asleep",
    )
    done = {name for name, value in told["checks"].items() if value}
    assert done == {"agent_deployed", "groups_created", "people_assigned", "resource_created", "session_ran"}


async def test_no_protection_profile_is_null_until_one_is_chosen(gateway: Any) -> None:
    before = await read(gateway, "/orgs/protection-profile")
    await call(gateway, "PUT", "/orgs/protection-profile", {"profile": "protection-high", "source": "settings"})
    after = await read(gateway, "/orgs/protection-profile")
    assert (before["profile"], after["profile"]) == (None, "protection-high")
    assert (await read(gateway, "/orgs/onboarding"))["checks"]["protection_level_set"] is True


async def test_settings_of_sign_in_are_those_of_the_world(gateway: Any) -> None:
    told = await read(gateway, "/serverconfig/auth")
    assert (told["auth_method"], told["admin_role_name"], told["api_key"]) == ("local", "admin", "xapi-gateway")


async def test_a_new_key_of_the_gateway_is_another_one_each_time(gateway: Any) -> None:
    first, second = [await call(gateway, "POST", "/serverconfig/auth/apikey") for _ in range(2)]
    assert (first.status, second.status) == (201, 201)
    assert first.json["rollout_api_key"].startswith("xapi-")
    assert first.json != second.json


@pytest.mark.parametrize(
    "path", ["/serverconfig/misc", "/serverconfig/auth", "/serverconfig/mcp-auth", "/orgs/keys", "/orgs/onboarding"]
)
@pytest.mark.parametrize("token", ["erin", "otto"], ids=["standard", "auditor"])
async def test_settings_are_for_admins(gateway: Any, path: str, token: str) -> None:
    assert (await call(gateway, "GET", path, None, token)).said == (403, "access denied")
