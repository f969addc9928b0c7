"""Pages, their order and their totals (section 3.5)."""

from typing import Any

import pytest


async def page(gateway: Any, query: str) -> Any:
    answer = await gateway.get(f"/sessions?{query}")
    assert answer.status == 200, answer.body
    return answer.json


@pytest.mark.parametrize(
    ("connection", "query", "length", "more"),
    [
        ("none", "", 0, False),
        ("one", "", 1, False),
        ("page", "", 20, False),
        ("page-and-one", "", 20, True),
        ("page-and-one", "&offset=20", 1, False),
        ("page-and-one", "&offset=1", 20, False),
        ("page-and-one", "&offset=21", 0, False),
        ("page-and-one", "&offset=10000", 0, False),
        ("page-and-one", "&limit=21", 21, False),
        ("largest-page", "&limit=100", 100, False),
        ("largest-page-and-one", "&limit=100", 100, True),
        ("largest-page-and-one", "&limit=101", 100, True),
        ("largest-page-and-one", "&limit=500", 100, True),
        ("largest-page-and-one", "&limit=1", 1, True),
        ("largest-page-and-one", "&limit=1&offset=100", 1, False),
        ("ten-thousand-and-one", "&limit=1&offset=9999", 1, True),
        ("ten-thousand-and-one", "&limit=1&offset=10000", 1, False),
    ],
)
async def test_a_page_has_the_right_length_and_knows_whether_more_follow(
    api: Any, connection: str, query: str, length: int, more: bool
) -> None:
    found = await page(await api("pagination"), f"connection={connection}{query}")
    assert (len(found["data"]), found["has_next_page"]) == (length, more)


@pytest.mark.parametrize(
    ("query", "total", "capped"),
    [
        ("connection=none", 0, False),
        ("connection=page", 20, False),
        ("connection=page&offset=500", 20, False),
        ("connection=page&count=exact", 20, False),
        ("connection=page&count=none", None, False),
        ("batch_id=ten-thousand", 10_000, False),
        ("batch_id=ten-thousand&count=capped", 10_000, False),
        ("connection=ten-thousand-and-one", 10_000, True),
        ("connection=ten-thousand-and-one&count=capped", 10_000, True),
        ("connection=ten-thousand-and-one&count=exact", 10_001, False),
        ("connection=ten-thousand-and-one&count=none", None, False),
    ],
)
async def test_the_total_is_counted_as_asked(api: Any, query: str, total: int | None, capped: bool) -> None:
    found = await page(await api("pagination"), f"{query}&limit=1")
    assert (found["total"], found["total_is_capped"]) == (total, capped)


@pytest.mark.parametrize("count", ["capped", "exact", "none"])
async def test_whether_more_follow_does_not_depend_on_the_count(api: Any, count: str) -> None:
    gateway = await api("pagination")
    ends = [await page(gateway, f"connection=page&limit={limit}&count={count}") for limit in (19, 20)]
    assert [end["has_next_page"] for end in ends] == [True, False]


@pytest.mark.parametrize("limit", [1, 7, 20, 100])
async def test_pages_together_are_the_list_without_gap_or_repeat(api: Any, limit: int) -> None:
    gateway = await api("pagination")
    ids: list[str] = []
    more = True
    while more:
        found = await page(gateway, f"connection=largest-page-and-one&limit={limit}&offset={len(ids)}")
        ids += [session["id"] for session in found["data"]]
        more = found["has_next_page"]
    assert len(ids) == len(set(ids)) == 101


async def test_the_newest_come_first(api: Any) -> None:
    found = await page(await api("pagination"), "connection=largest-page&limit=100")
    starts = [session["start_date"] for session in found["data"]]
    # Microseconds are written without trailing zeros, which do not sort as text.
    instants = [start.removesuffix("Z").partition(".") for start in starts]
    assert instants == sorted(instants, key=lambda parts: (parts[0], parts[2].ljust(6, "0")), reverse=True)


@pytest.mark.parametrize("contract", ["hoop", "1.49.10"])
async def test_ids_decide_between_sessions_of_the_same_instant(api: Any, contract: str) -> None:
    # 1.49.10 leaves their order open; this one is as good as any.
    gateway = await api("pagination", contract=contract)
    ids = [session["id"] for session in (await page(gateway, "connection=same-instant&limit=100"))["data"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 45


async def test_the_envelope_has_its_keys_in_order(api: Any) -> None:
    gateway = await api("pagination")
    assert list(await page(gateway, "connection=one")) == ["data", "total", "total_is_capped", "has_next_page"]


async def test_an_empty_page_is_a_list_and_the_body_ends_in_a_line_break(api: Any) -> None:
    answer = await (await api("pagination")).get("/sessions?connection=none")
    assert answer.body == b'{"data":[],"total":0,"total_is_capped":false,"has_next_page":false}\n'


async def test_head_has_the_headers_of_get_and_no_body(api: Any) -> None:
    gateway = await api("pagination")
    got = await gateway.get("/sessions?connection=one")
    head = await gateway.request("HEAD", "/api/sessions?connection=one")
    assert (head.status, head.body, head.headers["Content-Type"]) == (200, b"", got.headers["Content-Type"])
