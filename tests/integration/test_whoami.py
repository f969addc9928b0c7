"""Who calls: what the gateway knows of them, and what they say of themselves (section 8.3)."""

from typing import Any

import pytest

from mockhoop.gateway.facets import API_KEYS, USERS

from .people_calls import ERIN, call, read, required


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def test_everything_that_a_caller_is_told(gateway: Any) -> None:
    told = await read(gateway, "/userinfo")
    organization = gateway.service.world.settings.organization
    assert told == {
        "id": "ada@example.com",
        "name": "Ada Admin",
        "email": "ada@example.com",
        "status": "active",
        "verified": True,
        "role": "admin",
        "slack_id": "",
        "picture": "",
        "groups": ["admin"],
        "is_admin": True,
        "is_multitenant": False,
        "tenancy_type": "selfhosted",
        "org_id": organization.id,
        "org_name": organization.name,
        "org_license": "",
        "feature_ask_ai": "unavailable",
        "webapp_users_management": "on",
        "intercom_hmac_digest": "",
        "default_protection_profile": None,
        "show_origin_survey": False,
        "show_setup_checklist": False,
    }


async def test_a_protection_profile_that_is_chosen_is_told(gateway: Any) -> None:
    told = await call(gateway, "PUT", "/orgs/protection-profile", {"profile": "soc2-type2", "source": "settings"})
    assert told.status == 200, told
    assert (await read(gateway, "/userinfo"))["default_protection_profile"] == "soc2-type2"


@pytest.mark.parametrize(("token", "role"), [("ada", "admin"), ("otto", "auditor"), ("erin", "standard")])
async def test_the_role(gateway: Any, token: str, role: str) -> None:
    told = await read(gateway, "/userinfo", token)
    assert (told["role"], told["is_admin"]) == (role, role == "admin")


async def test_who_is_in_no_group_has_an_empty_list(gateway: Any) -> None:
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN})
    assert (await read(gateway, "/userinfo", "erin"))["groups"] == []


async def test_the_gateways_own_key(gateway: Any) -> None:
    told = await read(gateway, "/userinfo", None, Api_Key="xapi-gateway")
    assert [told[name] for name in ("id", "name", "email", "groups", "role")] == [*["API_KEY"] * 3, ["admin"], "admin"]


async def test_a_key_of_the_organization(gateway: Any) -> None:
    key = gateway.service.world.table(API_KEYS).find("name", "auditing")
    told = await read(gateway, "/userinfo", "hpk_auditor")
    names = ("id", "name", "email", "groups", "role", "status")
    assert [told[name] for name in names] == [key.id, "auditing", "auditing", ["auditor"], "auditor", "active"]


async def test_a_service_account_is_its_subject(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "robots.yaml"
    path.write_text("mockhoop: 1\nservice_accounts: [{subject: robot-1, name: Robot, groups: [sre], token: beep}]\n")
    told = await read(await api(path), "/userinfo", "beep")
    assert [told[name] for name in ("id", "name", "email", "groups")] == ["robot-1", "Robot", "robot-1", ["sre"]]


async def test_an_id_in_slack_is_told_by_its_owner(gateway: Any) -> None:
    told = await call(gateway, "PATCH", "/users/self/slack", {"slack_id": "U1"}, "erin")
    assert (told.status, told.json["email"], told.json["slack_id"]) == (200, ERIN, "U1")
    assert told.json == await read(gateway, f"/users/{ERIN}")
    assert (await read(gateway, "/userinfo", "erin"))["slack_id"] == "U1"


@pytest.mark.parametrize(
    ("token", "body", "said"),
    [
        ("erin", b"", (400, "EOF")),
        ("erin", {}, required("UserPatchSlackID", "SlackID")),
        ("otto", {"slack_id": "U1"}, (403, "access denied")),
        ("hpk_reviewer", {"slack_id": "U1"}, (422, "user not found")),
    ],
    ids=["no body", "none", "auditor", "program"],
)
async def test_an_id_in_slack_that_is_refused(gateway: Any, token: str, body: Any, said: tuple[int, str]) -> None:
    assert (await call(gateway, "PATCH", "/users/self/slack", body, token)).said == said


async def test_where_somebody_heard_of_hoop_is_told_once(gateway: Any) -> None:
    body = {"origin": "referral"}
    told = await call(gateway, "POST", "/users/self/signup-origin", body, "erin")
    assert (told.status, told.body) == (204, b"")
    assert gateway.service.world.table(USERS).get(ERIN).signup_origin == "referral"
    again = await call(gateway, "POST", "/users/self/signup-origin", body, "erin")
    assert again.said == (409, "signup origin already recorded")
    assert (await call(gateway, "POST", "/users/self/signup-origin", body, "john")).status == 204


@pytest.mark.parametrize(
    ("token", "body", "said"),
    [
        ("erin", {}, required("UserSignupOriginRequest", "Origin")),
        ("erin", {"origin": "other"}, (400, "origin_other is required when origin is other")),
        ("erin", {"origin": "other", "origin_other": " "}, (400, "origin_other is required when origin is other")),
        ("hpk_reviewer", {"origin": "referral"}, (403, "access denied")),
    ],
    ids=["none", "other", "blank", "program"],
)
async def test_an_origin_that_is_refused(gateway: Any, token: str, body: Any, said: tuple[int, str]) -> None:
    assert (await call(gateway, "POST", "/users/self/signup-origin", body, token)).said == said


async def test_an_origin_that_is_none(gateway: Any) -> None:
    told = await call(gateway, "POST", "/users/self/signup-origin", {"origin": "dream"}, "erin")
    assert told.status == 400
    assert told.said[1].startswith("invalid origin, expected one of [search-engine ")


async def test_another_origin_says_which(gateway: Any) -> None:
    body = {"origin": "other", "origin_other": "a talk"}
    assert (await call(gateway, "POST", "/users/self/signup-origin", body, "erin")).status == 204


@pytest.mark.parametrize("token", [None, "ada"])
async def test_no_organization_signs_up_at_a_gateway_for_one(gateway: Any, token: str | None) -> None:
    told = await call(gateway, "POST", "/signup", {"org_name": "Acme", "profile_name": "Ada"}, token)
    assert told.said == (400, "signup is only available in multi tenant setups")
