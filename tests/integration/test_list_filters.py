"""What each filter of the list finds (section 3.1)."""

from pathlib import Path
from typing import Any

import pytest

FILTERS = Path(__file__).with_name("filters.yaml")
EVERYTHING = {
    *("plain", "underscore", "hyphen", "capitals", "percent", "digits", "backslash", "pending", "executed"),
    *("rejected", "batch", "empty batch", "correlated", "issue", "other issue"),
}
REVIEWED = {"pending", "executed", "rejected"}
OF_ADA = {"batch", "empty batch", "correlated", "issue", "other issue"}
OF_PGDEMO = {"plain", *REVIEWED, *OF_ADA}


def cases(answer: Any) -> set[str]:
    assert answer.status == 200, answer.body
    return {session["labels"]["case"] for session in answer.json["data"]}


async def found(api: Any, query: str) -> set[str]:
    gateway = await api(FILTERS)
    return cases(await gateway.get(f"/sessions?{query}"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", EVERYTHING, id="no filter"),
        # 1: the subject, not the email
        pytest.param("user=john_1", {"plain", "underscore", "hyphen", "capitals", *REVIEWED}, id="user, a pattern"),
        pytest.param(r"user=john\_1", {"plain", "underscore"}, id="user, escaped"),
        pytest.param("user=john.wick@bad.org", set(), id="user is not the email where that is not the subject"),
        pytest.param("user=%25@example.com", {"percent", *OF_ADA}, id="user, end of the subject"),
        pytest.param("user=API_KEY", {"digits"}, id="user, the gateway's own key"),
        pytest.param("user=", {"backslash"}, id="empty user: sessions of nobody"),
        # 2: the type of the connection, not its subtype
        pytest.param("type=custom", {"hyphen", "capitals"}, id="type"),
        pytest.param("type=postgres", set(), id="type is not the subtype"),
        pytest.param("type=Custom", set(), id="type in capitals"),
        pytest.param("type=%25o%25-line", {"percent"}, id="type, a pattern"),
        pytest.param("type=", set(), id="empty type"),
        # 3
        pytest.param("connection=pgdemo", OF_PGDEMO, id="connection"),
        pytest.param("connection=PGDEMO", {"capitals"}, id="connection in capitals"),
        pytest.param("connection=pg_demo", {"underscore", "hyphen"}, id="an underscore is any one character"),
        pytest.param(r"connection=pg\_demo", {"underscore"}, id="an escaped underscore is itself"),
        pytest.param("connection=pg", set(), id="the whole name must fit"),
        pytest.param("connection=pg%25", OF_PGDEMO | {"underscore", "hyphen"}, id="a percent sign is any run"),
        pytest.param("connection=%25demo", OF_PGDEMO | {"underscore", "hyphen"}, id="any run in front"),
        pytest.param("connection=%25", EVERYTHING, id="a percent sign alone is no filter"),
        pytest.param("connection=100%25", {"percent", "digits"}, id="100 and any run"),
        pytest.param(r"connection=100\%25", {"percent"}, id="an escaped percent sign is itself"),
        pytest.param("connection=_00_", {"percent", "digits"}, id="several single characters"),
        pytest.param(r"connection=back\\slash", {"backslash"}, id="an escaped backslash is itself"),
        pytest.param(r"connection=back\slash", set(), id="a backslash escapes any character"),
        pytest.param("connection=pgdemo%20", set(), id="nothing is trimmed"),
        pytest.param("connection=", set(), id="empty connection"),
        # 4: exact case; a pattern where it has a wildcard or is no status
        pytest.param("review.status=PENDING", {"pending"}, id="status"),
        pytest.param("review.status=pending", set(), id="status in lower case"),
        pytest.param("review.status=%25ED", {"executed", "rejected"}, id="status, a pattern"),
        pytest.param("review.status=NONSENSE", set(), id="unknown status"),
        pytest.param("review.status=", EVERYTHING - REVIEWED, id="empty status: sessions without review"),
        # 5: who is a member of a reviewing group now, not who approved
        pytest.param("review.approver=john.wick@bad.org", {"pending"}, id="approver"),
        pytest.param("review.approver=dora@example.com", {"pending", "executed"}, id="approver of two groups"),
        pytest.param("review.approver=ada@example.com", set(), id="approver is not who approved"),
        pytest.param("review.approver=JOHN.WICK@bad.org", set(), id="approver in capitals"),
        pytest.param("review.approver=john%25", set(), id="approver is no pattern"),
        pytest.param("review.approver=", set(), id="empty approver"),
        # 6
        pytest.param("batch_id=batch-1", {"batch"}, id="batch"),
        pytest.param("batch_id=batch%25", set(), id="batch is no pattern"),
        pytest.param("batch_id=", {"empty batch"}, id="empty batch is equality with nothing"),
        # 7
        pytest.param("correlation_id=task%201", {"correlated"}, id="correlation"),
        pytest.param("correlation_id=task+1", {"correlated"}, id="a plus is a space"),
        pytest.param("correlation_id=task%25", set(), id="correlation is no pattern"),
        # 12
        pytest.param("jira_issue_key=OPS-7", {"issue"}, id="issue"),
        pytest.param("jira_issue_key=ops-7,OPS-8", {"issue", "other issue"}, id="issues in any case"),
        pytest.param("jira_issue_key=%20OPS-7%20,,nothing", {"issue"}, id="issues are trimmed"),
        pytest.param("jira_issue_key=OPS", set(), id="issue, the whole key"),
        pytest.param("jira_issue_key=", set(), id="empty issue"),
    ],
)
async def test_each_filter_finds_what_the_gateway_finds(api: Any, query: str, expected: set[str]) -> None:
    assert await found(api, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("connection=pgdemo&review.status=EXECUTED", {"executed"}),
        ("connection=PGDEMO&review.status=EXECUTED", set()),
        ("user=john%25&type=custom", {"hyphen", "capitals"}),
        ("review.status=%25&review.approver=dora@example.com&type=database", {"pending", "executed"}),
    ],
)
async def test_filters_are_joined_with_and(api: Any, query: str, expected: set[str]) -> None:
    assert await found(api, query) == expected


