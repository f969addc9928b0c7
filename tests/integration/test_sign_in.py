"""Who is calling, and who is turned away (sections 2.1 to 2.3)."""

from typing import Any

import pytest

from mockhoop.gateway.access import Access
from mockhoop.responders.hoop.routes import access_of

from .scripted import CONTRACT

DENIED = b'{"message":"access denied"}'
ROUTES = [
    "/sessions",
    "/plugins/audit/sessions",
    "/sessions/00000000-0000-4000-8000-000000000901",
    "/plugins/audit/sessions/00000000-0000-4000-8000-000000000901",
]

PEOPLE = """
mockhoop: 1
users:
  - {name: Ada, email: ada@example.com, groups: [admin], token: ada}
  - {name: Gil Gone, email: gil@example.com, groups: [admin], token: gil, status: inactive}
  - {name: Ina Invited, email: ina@example.com, token: ina, status: invited}
  - {name: Ed Early, email: ed@example.com, groups: [engineering], token: ed}
  - {name: Odd Token, email: odd@example.com, groups: [admin], token: 'a+b/c==.~'}
connections: [{name: bash, type: custom}]
sessions: [{user: ed@example.com, connection: bash}]
"""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("people") / "people.yaml"
    path.write_text(PEOPLE)
    return path


async def status_and_body(api: Any, scenario: Any, **headers: str) -> tuple[int, bytes]:
    answer = await (await api(scenario)).get("/sessions", None, **headers)
    return answer.status, b"" if answer.status == 200 else answer.body


@pytest.mark.parametrize("route", ROUTES)
async def test_every_route_but_the_downloads_wants_a_token(api: Any, route: str) -> None:
    answer = await (await api("review-states")).get(route, None)
    assert (answer.status, answer.body) == (401, DENIED)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "WWW-Authenticate" not in answer.headers


async def test_a_token_is_enough(api: Any, people: Any) -> None:
    assert await status_and_body(api, people, Authorization="Bearer ada") == (200, b"")


async def test_a_token_may_have_any_printable_characters(api: Any, people: Any) -> None:
    assert await status_and_body(api, people, Authorization="Bearer a+b/c==.~") == (200, b"")


async def test_the_name_of_the_header_may_be_in_any_case(api: Any, people: Any) -> None:
    assert await status_and_body(api, people, authorization="Bearer ada") == (200, b"")


@pytest.mark.parametrize(
    "value",
    [
        *("", "Bearer", "ada", "bearer ada", "BEARER ada", "Basic ada", "Bearer  ada", "Bearer ada x", "Token ada"),
        *("Bearer\tada", "Bearer:ada", "Bearer ADA", "Bearer ad", "Bearer adaa", "Bearer, ada", "Bearer unknown"),
    ],
)
async def test_the_header_is_read_strictly(api: Any, people: Any, value: str) -> None:
    assert await status_and_body(api, people, Authorization=value) == (401, DENIED)


@pytest.mark.parametrize("token", ["gil", "ina"], ids=["inactive", "invited"])
async def test_who_is_not_active_may_not_enter(api: Any, people: Any, token: str) -> None:
    assert await status_and_body(api, people, Authorization=f"Bearer {token}") == (401, DENIED)


@pytest.mark.parametrize("place", ["?token=ada", "?access_token=ada"])
async def test_a_token_in_the_query_is_none(api: Any, people: Any, place: str) -> None:
    answer = await (await api(people)).get(f"/sessions{place}", None)
    assert answer.status == 401


async def test_a_token_in_a_cookie_is_none(api: Any, people: Any) -> None:
    assert await status_and_body(api, people, Cookie="hoop_access_token=ada") == (401, DENIED)


@pytest.mark.parametrize("key", ["ada", "xapi-1", "0|key"])
async def test_an_api_key_wins_over_a_token_and_none_is_configured(api: Any, people: Any, key: str) -> None:
    answer = await (await api(people)).get("/sessions", "ada", **{"Api-Key": key})
    assert (answer.status, answer.body) == (401, DENIED)


async def test_an_empty_api_key_is_none(api: Any, people: Any) -> None:
    answer = await (await api(people)).get("/sessions", "ada", **{"Api-Key": ""})
    assert answer.status == 200


async def test_an_unknown_key_of_an_organization_is_denied(api: Any, people: Any) -> None:
    assert await status_and_body(api, people, Authorization="Bearer hpk_0123456789") == (401, DENIED)


@pytest.mark.parametrize("query", ["?limit=0", "?count=nonsense", "?start_date=x"])
async def test_a_caller_who_is_not_known_learns_of_no_other_mistake(api: Any, people: Any, query: str) -> None:
    answer = await (await api(people)).get(f"/sessions{query}", None)
    assert (answer.status, answer.body) == (401, DENIED)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("token", ["ada", "otto", "erin"], ids=["admin", "auditor", "standard"])
async def test_every_role_may_read(api: Any, route: str, token: str) -> None:
    assert (await (await api("review-states")).get(route, token)).status == 200


@pytest.mark.parametrize(
    ("method", "allowed"), [("GET", {"ada", "otto", "erin"}), ("POST", {"ada"})], ids=["reading", "changing"]
)
@pytest.mark.parametrize("token", ["ada", "otto", "erin"], ids=["admin", "auditor", "standard"])
async def test_of_other_routes_everybody_reads_and_admins_change_things(
    api: Any, hoop_document: Any, token: str, method: str, allowed: set[str]
) -> None:
    fine = {"description": "Fine", "content": {"application/json": {"schema": {"type": "string"}}}}
    responses = {"200": fine, "403": {"description": "Not for this role"}}
    item = {name: {"responses": responses} for name in ("get", "post")}
    contract = hoop_document(lambda document: document["paths"].update({"/oddities": item}))
    answer = await (await api("review-states", contract=contract)).request(method, "/api/oddities", token)
    assert answer.status == (200 if token in allowed else 403)
    assert answer.status == 200 or answer.body == DENIED


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Api-Key": "x"}])
async def test_without_tokens_everybody_is_the_first_active_admin(
    api: Any, people: Any, headers: dict[str, str]
) -> None:
    gateway = await api(people, require_token=False)
    answer = await gateway.get("/sessions", None, **headers)
    assert (answer.status, answer.json["total"]) == (200, 1)


async def test_without_tokens_and_without_an_admin_nobody_may_enter(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "nobody.yaml"
    scenario.write_text("mockhoop: 1\nusers: [{name: Ed, email: ed@example.com}]\n")
    gateway = await api(scenario, require_token=False)
    assert (await gateway.get("/sessions", None)).status == 401


def test_nobody_is_asked_for_a_token_where_the_contract_says_so_and_nowhere_else() -> None:
    markers = access_of(CONTRACT)
    told = {one.key for one in CONTRACT.operations if one.definition.get("security") == []}
    assert {key for key, marker in markers.items() if marker is Access.PUBLIC} == told
