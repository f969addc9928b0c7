"""What a caller would rather have: a status, an example, a delay."""

import json

import pytest

from .scripted import ONE, stage

SESSION = f"/sessions/{ONE}"


@pytest.mark.parametrize(
    ("query", "headers"),
    [("", {"Prefer": "code=404"}), ("?__code=404", {}), ("?__code=500", {"Prefer": 'return=minimal, code="404"; x=1'})],
)
def test_a_status_is_answered_as_preferred(query: str, headers: dict[str, str]) -> None:
    exchange = stage().call(f"{SESSION}{query}", **headers)
    assert exchange.reply.status == 404
    assert "message" in json.loads(exchange.reply.body)
    assert exchange.preferred == "code=404"


def test_a_status_that_the_contract_does_not_declare_has_the_servers_own_shape() -> None:
    exchange = stage().call(SESSION, Prefer="code=507")
    assert (exchange.reply.status, exchange.reply.body) == (507, b'{"message":"Insufficient Storage"}')


def test_the_status_that_it_would_have_been_is_the_real_answer() -> None:
    exchange = stage().call(SESSION, Prefer="code=200")
    assert json.loads(exchange.reply.body)["id"] == ONE


def test_nothing_changes_when_another_answer_is_preferred() -> None:
    world = stage()
    assert world.status("/sessions", method="POST", body=b'{"connection": "pg"}', Prefer="code=422") == 422
    assert world.pipeline.world.changes == 0


def test_a_delay_is_in_milliseconds_unless_it_has_a_unit() -> None:
    for query, nanoseconds in (("__delay=200", 200 * 10**6), ("__delay=2s", 2 * 10**9)):
        delivery = stage().call(f"{SESSION}?{query}").reply.delivery
        assert delivery is not None
        assert delivery.delay == nanoseconds


def test_an_example_that_is_not_there_is_told_and_nothing_is_said_to_be_applied() -> None:
    exchange = stage().call(SESSION, Prefer="example=nothing")
    assert exchange.reply.status == 404
    assert "known examples" in json.loads(exchange.reply.body)["message"]
    assert exchange.preferred == ""


def test_other_preferences_are_left_alone() -> None:
    exchange = stage().call(SESSION, Prefer="return=minimal, wait=10")
    assert (exchange.reply.status, exchange.preferred) == (200, "")


@pytest.mark.parametrize("wanted", ["code=abc", "code=99", "code=600", "delay=soon", "delay=-1", "delay=2h"])
def test_a_preference_that_cannot_be_meant_is_refused(wanted: str) -> None:
    reply = stage().call(SESSION, Prefer=wanted).reply
    assert reply.status == 400
    assert wanted.partition("=")[2] in json.loads(reply.body)["message"]


def test_a_broken_request_and_a_missing_sign_in_are_refused_all_the_same() -> None:
    world = stage()
    assert world.status(f"{SESSION}?event_stream=nonsense", Prefer="code=200") == 422
    assert world.status(SESSION, None, Prefer="code=200") == 401


def test_the_query_that_prefers_is_no_filter() -> None:
    assert json.loads(stage().call("/sessions?__code=200&limit=1").reply.body)["total"] == 3


async def test_what_was_applied_stands_in_a_header(api: object) -> None:
    gateway = await api("empty")  # type: ignore[operator]
    answer = await gateway.get("/sessions?__code=404&__delay=1")
    assert (answer.status, answer.headers["Preference-Applied"]) == (404, "code=404, delay=1ms")