async def test_a_percent_sign_for_the_status_is_no_filter_either(api: Any) -> None:
    assert await found(api, "review.status=%25") == EVERYTHING


async def test_two_percent_signs_drop_sessions_without_review(api: Any) -> None:
    assert await found(api, "review.status=%25%25") == REVIEWED


async def test_an_empty_correlation_id_is_ignored(api: Any) -> None:
    assert await found(api, "correlation_id=") == EVERYTHING


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("connection=PGDEMO&connection=pgdemo", {"capitals"}),
        ("review.status=PENDING&review.status=EXECUTED", {"pending"}),
        ("batch_id=batch-1&batch_id=", {"batch"}),
    ],
)
async def test_only_the_first_of_repeated_values_counts(api: Any, query: str, expected: set[str]) -> None:
    assert await found(api, query) == expected


@pytest.mark.parametrize("query", ["page=2", "q=x&sort=id", "review_status=PENDING", "User=x", "=", "&&", "%zz=1"])
async def test_unknown_parameters_are_ignored(api: Any, query: str) -> None:
    assert await found(api, query) == EVERYTHING


@pytest.mark.parametrize("name", ["user", "type", "connection", "review.status"])
async def test_a_pattern_that_ends_in_a_backslash_is_a_database_error(api: Any, name: str) -> None:
    gateway = await api(FILTERS)
    answer = await gateway.get(f"/sessions?{name}=%25\\")
    assert (answer.status, answer.message) == (500, "failed listing sessions (v2)")


@pytest.mark.parametrize(
    "name", ["user", "type", "connection", "review.status", "review.approver", "batch_id", "correlation_id"]
)
async def test_a_nul_byte_is_a_database_error(api: Any, name: str) -> None:
    gateway = await api(FILTERS)
    answer = await gateway.get(f"/sessions?{name}=a%00b")
    assert (answer.status, answer.message) == (500, "failed listing sessions (v2)")


async def test_the_alias_answers_with_the_same_bytes(api: Any) -> None:
    gateway = await api(FILTERS)
    query = "?connection=pg%25&limit=3&count=exact"
    first, second = await gateway.get(f"/sessions{query}"), await gateway.get(f"/plugins/audit/sessions{query}")
    assert first.body == second.body
    assert len(first.ids) == 3
