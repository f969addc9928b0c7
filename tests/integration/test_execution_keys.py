"""Keys of programs: the gateway's own and those of the organization (sections 2.1 to 2.3 and 3.4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockhoop.gateway.facets import USERS
from mockhoop.world.changes import Put

from .execution_calls import OVER, OWN_KEY, PENDING, execute, run, send

DENIED = (401, "access denied")
SOMEBODY = {"user_email": "erin@example.com", "connection": "shell"}


@pytest.mark.parametrize(
    ("scenario", "token", "key", "said"),
    [
        ("executions", None, "wrong", (401, "unauthorize")),
        ("executions", "ada", "wrong", (401, "unauthorize")),
        ("executions", None, "XAPI-GATEWAY", (401, "unauthorize")),
        ("empty", None, "xapi-gateway", DENIED),
        ("empty", "ada", "xapi-gateway", DENIED),
        ("executions", "hpk_unknown", "", DENIED),
        ("executions", "hpk_", "", DENIED),
        ("empty", "hpk_deployer", "", DENIED),
    ],
    ids=[
        *("wrong", "it wins over a token", "letter case", "none configured", "none configured wins over a token"),
        *("unknown key", "bare prefix", "no keys"),
    ],
)
async def test_keys_that_are_not_let_in(
    api: Any, scenario: str, token: str | None, key: str, said: tuple[int, str]
) -> None:
    more = {"Api_Key": key} if key else {}
    assert (await send(await api(scenario), "GET", "/sessions", None, token, **more)).said == said


async def test_an_empty_key_is_none(api: Any) -> None:
    assert (await send(await api("executions"), "GET", "/sessions", None, "ada", Api_Key="")).status == 200


@pytest.mark.parametrize(
    ("token", "more", "owner"),
    [
        (None, OWN_KEY, ("API_KEY", "API_KEY", "API_KEY")),
        ("hpk_deployer", {}, ("an id", "deployer", "deployer")),
        ("hpk_reviewer", {}, ("an id", "reviewer", "reviewer")),
    ],
    ids=["the gateway's own", "an admin's", "a group's"],
)
async def test_what_a_key_runs_is_its_own(api: Any, token: str | None, more: dict[str, str], owner: Any) -> None:
    gateway = await api("executions")
    told = await send(gateway, "POST", "/sessions", {"connection": "shell", "script": "ls"}, token, **more)
    stored = (await send(gateway, "GET", f"/sessions/{told.json['session_id']}", None, token, **more)).json
    user_id = stored["user_id"] if owner[0] == "API_KEY" else "an id" if len(stored["user_id"]) == 36 else "no id"
    assert (user_id, stored["user"], stored["user_name"]) == owner
    assert stored["identity_type"] == "user"


@pytest.mark.parametrize("more", [OWN_KEY, {"Authorization": "Bearer hpk_deployer"}], ids=["own", "admin"])
async def test_an_admins_key_sees_everything(api: Any, more: dict[str, str]) -> None:
    told = await send(await api("executions"), "GET", "/sessions", None, None, **more)
    assert told.json["total"] == 9


async def test_a_key_lists_nothing_by_its_groups_but_opens_it(api: Any) -> None:
    gateway = await api("executions")
    assert (await send(gateway, "GET", "/sessions", None, "hpk_reviewer")).json["total"] == 0
    assert (await send(gateway, "GET", f"/sessions/{PENDING}", None, "hpk_reviewer")).status == 200
    assert (await send(gateway, "GET", f"/sessions/{OVER}", None, "hpk_reviewer")).status == 403


async def test_an_auditors_key_reads_everything_and_runs_nothing(api: Any) -> None:
    gateway = await api("executions")
    assert (await send(gateway, "GET", "/sessions", None, "hpk_auditor")).json["total"] == 9
    assert (await run(gateway, "ls", token="hpk_auditor")).said == (403, "access denied")


async def test_a_key_of_a_group_reviews_for_it(api: Any) -> None:
    gateway = await api("executions")
    told = await send(gateway, "PUT", f"/sessions/{PENDING}/review", {"status": "APPROVED"}, "hpk_reviewer")
    group = next(group for group in told.json["review_groups_data"] if group["group"] == "sre")
    assert (group["reviewed_by"]["email"], group["reviewed_by"]["name"]) == ("reviewer", "reviewer")


async def test_the_gateways_own_key_runs_what_others_had_approved(api: Any) -> None:
    gateway = await api("executions")
    told = await send(gateway, "POST", f"/sessions/{PENDING}/exec", None, None, **OWN_KEY)
    assert told.said == (403, "review not approved or already executed")
    assert (await execute(gateway, PENDING, "hpk_reviewer")).said == (403, "unable to execute session")


@pytest.mark.parametrize(
    ("token", "more", "status"),
    [
        (None, {}, 401),
        ("ada", {}, 401),
        ("erin", {}, 401),
        ("otto", {}, 403),
        ("hpk_auditor", {}, 403),
        ("hpk_reviewer", {}, 202),
        ("hpk_deployer", {}, 202),
        (None, OWN_KEY, 202),
        ("otto", OWN_KEY, 202),
    ],
    ids=[
        *("nobody", "admin", "standard", "auditor", "auditor's key", "group's key", "admin's key", "own", "own wins"),
    ],
)
async def test_only_keys_provision(api: Any, token: str | None, more: dict[str, str], status: int) -> None:
    told = await send(await api("executions"), "POST", "/sessions/provision", SOMEBODY, token, **more)
    assert told.status == status
    if status != 202:
        assert told.json == {"message": "access denied"}


async def test_where_nobody_signs_in_anybody_provisions(api: Any) -> None:
    gateway = await api("executions", require_token=False)
    assert (await send(gateway, "POST", "/sessions/provision", SOMEBODY, None)).status == 202


@pytest.mark.parametrize(("release", "status"), [("1.58.9", 200), ("1.59.0", 401)])
async def test_before_organization_keys_their_form_meant_nothing(
    api: Any, hoop_document: Callable[..., Any], release: str, status: int
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["x-mockhoop"]["release"] = document["info"]["version"] = release

    made = await api("executions", contract=hoop_document(change), check_responses=False)
    world = made.service.world
    world.apply([_with_token(world, "hpk_of_erin")])
    assert (await send(made, "GET", "/sessions", None, "hpk_of_erin")).status == status


def _with_token(world: Any, token: str) -> Any:
    return Put(USERS, replace(world.table(USERS).get("erin@example.com"), token=token))
