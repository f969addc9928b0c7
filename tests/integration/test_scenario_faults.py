"""What goes wrong on demand: which requests, how often, and what the caller is told."""

import json

import pytest

from .scripted import ONE, TWO, stage


def test_a_fault_answers_in_the_place_of_the_gateway_and_nothing_else_happens() -> None:
    world = stage("faults: [{when: {operation: POST /sessions}, respond: {status: 502, body: {message: bad gateway}}}]")
    before = len(world.pipeline.world.table("sessions"))
    exchange = world.call("/sessions", method="POST", body=b'{"connection": "pg"}')
    assert (exchange.reply.status, exchange.reply.body) == (502, b'{"message":"bad gateway"}')
    assert (exchange.responder, exchange.rules) == ("scripted", ("fault-0",))
    assert len(world.pipeline.world.table("sessions")) == before


@pytest.mark.parametrize(
    ("told", "content_type", "body"),
    [
        ("503", "", b""),
        ("{status: 503, body: down}", "text/plain; charset=utf-8", b"down"),
        ("{status: 503, body: [1]}", "application/json", b"[1]"),
        ("{status: 503, body: <x/>, headers: {Content-Type: text/xml}}", "text/xml", b"<x/>"),
    ],
)
def test_an_answer_is_text_json_or_nothing(told: str, content_type: str, body: bytes) -> None:
    reply = stage(f"faults: [{{respond: {told}}}]").call("/sessions").reply
    assert (reply.status, reply.content_type, reply.body) == (503, content_type, body)


@pytest.mark.parametrize(
    ("when", "hit", "missed"),
    [
        ("{operation: GET /sessions}", "/sessions", "/reviews"),
        ("{path: '/sessions/*/download*'}", f"/sessions/{TWO}/download?token=x", f"/sessions/{TWO}"),
        ("{query: {offset: '4?'}}", "/sessions?offset=40", "/sessions?offset=50"),
        ("{query: {user: '*'}}", "/sessions?user=", "/sessions"),
        (f"{{session: {ONE}}}", f"/sessions/{ONE}", f"/sessions/{TWO}"),
        ("{method: 'G*', path: /nowhere}", "/nowhere", "/elsewhere"),
    ],
)
def test_a_fault_is_for_the_requests_that_it_means(when: str, hit: str, missed: str) -> None:
    world = stage(f"faults: [{{when: {when}, respond: 418}}]")
    assert world.status(hit) == 418
    assert world.status(missed) != 418


def test_a_fault_is_for_a_caller_a_header_or_a_body() -> None:
    world = stage(
        "faults: [{when: {caller: 'erin@*'}, respond: 418}, {when: {headers: {user-agent: 'old*'}}, respond: 426}]"
    )
    assert world.status("/sessions", "erin") == 418
    assert world.status("/sessions", "ada", User_Agent="older/1") == 426
    assert world.status("/sessions", "ada") == 200
    world = stage("faults: [{when: {body: {connection: pg, script: 'DROP*'}}, respond: 418}]")
    assert world.status("/sessions", method="POST", body=b'{"connection": "pg", "script": "DROP x"}') == 418
    assert world.status("/sessions", method="POST", body=b'{"connection": "pg", "script": "SELECT"}') == 200


def test_a_session_is_found_by_the_id_of_its_review_too() -> None:
    world = stage(f"faults: [{{when: {{session: {ONE}}}, respond: 418}}]")
    review = world.session(ONE).review.id
    assert world.status(f"/reviews/{review}") == 418


def test_skip_and_times_say_which_requests_it_hits() -> None:
    world = stage("faults: [{when: {operation: GET /sessions}, skip: 1, times: 2, respond: 500}]")
    assert [world.status("/sessions") for _ in range(5)] == [200, 500, 500, 200, 200]


def test_a_share_is_the_same_for_the_same_seed_and_about_as_large_as_told() -> None:
    script = "faults: [{when: {operation: GET /sessions}, share: 0.3, respond: 500}]"
    hits = [
        [world.status("/sessions") == 500 for _ in range(200)]
        for world in (stage(script), stage(script), stage(script, 8))
    ]
    assert hits[0] == hits[1] != hits[2]
    assert 40 <= sum(hits[0]) <= 80


def test_a_fault_acts_in_its_state_only() -> None:
    script = """
states: [fine, {name: broken, final: true}]
faults: [{in: broken, respond: 500}]
timeline: [{name: go, told: true, do: [{enter: broken}]}]
"""
    world = stage(script)
    assert world.status("/sessions") == 200
    world.trigger("go")
    assert world.status("/sessions") == 500


def test_of_several_the_first_answers_and_others_add_what_it_leaves_open() -> None:
    script = "faults: [{respond: 500}, {respond: 501, delay: 2s}, {delay: 9s, drop: mid-body, bytes_per_second: 10}]"
    reply = stage(script).call("/sessions").reply
    assert reply.status == 500
    assert reply.delivery is not None
    assert (reply.delivery.delay, reply.delivery.drop, reply.delivery.bytes_per_second) == (2 * 10**9, "mid-body", 10)


def test_expired_credentials_are_refused_as_the_gateway_does() -> None:  # section 2.2
    world = stage("faults: [{when: {caller: 'john*'}, skip: 1, expired_credentials: true}]")
    assert world.status("/sessions", "john") == 200
    exchange = world.call("/sessions", "john")
    assert (exchange.reply.status, exchange.reply.body) == (401, b'{"message":"access denied"}')


def test_a_rate_limit_counts_each_caller_by_the_worlds_clock() -> None:
    world = stage("faults: [{when: {operation: GET /sessions}, rate_limit: {requests: 2, per: 1m}}]")
    assert [world.status("/sessions") for _ in range(3)] == [200, 200, 429]
    world.advance(15.5)
    reply = world.call("/sessions").reply
    assert (reply.status, dict(reply.headers)["Retry-After"], json.loads(reply.body)) == (
        429,
        "45",
        {"message": "too many requests"},
    )
    assert world.status("/sessions", "john") == 200
    world.advance(45)
    assert [world.status("/sessions") for _ in range(3)] == [200, 200, 429]


def test_a_fault_is_told_of_a_call_without_sign_in_and_of_one_that_breaks_the_contract() -> None:
    world = stage("faults: [{respond: 503}]")
    assert world.status("/sessions", None) == 503
    exchange = world.call("/sessions?count=nonsense")
    assert exchange.reply.status == 503
    assert [one.pointer for one in exchange.violations] == ["/count"]
