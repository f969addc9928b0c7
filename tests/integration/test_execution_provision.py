"""POST /sessions/provision: sessions that are approved beforehand (section 6.5)."""

from typing import Any

import pytest

from .execution_calls import OWN_KEY, REJECT, execute, now, review, send, session

SOMEBODY = {"user_email": "erin@example.com", "connection": "reviewed", "script": "make all"}
REQUIRED = "Key: 'ProvisionSession.{0}' Error:Field validation for '{0}' failed on the 'required' tag"
WINDOW = {"type": "time_range", "configuration": {"start_time": "09:00", "end_time": "18:00"}}
TWO_DAYS = 48 * 60 * 60


async def provision(api: Any, token: str | None = "hpk_deployer", **body: Any) -> Any:
    return await send(api, "POST", "/sessions/provision", SOMEBODY | body, token)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", (400, "EOF")),
        ({"connection": "shell"}, (400, REQUIRED.format("UserEmail"))),
        (
            {"user_email": "", "connection": ""},
            (400, f"{REQUIRED.format('UserEmail')}\n{REQUIRED.format('Connection')}"),
        ),
        (
            SOMEBODY | {"metadata": {f"k{number}": 1 for number in range(21)}, "user_email": "nobody"},
            (422, "metadata field must have less than 10 fields"),
        ),
        (
            SOMEBODY | {"metadata": {"k": "v" * 2500}},
            (422, "metadata key or value must not contain more than 2500 characteres"),
        ),
        (
            SOMEBODY | {"correlation_id": "x" * 256, "user_email": "nobody"},
            (422, "correlation_id must not exceed 255 characters"),
        ),
        (
            SOMEBODY | {"correlation_id": "\t"},
            (422, "correlation_id must contain only printable ASCII characters"),
        ),
        (
            SOMEBODY | {"user_email": "nobody@example.com", "connection": "nope"},
            (400, "user deployer not found for exec"),
        ),
        (SOMEBODY | {"connection": "nope"}, (400, "connection nope not found")),
        (SOMEBODY | {"script": "\a"}, (500, "failed creating session")),
    ],
    ids=[
        *("no body", "no user", "nothing", "many keys", "long value", "long id", "odd id", "the user comes first"),
        *("connection", "script"),
    ],
)
async def test_the_first_check_that_fails_is_told(api: Any, body: Any, said: tuple[int, str]) -> None:
    gateway = await api("executions")
    before = (await send(gateway, "GET", "/sessions", token="ada")).json["total"]
    assert (await send(gateway, "POST", "/sessions/provision", body, "hpk_deployer")).said == said
    assert (await send(gateway, "GET", "/sessions", token="ada")).json["total"] == before


async def test_the_gateways_own_key_is_named_when_the_user_is_unknown(api: Any) -> None:
    body = SOMEBODY | {"user_email": "nobody"}
    told = await send(await api("executions"), "POST", "/sessions/provision", body, None, **OWN_KEY)
    assert told.said == (400, "user API_KEY not found for exec")


@pytest.mark.parametrize(
    ("wrong", "verb"),
    [
        ({"access_duration_sec": TWO_DAYS + 1}, "connect"),
        ({"access_duration_sec": 2**63 - 1}, "connect"),
        (
            {"time_window": {"type": "time_range", "configuration": {"start_time": "24:00", "end_time": "18:00"}}},
            "exec",
        ),
        ({"time_window": {"type": "time_range", "configuration": {"start_time": "09:00"}}}, "exec"),
    ],
    ids=["two days and a second", "for ever", "no time of day", "half a window"],
)
async def test_a_review_that_cannot_be_leaves_the_session_behind(api: Any, wrong: dict[str, Any], verb: str) -> None:
    gateway = await api("executions")
    assert (await provision(gateway, **wrong)).said == (500, "failed creating review")
    newest = (await send(gateway, "GET", "/sessions?limit=1", token="ada")).json["data"][0]
    assert (newest["user"], newest["verb"], newest["status"]) == ("erin@example.com", verb, "open")
    assert newest["review"] is None


async def test_the_answer(api: Any) -> None:
    told = await provision(await api("executions"))
    assert told.status == 202
    assert list(told.json) == ["session_id", "user_email", "has_review"]
    assert (told.json["user_email"], told.json["has_review"]) == ("erin@example.com", False)


