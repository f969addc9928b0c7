"""Users: listed, made, changed and removed by an admin (section 8.7)."""

from typing import Any
from uuid import UUID

import pytest

from mockhoop.gateway.facets import USERS

from .people_calls import DENIED, ERIN, NEW, call, email_of, read, required, sign_in


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


async def test_everybody_is_listed_by_subject(gateway: Any) -> None:
    users = await read(gateway, "/users", "erin")
    assert [user["id"] for user in users] == [user["email"] for user in users]
    assert users[0] == {
        "id": "ada@example.com",
        "name": "Ada Admin",
        "email": "ada@example.com",
        "status": "active",
        "verified": True,
        "role": "admin",
        "slack_id": "",
        "picture": "",
        "groups": ["admin"],
    }


async def test_an_auditor_shows_as_standard(gateway: Any) -> None:
    roles = {user["email"]: user["role"] for user in await read(gateway, "/users")}
    assert (roles["ada@example.com"], roles["otto@example.com"], roles[ERIN]) == ("admin", "standard", "standard")


async def test_a_property_of_the_contract_is_shown(api: Any, hoop_document: Any) -> None:
    def change(document: Any) -> None:
        properties = document["components"]["schemas"]["openapi.User"]["properties"]
        properties["shoe_size"] = {"type": "integer", "minimum": 36, "maximum": 47}
        del properties["picture"]

    user = (await read(await api("executions", contract=hoop_document(change)), "/users"))[0]
    assert (36 <= user["shoe_size"] <= 47, "picture" in user) == (True, False)


async def test_who_is_in_no_group_has_an_empty_list(gateway: Any) -> None:
    await call(gateway, "POST", "/users", {"email": "new@example.com", "groups": None})
    assert (await read(gateway, "/users/new@example.com"))["groups"] == []


async def test_a_gateway_without_users_lists_none(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text("mockhoop: 1\napi_key: xapi-own\n")
    assert await read(await api(path), "/users", None, Api_Key="xapi-own") == []


async def test_a_user_is_found_by_address_and_by_subject(api: Any, tmp_path: Any) -> None:
    path = tmp_path / "people.yaml"
    path.write_text("mockhoop: 1\nusers: [{name: A, email: a@b.c, groups: [admin], token: ada, subject: 'idp|7'}]\n")
    gateway = await api(path)
    by_address = await read(gateway, "/users/a@b.c")
    assert by_address == await read(gateway, "/users/idp%7C7")
    assert by_address["id"] == "idp|7"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_somebody_who_is_not_there(gateway: Any, method: str) -> None:
    told = await call(gateway, method, "/users/nobody@example.com")
    assert told.said == (404, "user nobody@example.com not found")


async def test_somebody_who_is_not_there_cannot_change(api: Any, hoop_document: Any) -> None:
    """The published document does not tell of it."""
    missing = {"description": "There is no such user."}
    contract = hoop_document(
        lambda document: document["paths"]["/users/{emailOrID}"]["put"]["responses"].setdefault("404", missing)
    )
    told = await call(await api("executions", contract=contract), "PUT", "/users/nobody@example.com", NEW)
    assert told.said == (404, "user nobody@example.com not found")


async def test_what_is_made_has_a_fresh_id_and_echoes_the_password(gateway: Any) -> None:
    told = await call(gateway, "POST", "/users", NEW)
    assert told.status == 201
    assert UUID(told.json.pop("id")).version == 4
    rest = {"status": "active", "verified": True, "role": "standard", "slack_id": "", "picture": ""}
    assert {name: value for name, value in told.json.items() if name != "id"} == {**NEW, **rest}


async def test_who_is_made_is_listed_with_the_subject_and_without_the_password(gateway: Any) -> None:
    await call(gateway, "POST", "/users", NEW)
    listed = (await read(gateway, "/users"))[-1]
    assert listed == await read(gateway, "/users/new@example.com")
    assert (listed["id"], listed["groups"], "password" in listed) == ("new@example.com", ["sre"], False)


async def test_two_that_are_made_have_ids_of_their_own(gateway: Any) -> None:
    ids = {(await call(gateway, "POST", "/users", {"email": f"new{n}@example.com"})).json["id"] for n in range(2)}
    assert len(ids) == 2


async def test_who_is_made_with_a_password_signs_in(gateway: Any) -> None:
    await call(gateway, "POST", "/users", NEW)
    assert await email_of(gateway, await sign_in(gateway, NEW["email"], NEW["password"])) == NEW["email"]


async def test_who_is_made_without_one_does_not(gateway: Any) -> None:
    await call(gateway, "POST", "/users", {"email": "new@example.com"})
    assert (await sign_in(gateway, "new@example.com", "hoop")).said == (401, "invalid credentials")


@pytest.mark.parametrize("email", ["x", "@example.com", "x@", "a b@example.com", "Ada <a@b.c>", "a..b@c.d", "a@b@c"])
async def test_an_address_that_is_none(gateway: Any, email: str) -> None:
    assert (await call(gateway, "POST", "/users", {**NEW, "email": email})).said == (422, "invalid email")


@pytest.mark.parametrize("email", ["a@b", "ada.lovelace+x@mail.example.com", "o'hara@example.com"])
async def test_an_address_of_another_form(api: Any, email: str) -> None:
    assert (await call(await api("executions", validation="report"), "POST", "/users", {"email": email})).status == 201


async def test_an_address_that_somebody_has(gateway: Any) -> None:
    told = await call(gateway, "POST", "/users", {**NEW, "email": ERIN})
    assert told.said == (409, f"user already exists with email {ERIN}")
    assert (await read(gateway, f"/users/{ERIN}"))["name"] == "Erin Engineer"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", (400, "EOF")),
        (b"{}", required("User", "Email")),
        (b'{"email": "a@b.c", "groups": "sre"}', None),
        (b'{"email": "a@b.c", "status": "asleep"}', None),
    ],
    ids=["none", "no address", "groups that are no list", "unknown status"],
)
async def test_a_body_that_is_refused(gateway: Any, body: bytes, said: tuple[int, str] | None) -> None:
    for method, target in (("POST", "/users"), ("PUT", f"/users/{ERIN}")):
        told = await call(gateway, method, target, body)
        assert told.said == said if said else told.status in (400, 422)
    assert len(await read(gateway, "/users")) == 5


