"""Both releases side by side: what 1.49.10 did differently (sections 0 and 9).

Its document refuses some of this before the old behaviour can show, so that it is looked at in the mode ``report``.
"""

from typing import Any

import pytest

MIXED = "00000000-0000-4000-8000-000000000016"


@pytest.fixture
def old(api: Any) -> Any:
    async def start(scenario: str, validation: str = "report") -> Any:
        return await api(scenario, contract="1.49.10", validation=validation)

    return start


@pytest.mark.parametrize("query", ["limit=abc", "limit=0", "limit=", "limit=1.5", "limit=%2010"])
async def test_a_limit_that_is_no_number_or_zero_gave_an_empty_page(api: Any, old: Any, query: str) -> None:
    then = await (await old("pagination")).get(f"/sessions?connection=page&{query}")
    assert then.body == b'{"data":[],"total":20,"has_next_page":true}\n'
    now = await (await api("pagination")).get(f"/sessions?connection=page&{query}")
    assert now.status == 422


@pytest.mark.parametrize("query", ["limit=-1", "offset=-1", "limit=-99999999999999999999"])
async def test_a_negative_number_was_a_database_error(api: Any, old: Any, query: str) -> None:
    then = await (await old("pagination")).get(f"/sessions?{query}")
    assert (then.status, then.message) == (500, "failed listing sessions (v2)")
    now = await (await api("pagination")).get(f"/sessions?{query}")
    assert now.status == 422


@pytest.mark.parametrize("query", ["offset=abc", "offset=", "offset=1.5"])
async def test_an_offset_that_is_no_number_was_none(old: Any, query: str) -> None:
    gateway = await old("pagination")
    plain = await gateway.get("/sessions?connection=page-and-one")
    assert (await gateway.get(f"/sessions?connection=page-and-one&{query}")).body == plain.body


async def test_a_limit_above_the_largest_page_was_cut_then_as_now(api: Any, old: Any) -> None:
    for gateway in (await old("pagination"), await api("pagination")):
        assert len((await gateway.get("/sessions?connection=largest-page-and-one&limit=500")).ids) == 100


async def test_an_offset_had_no_bound(old: Any) -> None:
    answer = await (await old("pagination")).get("/sessions?offset=10001&limit=1")
    assert (answer.status, len(answer.ids)) == (200, 1)


async def test_the_total_was_always_exact(old: Any) -> None:
    gateway = await old("pagination")
    totals = [
        (await gateway.get(f"/sessions?connection=ten-thousand-and-one&limit=1{more}")).json["total"]
        for more in ("", "&count=none", "&count=capped", "&count=nonsense")
    ]
    assert totals == [10_001] * 4


async def test_the_envelope_did_not_say_whether_the_total_was_capped(old: Any) -> None:
    answer = await (await old("pagination")).get("/sessions?connection=one")
    assert list(answer.json) == ["data", "total", "has_next_page"]


@pytest.mark.parametrize(
    ("query", "then", "now"),
    [
        ("connection=none", False, False),
        ("connection=page", True, False),
        ("connection=page&limit=21", False, False),
        ("connection=page-and-one", True, True),
        ("connection=page-and-one&offset=20", False, False),
        ("connection=largest-page&limit=500", True, False),
    ],
)
async def test_a_full_page_always_claimed_a_next_one(api: Any, old: Any, query: str, then: bool, now: bool) -> None:
    answers = [await (await start("pagination")).get(f"/sessions?{query}") for start in (old, api)]
    assert [answer.json["has_next_page"] for answer in answers] == [then, now]


@pytest.mark.parametrize(
    ("query", "then", "now"),
    [
        ("", None, {"data": "printf abc"}),
        ("expand=", None, {"data": "printf abc"}),
        ("expand=event_stream", None, {"data": ""}),
        ("expand=session_input", {"data": "printf abc"}, {"data": "printf abc"}),
        ("expand=event_stream,session_input", {"data": "printf abc"}, {"data": "printf abc"}),
    ],
)
async def test_a_script_was_null_unless_asked_for(api: Any, old: Any, query: str, then: Any, now: Any) -> None:
    scripts = [(await (await start("downloads")).session(MIXED, query))["script"] for start in (old, api)]
    assert scripts == [then, now]


async def test_a_filter_of_a_later_release_was_ignored(api: Any, old: Any) -> None:
    query = "/sessions?correlation_id=nobody-knows-it"
    totals = [(await (await start("documented-example")).get(query)).json["total"] for start in (old, api)]
    assert totals == [1, 0]


@pytest.mark.parametrize("query", ["batch_id=batch-abc-123", "batch_id=other", "jira_issue_key=OPS-1"])
async def test_filters_that_it_did_not_document_worked_all_the_same(api: Any, old: Any, query: str) -> None:
    totals = [
        (await (await start("documented-example")).get(f"/sessions?{query}")).json["total"] for start in (old, api)
    ]
    assert totals[0] == totals[1] == (1 if "abc" in query else 0)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("start_date=x", "failed listing sessions, start_date or end_date in wrong format"),
        ("end_date=x&limit=x", "failed listing sessions, start_date or end_date in wrong format"),
    ],
)
@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
async def test_the_text_about_a_bad_date_did_not_name_it(old: Any, query: str, message: str, validation: str) -> None:
    answer = await (await old("pagination", validation)).get(f"/sessions?{query}")
    assert (answer.status, answer.message) == (422, message)


@pytest.mark.parametrize("query", ["limit=abc", "limit=", "offset=1.5"])
async def test_when_enforced_the_contract_refuses_what_the_old_gateway_swallowed(old: Any, query: str) -> None:
    answer = await (await old("pagination", "enforce")).get(f"/sessions?{query}")
    assert answer.status == 422
    assert [found["pointer"] for found in answer.json["validation"]] == [f"/{query.partition('=')[0]}"]


@pytest.mark.parametrize(("query", "status"), [("limit=0", 200), ("limit=-1", 500), ("offset=10001", 200)])
async def test_when_enforced_what_the_contract_allows_is_as_it_was(old: Any, query: str, status: int) -> None:
    assert (await (await old("pagination", "enforce")).get(f"/sessions?{query}")).status == status


async def test_downloads_were_the_same(api: Any, old: Any) -> None:
    link = "/sessions/00000000-0000-4000-8000-000000000010/download?token=" + "10" * 32 + "&extension=json&events=o"
    answers = [await (await start("downloads")).get(link, None) for start in (old, api)]
    assert answers[0].body == answers[1].body
    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize(("contract", "document"), [("hoop", "hoop.yaml"), ("1.49.10", "hoop-1.49.10.yaml")])
async def test_each_contract_asks_for_its_release(api: Any, contract: str, document: str) -> None:
    gateway = await api("empty", contract=contract)
    assert gateway.service.contract.name.endswith(document)
    assert gateway.service.contract.profile == "hoop"
