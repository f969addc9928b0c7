"""What the JSON of a session looks like: its keys, their order, what is null, and what a list leaves out (3.7, 3b)."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest


def words(text: str) -> list[str]:
    return text.split()


FILTERS = Path(__file__).with_name("filters.yaml")
CURRENT = words(
    """
    id org_id script script_size labels integrations_metadata metadata metrics user user_id user_name type
    connection_subtype connection resource_name role_name connection_tags review verb status exit_code event_stream
    event_size session_batch_id correlation_id start_date end_date ai_analysis guardrails_info identity_type
    machine_identity_id
    """
)
OF_1_49_10 = words(
    """
    id org_id script script_size labels integrations_metadata metadata metrics user user_id user_name type
    connection_subtype connection connection_tags review verb status exit_code event_stream event_size
    session_batch_id start_date end_date
    """
)
REVIEW = words(
    """
    id type access_duration status revoke_at created_at review_groups_data time_window access_request_rule_name
    min_approvals force_approval_groups
    """
)
REVIEW_OF_1_49_10 = REVIEW[:8]
GROUP = ["id", "group", "status", "reviewed_by", "review_date", "forced_review"]
REVIEWER = ["id", "name", "email", "slack_id"]
DOCUMENTED = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
SPARSE = "00000000-0000-4000-8000-000000000902"
BOTH_RELEASES = pytest.mark.parametrize(
    ("contract", "keys", "review_keys"),
    [("hoop", CURRENT, REVIEW), ("1.49.10", OF_1_49_10, REVIEW_OF_1_49_10)],
    ids=["current", "1.49.10"],
)


def case(number: int) -> str:
    return f"00000000-0000-4000-8000-000000000{number}"


@BOTH_RELEASES
async def test_a_session_with_everything_has_every_key_in_order(
    api: Any, contract: str, keys: list[str], review_keys: list[str]
) -> None:
    session = await (await api("documented-example", contract=contract)).session(DOCUMENTED, "expand=event_stream")
    assert list(session) == keys
    assert list(session["review"]) == review_keys
    assert list(session["review"]["review_groups_data"][0]) == GROUP
    assert list(session["review"]["review_groups_data"][0]["reviewed_by"]) == REVIEWER
    assert list(session["review"]["time_window"]) == ["type", "configuration"]


@BOTH_RELEASES
async def test_a_session_with_little_leaves_out_only_what_the_gateway_leaves_out(
    api: Any, contract: str, keys: list[str], review_keys: list[str]
) -> None:
    session = await (await api("review-states", contract=contract)).session(SPARSE)
    absent = {"event_stream", "session_batch_id", "correlation_id", "machine_identity_id"}
    assert list(session) == [key for key in keys if key not in absent]


@BOTH_RELEASES
async def test_items_of_a_list_have_the_same_keys_in_the_same_order(
    api: Any, contract: str, keys: list[str], review_keys: list[str]
) -> None:
    (item,) = (await (await api("documented-example", contract=contract)).get("/sessions")).json["data"]
    assert list(item) == [key for key in keys if key != "event_stream"]
    assert list(item["review"]) == review_keys


async def test_a_list_leaves_null_what_it_does_not_load(api: Any) -> None:
    gateway = await api("documented-example")
    session = await gateway.session(DOCUMENTED)
    (item,) = (await gateway.get("/sessions")).json["data"]
    left_out = dict.fromkeys(["time_window", "access_request_rule_name", "min_approvals", "force_approval_groups"])
    assert None not in session["review"].values()
    assert item == session | {"script": None, "ai_analysis": None, "review": session["review"] | left_out}


async def test_a_list_has_reasons_groups_and_guard_rails_in_full(api: Any) -> None:
    gateway = await api("review-states")
    session = await gateway.session(case(302))
    items = (await gateway.get("/sessions?review.status=REJECTED&limit=100")).json["data"]
    item = next(item for item in items if item["id"] == case(302))
    assert item["review"]["rejection_reason"] == "Not during business hours"
    assert item["review"]["review_groups_data"] == session["review"]["review_groups_data"]


async def test_what_was_never_set_is_null_or_empty(api: Any) -> None:
    session = await (await api("review-states")).session(SPARSE)
    nulls = {key for key, value in session.items() if value is None}
    assert nulls == {"integrations_metadata", "metadata", "review", "ai_analysis", "guardrails_info"}
    assert [session[key] for key in ("user", "user_id", "user_name")] == ["", "", ""]
    assert session["connection_tags"] == {}


async def test_a_script_that_is_not_there_is_an_empty_one(api: Any) -> None:
    session = await (await api("downloads")).session("00000000-0000-4000-8000-000000000012")
    assert (session["script"], session["script_size"]) == ({"data": ""}, 0)


async def test_the_size_of_a_script_is_that_of_its_json(api: Any) -> None:
    # Line breaks, tabs and quotes count two, a letter beyond ASCII as many bytes as it has.
    session = await (await api("downloads")).session("00000000-0000-4000-8000-000000000025")
    assert session["script"]["data"] == 'SELECT 1;\n-- "two"\tüber\nSELECT 2;\n'
    assert session["script_size"] == 34 + 3 + 2 + 1 + 1


async def test_the_reason_of_a_rejection_is_there_only_when_it_was_given(api: Any) -> None:
    gateway = await api("review-states")
    given, not_given = await gateway.session(case(301)), await gateway.session(case(306))
    assert list(given["review"]) == [*REVIEW, "rejection_reason"]
    assert "rejection_reason" not in not_given["review"]


async def test_a_group_that_has_not_decided_has_no_reviewer_and_no_date(api: Any) -> None:
    session = await (await api("review-states")).session(case(102))
    decided, waiting = session["review"]["review_groups_data"]
    assert (decided["status"], decided["reviewed_by"]["email"]) == ("APPROVED", "dora@example.com")
    assert decided["review_date"]
    assert (waiting["status"], waiting["reviewed_by"], waiting["review_date"]) == ("PENDING", None, None)


async def test_a_forced_decision_says_so(api: Any) -> None:
    session = await (await api("review-states")).session(case(204))
    forced = {group["group"]: group["forced_review"] for group in session["review"]["review_groups_data"]}
    assert forced == {"dba": False, "sre": False, "leads": True}


async def test_durations_of_access_are_nanoseconds_and_onetime_reviews_have_none(api: Any) -> None:
    gateway = await api("review-states")
    onetime, jit = await gateway.session(case(201)), await gateway.session(case(217))
    assert (onetime["review"]["type"], onetime["review"]["access_duration"]) == ("onetime", 0)
    assert (jit["review"]["type"], jit["review"]["access_duration"]) == ("jit", 8 * 3600 * 10**9)


async def test_onetime_access_ends_when_it_is_given(api: Any) -> None:
    review = (await (await api("review-states")).session(case(201)))["review"]
    assert review["revoke_at"] == review["review_groups_data"][0]["review_date"]


async def test_access_for_a_time_ends_its_duration_after_the_approval(api: Any) -> None:
    review = (await (await api("review-states")).session(case(217)))["review"]
    approved, ends = (
        datetime.fromisoformat(text) for text in (review["review_groups_data"][0]["review_date"], review["revoke_at"])
    )
    assert ends - approved == timedelta(hours=8)


async def test_a_revocation_leaves_the_end_as_the_approval_set_it(api: Any) -> None:
    review = (await (await api("review-states")).session(case(412)))["review"]
    approval, revocation = review["review_groups_data"]
    approved, ends = (datetime.fromisoformat(text) for text in (approval["review_date"], review["revoke_at"]))
    assert revocation["status"] == "REVOKED"
    assert ends - approved == timedelta(hours=1)


async def test_times_are_utc_without_trailing_zeros_in_the_unit_of_their_place(api: Any) -> None:
    gateway = await api("default")
    sessions = (await gateway.get("/sessions?limit=100")).json["data"]
    reviews = [session["review"] for session in sessions if session["review"]]
    groups = [group for review in reviews for group in review["review_groups_data"]]

    def texts(records: list[Any], *keys: str) -> list[str]:
        return [record[key] for record in records for key in keys if record[key] is not None]

    micro = texts(sessions, "start_date", "end_date")
    milli = texts(reviews, "created_at", "revoke_at") + texts(groups, "review_date")
    form = r"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{{0,{}}}[1-9])?Z"
    assert [text for text in micro if not re.fullmatch(form.format(5), text)] == []
    assert [text for text in milli if not re.fullmatch(form.format(2), text)] == []
    assert any(len(text) == len("2024-07-25T15:56:35.317601Z") for text in micro)


async def test_metrics_are_in_alphabetical_order_and_repeat_the_size(api: Any) -> None:
    session = await (await api("documented-example")).session(DOCUMENTED)
    metrics = session["metrics"]
    assert list(metrics) == ["data_masking", "event_size", "truncated"]
    assert list(metrics["data_masking"]) == ["err_count", "info_types", "total_redact_count", "transformed_bytes"]
    assert metrics["event_size"] == session["event_size"] == 569


async def test_a_session_that_ended_without_a_recording_has_empty_metrics(api: Any) -> None:
    session = await (await api("downloads")).session("00000000-0000-4000-8000-000000000012")
    assert (session["metrics"], session["event_size"]) == ({}, 0)


async def test_the_role_is_the_connection_and_the_resource_is_what_is_behind_it(api: Any) -> None:
    session = await (await api("documented-example")).session(DOCUMENTED)
    names = [session[key] for key in ("connection", "role_name", "resource_name")]
    assert names == ["pgdemo", "pgdemo", "my-resource"]


async def test_a_session_by_itself_is_html_escaped_and_one_in_a_list_is_not(api: Any) -> None:
    gateway = await api(FILTERS)
    by_itself = await gateway.get("/sessions/00000000-0000-4000-8000-000000000001")
    listed = await gateway.get("/sessions?limit=1")
    assert rb'{"note":"\u003cb\u003eR\u0026D\u003c/b\u003e\u2028"}' in by_itself.body
    assert rb'{"note":"<b>R&D</b>\u2028"}' in listed.body


async def test_the_alias_of_a_session_answers_with_the_same_bytes(api: Any) -> None:
    gateway = await api("documented-example")
    first = await gateway.get(f"/sessions/{DOCUMENTED}")
    second = await gateway.get(f"/plugins/audit/sessions/{DOCUMENTED}")
    assert (first.status, first.body) == (second.status, second.body)
    assert first.status == 200