async def test_a_change_is_read_where_it_was_made_and_in_the_list(gateway: Any) -> None:
    wanted = {"name": "Erin E.", "groups": ["dba", "sre"], "status": "active", "slack_id": "U1", "picture": "p.png"}
    told = await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, **wanted})
    assert (told.status, {name: told.json[name] for name in wanted}) == (200, wanted)
    assert told.json == await read(gateway, f"/users/{ERIN}")
    assert told.json in await read(gateway, "/users")


async def test_an_address_stays_as_it_is(gateway: Any) -> None:
    told = await call(gateway, "PUT", f"/users/{ERIN}", {"email": "other@example.com", "name": "Erin"})
    assert (told.json["email"], told.json["id"]) == (ERIN, ERIN)


async def test_other_groups_are_other_rights_at_once(gateway: Any) -> None:
    login = await sign_in(gateway, ERIN, "hoop")
    assert (await call(gateway, "GET", "/api-keys", token=login.headers["Token"])).said == (403, "access denied")
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "groups": ["admin"]})
    assert (await call(gateway, "GET", "/api-keys", token=login.headers["Token"])).status == 200


@pytest.mark.parametrize("status", ["inactive", "invited"])
async def test_who_is_not_active_is_let_in_no_more(gateway: Any, status: str) -> None:
    login = await sign_in(gateway, ERIN, "hoop")
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "status": status})
    for token in ("erin", login.headers["Token"]):
        assert (await call(gateway, "GET", "/userinfo", token=token)).said == DENIED


async def test_a_status_or_a_password_that_is_not_told_stays(gateway: Any) -> None:
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "status": "inactive", "password": "a new one"})
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "name": "Erin"})
    assert (await read(gateway, f"/users/{ERIN}"))["status"] == "inactive"
    assert (await sign_in(gateway, ERIN, "a new one")).status == 200


async def test_a_new_password_takes_the_place_of_the_old_one(gateway: Any) -> None:
    await call(gateway, "PUT", f"/users/{ERIN}", {"email": ERIN, "password": "a new one"})
    assert (await sign_in(gateway, ERIN, "hoop")).status == 401
    assert (await sign_in(gateway, ERIN, "a new one")).status == 200


async def test_who_is_gone_is_listed_no_more_and_not_let_in(gateway: Any) -> None:
    login = await sign_in(gateway, ERIN, "hoop")
    told = await call(gateway, "DELETE", f"/users/{ERIN}")
    assert (told.status, told.body) == (204, b"")
    assert ERIN not in [user["email"] for user in await read(gateway, "/users")]
    for token in ("erin", login.headers["Token"]):
        assert (await call(gateway, "GET", "/userinfo", token=token)).said == DENIED


async def test_a_token_from_before_is_no_good_to_who_comes_again(gateway: Any) -> None:
    before = await sign_in(gateway, ERIN, "hoop")
    await call(gateway, "DELETE", f"/users/{ERIN}")
    await call(gateway, "POST", "/users", {"email": ERIN, "password": "long enough"})
    assert (await call(gateway, "GET", "/userinfo", token=before.headers["Token"])).said == DENIED
    assert await email_of(gateway, await sign_in(gateway, ERIN, "long enough")) == ERIN


async def test_nobody_removes_themselves(gateway: Any) -> None:
    assert (await call(gateway, "DELETE", "/users/ada@example.com")).said == (422, "users cannot delete themselves")
    assert (await read(gateway, "/userinfo"))["email"] == "ada@example.com"


@pytest.mark.parametrize("token", ["erin", "otto"], ids=["standard", "auditor"])
@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/users"), ("PUT", f"/users/{ERIN}"), ("DELETE", f"/users/{ERIN}")]
)
async def test_only_admins_change_users(gateway: Any, token: str, method: str, target: str) -> None:
    told = await call(gateway, method, target, None if method == "DELETE" else NEW, token)
    assert told.said == (403, "access denied")
    assert gateway.service.world.table(USERS).delta() == ([], [])
