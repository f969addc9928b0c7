"""Service accounts, as admins look after them (sections 2.1 and 8.7)."""

from typing import Any

import pytest

from mockhoop.gateway.facets import SERVICE_ACCOUNTS

from .people_calls import DENIED, call, read, required

ROBOT = {"subject": "auth0|robot 1", "name": "Robot", "status": "active", "groups": ["sre"]}
PATH = "/serviceaccounts/auth0%7Crobot%201"


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


def token(gateway: Any) -> str:
    """The token that the identity provider would give the account."""
    found: str = gateway.service.world.table(SERVICE_ACCOUNTS).get(ROBOT["subject"]).token
    return found


async def test_where_there_are_none_there_is_null(gateway: Any) -> None:
    assert await read(gateway, "/serviceaccounts") is None


async def test_an_account_is_made_and_listed(gateway: Any) -> None:
    told = await call(gateway, "POST", "/serviceaccounts", ROBOT)
    organization = gateway.service.world.settings.organization.id
    assert (told.status, {**told.json, "id": ""}) == (201, {**ROBOT, "id": "", "org_id": organization})
    assert await read(gateway, "/serviceaccounts") == [told.json]


async def test_an_account_signs_in_with_its_token(gateway: Any) -> None:
    await call(gateway, "POST", "/serviceaccounts", ROBOT)
    assert (await read(gateway, "/userinfo", token(gateway)))["id"] == ROBOT["subject"]


async def test_a_subject_that_another_account_has(gateway: Any) -> None:
    await call(gateway, "POST", "/serviceaccounts", ROBOT)
    told = await call(gateway, "POST", "/serviceaccounts", ROBOT)
    assert told.said == (409, "service account already exists")


async def test_an_account_is_changed_but_for_its_subject(gateway: Any) -> None:
    made = (await call(gateway, "POST", "/serviceaccounts", ROBOT)).json
    change = {"subject": "another", "name": "Robert", "status": "active", "groups": ["dba"]}
    told = await call(gateway, "PUT", PATH, change)
    assert (told.status, told.json) == (200, {**made, **change, "subject": ROBOT["subject"]})
    assert await read(gateway, "/serviceaccounts") == [told.json]
    assert (await read(gateway, "/userinfo", token(gateway)))["groups"] == ["dba"]


async def test_an_account_that_is_inactive_is_let_in_no_more(gateway: Any) -> None:
    await call(gateway, "POST", "/serviceaccounts", ROBOT)
    await call(gateway, "PUT", PATH, {**ROBOT, "status": "inactive"})
    assert (await call(gateway, "GET", "/userinfo", token=token(gateway))).said == DENIED


async def test_an_account_that_is_not_there(gateway: Any) -> None:
    assert (await call(gateway, "PUT", PATH, ROBOT)).said == (404, "service account not found")


@pytest.mark.parametrize(("method", "target"), [("POST", "/serviceaccounts"), ("PUT", PATH)])
async def test_an_account_needs_a_subject_and_a_status(gateway: Any, method: str, target: str) -> None:
    assert (await call(gateway, method, target, {})).said == required("ServiceAccount", "Subject", "Status")


@pytest.mark.parametrize(("method", "target"), [("POST", "/serviceaccounts"), ("PUT", PATH)])
async def test_a_status_that_is_none(gateway: Any, method: str, target: str) -> None:
    told = await call(gateway, method, target, {**ROBOT, "status": "invited"})
    assert told.said == (422, "invalid status invited, expected one of [active inactive]")


@pytest.mark.parametrize("caller", ["erin", "otto"], ids=["standard", "auditor"])
async def test_everybody_reads_and_admins_change(gateway: Any, caller: str) -> None:
    assert await read(gateway, "/serviceaccounts", caller) is None
    assert (await call(gateway, "POST", "/serviceaccounts", ROBOT, caller)).said == (403, "access denied")
