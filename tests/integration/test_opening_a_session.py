"""Who may open a session, and in which order that is found out (section 4.1)."""

from typing import Any

import pytest

UNKNOWN = "11111111-1111-4111-8111-111111111111"


def case(number: int) -> str:
    return f"00000000-0000-4000-8000-000000000{number}"


@pytest.mark.parametrize(
    "text",
    [
        *("provision", "1", "00000000-0000-4000-8000-00000000010", "00000000-0000-4000-8000-00000000010g"),
        *("%7B00000000-0000-4000-8000-000000000101", "0000-0000000040008000000000000101-", "%20", "%00", "%ff"),
        *(
            "00000000-0000-4000-8000-000000000101%20",
            "urn:uuid:00000000-0000-4000-8000-000000000101",
            "%D9%A00000000-0000-4000-8000-000000000101",
        ),
    ],
)
async def test_an_id_that_is_no_uuid_is_a_server_error(api: Any, text: str) -> None:
    answer = await (await api("review-states")).get(f"/sessions/{text}")
    assert (answer.status, answer.body) == (500, b'{"message":"failed fetching session"}')


@pytest.mark.parametrize(
    "text",
    [
        "1CBC8DB5-FBF8-4293-8E35-59A6EEA40207",
        "%7B1cbc8db5-fbf8-4293-8e35-59a6eea40207%7D",
        "1cbc8db5fbf842938e3559a6eea40207",
        "1cbc-8db5-fbf8-4293-8e35-59a6-eea4-0207",
        "%31cbc8db5-fbf8-4293-8e35-59a6eea40207",
    ],
    ids=["upper case", "braces", "no hyphens", "hyphens everywhere", "percent-encoded"],
)
async def test_the_database_reads_ids_in_several_forms_and_shows_one(api: Any, text: str) -> None:
    gateway = await api("documented-example")
    assert (await gateway.session(text))["id"] == "1cbc8db5-fbf8-4293-8e35-59a6eea40207"


async def test_an_unknown_session_is_not_found(api: Any) -> None:
    answer = await (await api("review-states")).get(f"/sessions/{UNKNOWN}")
    assert (answer.status, answer.body) == (404, b'{"message":"not found"}')


@pytest.mark.parametrize("token", ["erin", "ada", "otto", "dora"], ids=["owner", "admin", "auditor", "reviewer"])
async def test_owners_admins_auditors_and_reviewers_may_open_it(api: Any, token: str) -> None:
    gateway = await api("review-states")
    assert (await gateway.session(case(101), token=token))["script"] == {"data": "uptime"}


@pytest.mark.parametrize("token", ["nick", "john", "lena"])
async def test_others_learn_that_it_exists_and_no_more(api: Any, token: str) -> None:
    answer = await (await api("review-states")).get(f"/sessions/{case(101)}", token)
    assert (answer.status, answer.message) == (403, "user is not allowed to access this session")


async def test_a_session_of_nobody_is_listed_for_everybody_but_opens_for_few(api: Any) -> None:
    gateway = await api("review-states")
    assert case(902) in (await gateway.get("/sessions", "nick")).ids
    statuses = [(await gateway.get(f"/sessions/{case(902)}", token)).status for token in ("nick", "ada", "otto")]
    assert statuses == [403, 200, 200]


async def test_a_group_that_was_added_by_a_decision_opens_it_too(api: Any) -> None:
    gateway = await api("review-states")
    assert (await gateway.get(f"/sessions/{case(204)}", "lena")).status == 200


@pytest.mark.parametrize(
    ("session", "query", "token", "status"),
    [
        ("nonsense", "", None, 401),
        ("nonsense", "extension=csv", "nick", 500),
        (UNKNOWN, "extension=csv", "nick", 404),
        (case(101), "extension=csv", "nick", 403),
        (case(101), "expand=event_stream&event_stream=nonsense", "nick", 403),
        (case(601), "extension=csv&expand=event_stream&event_stream=nonsense", "erin", 200),
        (case(601), "expand=event_stream&event_stream=nonsense", "erin", 422),
    ],
    ids=["caller", "id", "session", "access", "access before rendering", "link before rendering", "rendering"],
)
async def test_the_first_check_that_fails_decides(
    api: Any, session: str, query: str, token: str | None, status: int
) -> None:
    gateway = await api("review-states", validation="report")
    assert (await gateway.get(f"/sessions/{session}?{query}", token)).status == status


async def test_a_session_is_json_without_a_charset_and_ends_in_a_line_break(api: Any) -> None:
    answer = await (await api("review-states")).get(f"/sessions/{case(101)}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body.endswith(b"}\n")


async def test_refusals_have_a_charset(api: Any) -> None:
    answer = await (await api("review-states")).get(f"/sessions/{UNKNOWN}")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
