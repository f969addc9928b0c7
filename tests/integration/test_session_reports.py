"""What was masked in the sessions of a world (section 8.7)."""

from typing import Any

import pytest

from .people_calls import call, read

SESSION = "00000000-0000-4000-8000-00000000000"
SCENARIO = f"""
mockhoop: 1
clock: {{start: 2024-07-25T12:00:00Z, frozen: true}}
users:
  - {{name: Ada, email: ada@example.com, groups: [admin], token: ada}}
  - {{name: Erin, email: erin@example.com, token: erin}}
connections: [{{name: pgdemo, type: database, subtype: postgres}}, {{name: shell, type: custom}}]
sessions:
  - id: {SESSION}1
    user: ada@example.com
    connection: pgdemo
    started: -1h
    metrics: {{data_masking: {{info_types: {{EMAIL_ADDRESS: 3, PERSON: 1}}, transformed_bytes: 40}}}}
  - id: {SESSION}2
    user: erin@example.com
    connection: shell
    started: -3d
    metrics: {{data_masking: {{info_types: {{EMAIL_ADDRESS: 2}}, transformed_bytes: 20}}}}
  - {{user: ada@example.com, connection: pgdemo, started: -2h}}
"""


@pytest.fixture
async def gateway(api: Any, tmp_path: Any) -> Any:
    path = tmp_path / "masked.yaml"
    path.write_text(SCENARIO)
    return await api(path)


async def test_a_report_without_options_is_of_today(gateway: Any) -> None:
    assert await read(gateway, "/reports/sessions") == {
        "items": [
            {"resource": "pgdemo", "info_type": "EMAIL_ADDRESS", "redact_total": 3, "transformed_bytes": 30},
            {"resource": "pgdemo", "info_type": "PERSON", "redact_total": 1, "transformed_bytes": 10},
        ],
        "total_redact_count": 4,
        "total_transformed_bytes": 40,
    }


@pytest.mark.parametrize(
    ("options", "total"),
    [
        ("start_date=2024-07-20", 6),
        ("start_date=2024-07-20&end_date=2024-07-25", 2),
        (f"start_date=2024-07-20&id={SESSION}2", 2),
        (f"id={SESSION}2", 0),
        ("id=00000000-0000-4000-8000-0000000000ff", 0),
        ("start_date=2024-07-20&connection_name=shell", 2),
        ("start_date=2024-07-20&connection_name=nothing", 0),
        ("start_date=2024-07-20&user_email=erin@example.com", 2),
        ("start_date=2024-07-20&verb=connect", 0),
    ],
)
async def test_a_report_can_be_cut_down(gateway: Any, options: str, total: int) -> None:
    assert (await read(gateway, f"/reports/sessions?{options}", "erin"))["total_redact_count"] == total


async def test_a_report_of_new_sessions_is_not_an_old_one(gateway: Any) -> None:
    assert (await read(gateway, "/reports/sessions"))["total_redact_count"] == 4
    await call(gateway, "POST", "/sessions", {"script": "SELECT 1", "connection": "pgdemo"})
    assert (await read(gateway, "/reports/sessions"))["total_redact_count"] == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("start_date=25/07/2024", "invalid date format, expected format YYYY-MM-DD"),
        ("start_date=2024-01-01", "invalid date range, expected to be between 120 days range"),
        ("group_by=verb", "invalid group_by value, expected=[connection_name id connection_type user_email]"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_the_gateways_words(gateway: Any, options: str, message: str) -> None:
    told = await call(gateway, "GET", f"/reports/sessions?{options}")
    assert (told.status, told.json["message"]) == (400, message)


async def test_metrics_are_rows_of_the_newest_sessions_first(gateway: Any) -> None:
    told = await read(gateway, "/metrics/sessions?limit=2")
    assert told["pages"] == {"total": 3, "page": 1, "size": 2}
    assert [(row["connection_name"], row["info_type"], row["count_masked"]) for row in told["data"]] == [
        ("pgdemo", "EMAIL_ADDRESS", 3),
        ("pgdemo", "PERSON", 1),
    ]


async def test_metrics_have_a_second_page(gateway: Any) -> None:
    told = await read(gateway, "/metrics/sessions?limit=2&page=2")
    assert [row["session_id"] for row in told["data"]] == [f"{SESSION}2"]


async def test_metrics_can_be_cut_down(gateway: Any) -> None:
    told = await read(gateway, "/metrics/sessions?info_type=EMAIL_ADDRESS&connection_name=pgdemo")
    assert [row["session_id"] for row in told["data"]] == [f"{SESSION}1"]


async def test_metrics_can_be_summed_up(gateway: Any) -> None:
    told = await read(gateway, "/metrics/sessions?aggregated=true")
    assert (told["total_sessions"], told["total_masked"]) == (2, 6)


async def test_what_changed_since_is_told_in_the_same_order(gateway: Any) -> None:
    before = await read(gateway, "/metrics/sessions")
    for number, owner in ((1, "ada"), (2, "erin")):
        path = f"/sessions/{SESSION}{number}/metadata"
        assert (await call(gateway, "PATCH", path, {"metadata": {"ticket": "1"}}, owner)).status == 204
    assert await read(gateway, "/metrics/sessions") == before
    assert len(before["data"]) == 3
