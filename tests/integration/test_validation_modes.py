"""What is done about calls that break the contract, and whose refusal wins.

The gateway's own refusals keep their status and text in every mode. What it would swallow is refused when enforced.
"""

from typing import Any

import pytest

USUAL = "00000000-0000-4000-8000-000000000010"
SWALLOWED = [
    (f"/sessions/{USUAL}?event_stream=foo", [("/event_stream", "enum")]),
    (f"/sessions/{USUAL}?expand=nonsense", [("/expand/0", "enum")]),
    (f"/sessions/{USUAL}?expand=event_stream,%20session_input", [("/expand/1", "enum")]),
    (f"/sessions/{USUAL}?extension=csv&newline=yes", [("/newline", "enum")]),
    (f"/sessions/{USUAL}?extension=csv&events=o,x", [("/events/1", "enum")]),
    (f"/sessions/{USUAL}?extension=csv&blob-type=other", [("/blob-type", "enum")]),
    (f"/sessions/{USUAL}?event_stream=", [("/event_stream", "empty")]),
    (
        f"/sessions/{USUAL}?event-time=2&expand=x,y",
        [("/event-time", "enum"), ("/expand/0", "enum"), ("/expand/1", "enum")],
    ),
]
REFUSED = [
    ("/sessions?limit=abc", "ada", 422),
    ("/sessions?limit=0", "ada", 422),
    ("/sessions?count=x", "ada", 422),
    ("/sessions?connection=%00", "ada", 500),
    (f"/sessions/{USUAL}?expand=event_stream&event_stream=foo", "ada", 422),
    ("/sessions/nonsense?event_stream=foo", "ada", 500),
    ("/sessions/11111111-1111-4111-8111-111111111111?event_stream=foo", "ada", 404),
    (f"/sessions/{USUAL}?event_stream=foo", "dora", 403),
    (f"/sessions/{USUAL}?event_stream=foo", "nobody", 401),
    (f"/sessions/{USUAL}/download?token=x&newline=yes", None, 401),
    (f"/sessions/{USUAL}/download", None, 401),
]


@pytest.mark.parametrize(("target", "violations"), SWALLOWED)
async def test_when_enforced_a_swallowed_mistake_is_refused(api: Any, target: str, violations: Any) -> None:
    answer = await (await api("downloads")).get(target)
    assert answer.status == 422
    assert answer.message.startswith("the request breaks the contract: query /")
    found = answer.json["validation"]
    assert all(one.keys() == {"location", "pointer", "severity", "code", "message"} for one in found)
    assert [(one["pointer"], one["code"]) for one in found] == violations


async def test_all_mistakes_are_listed_in_the_order_of_the_contract(api: Any) -> None:
    answer = await (await api("downloads")).get(
        f"/sessions/{USUAL}?expand=x,session_input,y&event_stream=foo&event-time=2"
    )
    found = [one["pointer"] for one in answer.json["validation"]]
    assert found == ["/event-time", "/event_stream", "/expand/0", "/expand/2"]


@pytest.mark.parametrize(("target", "violations"), SWALLOWED)
async def test_when_reported_the_gateways_answer_comes_with_a_header(api: Any, target: str, violations: Any) -> None:
    reported, off = await api("downloads", validation="report"), await api("downloads", validation="off")
    answer, plain = [await gateway.get(target, Host="gateway.test") for gateway in (reported, off)]
    assert (answer.status, answer.body) == (200, plain.body)
    assert [(one["pointer"], one["code"]) for one in answer.violations] == violations


@pytest.mark.parametrize("target", [target for target, _ in SWALLOWED] + [target for target, *_ in REFUSED])
async def test_when_off_nobody_looks(api: Any, target: str) -> None:
    answer = await (await api("downloads", validation="off")).get(target)
    assert "X-Mockhoop-Violations" not in answer.headers
    assert b'"validation"' not in answer.body


@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
@pytest.mark.parametrize(("target", "token", "status"), REFUSED)
async def test_the_gateways_refusal_is_the_same_in_every_mode(
    api: Any, validation: str, target: str, token: str | None, status: int
) -> None:
    answer = await (await api("downloads", validation=validation)).get(target, token)
    assert answer.status == status
    assert "validation" not in answer.json
    assert "breaks the contract" not in answer.message


async def test_a_refusal_of_the_gateways_lists_the_mistakes_in_the_header(api: Any) -> None:
    answer = await (await api("downloads")).get("/sessions?limit=abc&count=x")
    assert answer.message.startswith('failed listing sessions, invalid "limit" option: ')
    assert [one["pointer"] for one in answer.violations] == ["/limit", "/count"]


@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
async def test_what_keeps_the_contract_has_no_header(api: Any, validation: str) -> None:
    gateway = await api("downloads", validation=validation)
    answers = [
        await gateway.get("/sessions?limit=1&review.status=&count=none"),
        await gateway.get(f"/sessions/{USUAL}?expand=event_stream,session_input&event_stream=utf8"),
        await gateway.get(f"/sessions/{USUAL}?extension=csv&newline=1&event-time=0&events=o,e"),
    ]
    assert [(answer.status, answer.violations) for answer in answers] == [(200, [])] * 3


async def test_a_link_that_was_refused_is_not_made(api: Any) -> None:
    gateway = await api("downloads")
    assert (await gateway.get(f"/sessions/{USUAL}?extension=csv&newline=yes")).status == 422
    # The pending link, which a new one would have replaced, still works.
    old = await gateway.get(f"/sessions/{USUAL}/download?token={'10' * 32}&extension=txt", None)
    assert old.status == 200


async def test_a_download_that_breaks_the_contract_does_not_use_the_link_up(api: Any) -> None:
    gateway = await api("downloads")
    target = f"/sessions/{USUAL}/download?token={'10' * 32}&extension=txt"
    statuses = [(await gateway.get(target + more, None)).status for more in ("&newline=yes", "", "")]
    assert statuses == [422, 200, 404]


async def test_a_header_never_grows_beyond_what_clients_take(api: Any) -> None:
    names = ",".join(["x"] * 900)
    answer = await (await api("downloads", validation="report")).get(f"/sessions/{USUAL}?expand={names}")
    assert answer.status == 200
    assert len(answer.headers["X-Mockhoop-Violations"]) <= 6000
    assert answer.violations[-1].keys() == {"more"}


async def test_the_links_that_we_give_out_keep_the_contract(api: Any) -> None:
    gateway = await api("downloads")
    for query in (
        "extension=csv",
        "extension=json&newline=1&event-time=1&events=o,i",
        "extension=txt&blob-type=session_input",
    ):
        link = (await gateway.get(f"/sessions/{USUAL}?{query}")).json["download_url"].partition("/api")[2]
        answer = await gateway.get(link, None)
        assert (answer.status, answer.violations) == (200, [])
