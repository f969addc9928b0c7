"""Rules for access requests ask for reviews, whatever the connection says itself (section 7.1)."""

from pathlib import Path
from typing import Any

import pytest

from .execution_calls import APPROVE, execute, run, send

SCENARIO = """
mockhoop: 1
clock: {start: 2026-08-21T12:00:00Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: Dora Data, email: dora@example.com, groups: [dba], token: dora}
  - {name: Sam Reliable, email: sam@example.com, groups: [sre], token: sam}
  - {name: Erin Engineer, email: erin@example.com, groups: [engineering], token: erin}
connections:
  - {name: pgdemo, type: database, subtype: postgres, more: {attributes: [pii]}}
  - {name: free, type: database, subtype: postgres}
  - {name: reviewed, type: database, subtype: postgres, reviewers: [sre], more: {attributes: [pii]}}
items:
  - {item: /access-requests/rules/ask-dba, fields: {access_type: jit_command, attributes: [pii], connection_names: [],
     approval_required_groups: [engineering], reviewers_groups: [dba, sre], force_approval_groups: [admin],
     all_groups_must_approve: false, min_approvals: 1, access_max_duration: 600, skip_review_groups: []}}
"""
TEN_MINUTES = {"access_duration_seconds": 600}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
async def gateway(api: Any, scenario: Path) -> Any:
    return await api(scenario)


async def review_of(gateway: Any, session_id: str) -> Any:
    return (await send(gateway, "GET", f"/sessions/{session_id}", token="ada")).json["review"]


async def asked(gateway: Any, connection: str, token: str = "erin") -> Any:
    told = (await run(gateway, "SELECT 1", connection, token)).json
    return await review_of(gateway, told["session_id"])


@pytest.mark.parametrize("connection", ["pgdemo", "reviewed"])
async def test_a_script_waits_for_those_whom_the_rule_names(gateway: Any, connection: str) -> None:
    review = await asked(gateway, connection)
    assert [one["group"] for one in review["review_groups_data"]] == ["dba", "sre"]
    told = [review[name] for name in ("type", "access_request_rule_name", "min_approvals", "force_approval_groups")]
    assert told == ["onetime", "ask-dba", 1, ["admin"]]


async def test_who_is_in_no_group_of_the_rule_is_asked_what_the_connection_asks(gateway: Any) -> None:
    assert await asked(gateway, "pgdemo", "dora") is None
    assert (await asked(gateway, "reviewed", "dora"))["access_request_rule_name"] is None


async def test_on_other_connections_nobody_is_asked(gateway: Any) -> None:
    assert await asked(gateway, "free") is None


async def test_as_many_approvals_are_enough_as_the_rule_says(gateway: Any) -> None:
    session_id = (await run(gateway, "SELECT 1", "pgdemo")).json["session_id"]
    assert (await send(gateway, "PUT", f"/sessions/{session_id}/review", APPROVE, "sam")).json["status"] == "APPROVED"
    assert (await execute(gateway, session_id)).json["output_status"] == "success"


async def test_credentials_wait_for_those_whom_the_rule_names(gateway: Any) -> None:
    told = await send(gateway, "POST", "/connections/pgdemo/credentials", TEN_MINUTES)
    assert told.status == 202
    review = await review_of(gateway, told.json["session_id"])
    assert (review["type"], review["access_request_rule_name"]) == ("jit", "ask-dba")


async def test_credentials_last_no_longer_than_the_rule_lets_them(gateway: Any) -> None:
    told = await send(gateway, "POST", "/connections/pgdemo/credentials", {"access_duration_seconds": 601})
    assert told.said == (400, "access duration cannot exceed 600 seconds")


async def test_the_connection_tells_that_a_rule_acts_on_it(gateway: Any) -> None:
    features = (await send(gateway, "GET", "/connections/pgdemo", token="ada")).json["effective_features"]
    assert features["access_request"] == {"command": True, "jit": True, "legacy_reviewers": False}
