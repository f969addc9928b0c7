"""Asking for a download link (section 4.3)."""

import re
from typing import Any

import pytest

USUAL = "00000000-0000-4000-8000-000000000010"
REVIEWED = "00000000-0000-4000-8000-000000000004"
DOCUMENTED = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
NOT_ALLOWED = b'{"message":"user is not allowed to download this session","status":403}'


async def url(gateway: Any, query: str, session: str = USUAL, token: str = "ada") -> str:
    """The link's URL behind the token, after a look at what stands before."""
    answer = await gateway.get(f"/sessions/{session}?{query}", token)
    assert answer.status == 200, answer.body
    link = answer.json["download_url"]
    form = rf"http://127\.0\.0\.1:\d+/api/sessions/{session}/(download(?:/input)?\?token)=[0-9a-f]{{64}}(.*)"
    found = re.fullmatch(form, link, re.DOTALL)
    assert found, link
    return f"{found[1]}{found[2]}"


async def test_a_link_is_two_keys_with_the_ampersands_escaped(api: Any) -> None:
    answer = await (await api("downloads")).get(f"/sessions/{USUAL}?extension=csv")
    assert list(answer.json) == ["download_url", "expire_at"]
    assert rb"\u0026extension=csv\u0026newline=\u0026event-time=\u0026events=" in answer.body
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert not answer.body.endswith(b"\n")


async def test_a_link_expires_after_five_minutes_to_the_nanosecond(api: Any) -> None:
    answer = await (await api("documented-example")).get(f"/sessions/{DOCUMENTED}?extension=csv")
    assert answer.json["expire_at"] == "2024-07-25T16:01:35.317601482Z"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("extension=csv", "download?token&extension=csv&newline=&event-time=&events="),
        (
            "events=o,i&event-time=1&newline=1&extension=json",
            "download?token&extension=json&newline=1&event-time=1&events=o,i",
        ),
        ("extension=csv&new_line=1", "download?token&extension=csv&newline=&event-time=&events="),
        ("extension=txt&blob-type=session_input", "download/input?token"),
        ("extension=txt&blob-type=session_input&newline=1&events=i", "download/input?token"),
        ("extension=a%20b%26c%3Dd", "download?token&extension=a b&c=d&newline=&event-time=&events="),
        ("extension=%2E.%2F%0A", "download?token&extension=../\n&newline=&event-time=&events="),
        ("extension=csv&extension=json", "download?token&extension=csv&newline=&event-time=&events="),
        ("extension=csv&events=o&events=i", "download?token&extension=csv&newline=&event-time=&events=o"),
        ("extension=csv&newline=yes", "download?token&extension=csv&newline=yes&event-time=&events="),
        ("extension=csv&blob-type=other", "download?token&extension=csv&newline=&event-time=&events="),
    ],
)
async def test_the_options_are_copied_into_the_url_in_order_and_unescaped(api: Any, query: str, expected: str) -> None:
    gateway = await api("downloads", validation="report")
    assert await url(gateway, query) == expected


@pytest.mark.parametrize("query", ["extension=", "blob-type=session_input", "newline=1&events=o"])
async def test_without_an_extension_the_answer_is_the_session(api: Any, query: str) -> None:
    gateway = await api("downloads", validation="report")
    assert (await gateway.session(USUAL, query))["id"] == USUAL


@pytest.mark.parametrize("token", ["john", "ada", "otto"], ids=["owner", "admin", "auditor"])
async def test_owner_admin_and_auditor_may_download(api: Any, token: str) -> None:
    assert await url(await api("downloads"), "extension=txt", REVIEWED, token)


async def test_a_reviewer_may_open_but_not_download(api: Any) -> None:
    gateway = await api("downloads")
    assert (await gateway.get(f"/sessions/{REVIEWED}", "dora")).status == 200
    answer = await gateway.get(f"/sessions/{REVIEWED}?extension=txt", "dora")
    assert (answer.status, answer.body) == (403, NOT_ALLOWED)


DISABLED = """
mockhoop: 1
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: bash, type: custom}]
sessions: [{id: 00000000-0000-4000-8000-000000000010, user: ada@example.com, connection: bash}]
downloads: {enabled: false}
"""


async def test_where_downloads_are_switched_off_nobody_may(api: Any, tmp_path: Any) -> None:
    scenario = tmp_path / "disabled.yaml"
    scenario.write_text(DISABLED)
    answer = await (await api(scenario)).get(f"/sessions/{USUAL}?extension=txt")
    assert (answer.status, answer.body) == (403, NOT_ALLOWED)


@pytest.mark.parametrize(
    ("scenario", "session"),
    [
        ("review-states", "00000000-0000-4000-8000-000000000101"),
        ("review-states", "00000000-0000-4000-8000-000000000201"),
        ("review-states", "00000000-0000-4000-8000-000000000501"),
        ("downloads", "00000000-0000-4000-8000-000000000012"),
    ],
    ids=["waits for review", "ready", "running", "without a recording"],
)
async def test_there_are_links_in_every_status_and_without_a_recording(api: Any, scenario: str, session: str) -> None:
    assert await url(await api(scenario), "extension=txt", session)


async def test_every_link_has_a_token_of_its_own(api: Any) -> None:
    gateway = await api("downloads")
    links = [(await gateway.get(f"/sessions/{USUAL}?extension=txt")).json["download_url"] for _ in range(5)]
    assert len(set(links)) == 5


async def test_a_link_leads_to_the_host_that_was_asked(api: Any) -> None:
    gateway = await api("downloads")
    answer = await gateway.get(f"/sessions/{USUAL}?extension=txt", Host="hoop.example.com")
    assert answer.json["download_url"].startswith(f"http://hoop.example.com/api/sessions/{USUAL}/download?token=")


async def test_the_link_has_the_id_as_it_is_stored(api: Any) -> None:
    gateway = await api("documented-example")
    answer = await gateway.get(f"/sessions/{DOCUMENTED.upper()}?extension=txt")
    assert f"/sessions/{DOCUMENTED}/download?" in answer.json["download_url"]