async def test_without_approved_reviewers_all_approve(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(
        gateway, (await provision(gateway, metadata={"n": 1}, correlation_id="c")).json["session_id"]
    )
    assert (stored["user"], stored["user_id"], stored["user_name"]) == (
        "erin@example.com",
        "erin@example.com",
        "Erin Engineer",
    )
    assert (stored["verb"], stored["status"], stored["metadata"], stored["correlation_id"]) == (
        *("exec", "ready"),
        {"n": "1"},
        "c",
    )
    review = stored["review"]
    assert (review["type"], review["status"], review["access_duration"], review["revoke_at"]) == (
        *("onetime", "APPROVED"),
        0,
        None,
    )
    assert (review["access_request_rule_name"], review["min_approvals"], review["time_window"]) == (None, None, None)
    assert [(group["group"], group["status"]) for group in review["review_groups_data"]] == [
        ("sre", "APPROVED"),
        ("dba", "APPROVED"),
    ]


@pytest.mark.parametrize(
    ("token", "more", "reviewer"),
    [
        (None, OWN_KEY, {"id": "API_KEY", "email": "API_KEY", "slack_id": ""}),
        ("hpk_deployer", {}, {"email": "deployer", "slack_id": ""}),
    ],
    ids=["the gateway's own", "an organization's"],
)
async def test_the_key_has_approved_without_its_name(
    api: Any, token: str | None, more: dict[str, str], reviewer: dict[str, str]
) -> None:
    gateway = await api("executions")
    told = await send(gateway, "POST", "/sessions/provision", SOMEBODY, token, **more)
    group = (await session(gateway, told.json["session_id"]))["review"]["review_groups_data"][0]
    assert group["reviewed_by"] == {"id": group["reviewed_by"]["id"]} | reviewer
    assert group["review_date"] == "2024-08-01T12:00:00Z"


@pytest.mark.parametrize(
    ("approved", "statuses", "has_review"),
    [
        (None, ["APPROVED", "APPROVED"], False),
        (["dba", "sre"], ["APPROVED", "APPROVED"], False),
        (["dba"], ["PENDING", "APPROVED"], True),
        (["DBA", "nobody"], ["PENDING", "PENDING"], True),
        ([], ["PENDING", "PENDING"], True),
    ],
    ids=["null", "both", "one", "others", "none"],
)
async def test_who_is_named_has_approved(api: Any, approved: Any, statuses: list[str], has_review: bool) -> None:
    gateway = await api("executions")
    told = (await provision(gateway, approved_reviewers=approved)).json
    stored = await session(gateway, told["session_id"])
    assert [group["status"] for group in stored["review"]["review_groups_data"]] == statuses
    assert told["has_review"] is has_review
    expected = ("open", "PENDING") if has_review else ("ready", "APPROVED")
    assert (stored["status"], stored["review"]["status"]) == expected


async def test_where_nobody_reviews_the_admins_have_approved(api: Any) -> None:
    gateway = await api("executions")
    told = (await provision(gateway, connection="shell", approved_reviewers=["sre"])).json
    groups = (await session(gateway, told["session_id"]))["review"]["review_groups_data"]
    assert [(group["group"], group["status"]) for group in groups] == [("admin", "APPROVED")]
    assert told["has_review"] is False


@pytest.mark.parametrize("approved", [None, []], ids=["approved", "pending"])
async def test_access_over_a_time_ends(api: Any, approved: Any) -> None:
    gateway = await api("executions")
    told = await provision(gateway, access_duration_sec=TWO_DAYS, approved_reviewers=approved)
    stored = await session(gateway, told.json["session_id"])
    assert (stored["verb"], stored["review"]["type"]) == ("connect", "jit")
    assert stored["review"]["access_duration"] == TWO_DAYS * 1_000_000_000
    assert stored["review"]["revoke_at"] == "2024-08-03T12:00:00Z"


@pytest.mark.parametrize("seconds", [0, -1, None])
async def test_no_time_is_a_script(api: Any, seconds: int | None) -> None:
    gateway = await api("executions", validation="report")
    stored = await session(gateway, (await provision(gateway, access_duration_sec=seconds)).json["session_id"])
    assert (stored["verb"], stored["review"]["type"]) == ("exec", "onetime")


async def test_a_time_window_is_kept(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await provision(gateway, time_window=WINDOW)).json["session_id"])
    assert stored["review"]["time_window"] == WINDOW


async def test_the_person_runs_what_was_provisioned(api: Any) -> None:
    gateway = await api("executions")
    ready = (await provision(gateway)).json["session_id"]
    assert (await execute(gateway, ready, "hpk_reviewer")).said == (403, "unable to execute session")
    assert (await execute(gateway, ready)).json["output"] == "built\n"


async def test_the_gateway_holds_nothing_of_a_provisioned_session(api: Any) -> None:
    gateway = await api("executions")
    pending = (await provision(gateway, approved_reviewers=[])).json["session_id"]
    await review(gateway, pending, REJECT, "john")
    stored = await session(gateway, pending)
    assert (stored["status"], stored["end_date"], stored["exit_code"]) == ("done", None, None)


async def test_every_provisioned_session_has_an_instant_of_its_own(api: Any) -> None:
    gateway = await api("executions")
    before = now(gateway)
    ids = [(await provision(gateway)).json["session_id"] for _ in range(3)]
    assert now(gateway) - before == 3_000
    listed = (await send(gateway, "GET", "/sessions?limit=3", token="ada")).json["data"]
    assert [one["id"] for one in listed] == ids[::-1]
