"""Answers that a scenario has for calls, in the place of those of its world."""

import json
from typing import Any

from mockhoop.recall.view import exchange_view
from mockhoop.snapshots import read, write

from .scripted import CONTRACT, Stage, stage


def answered(told: str) -> Stage:
    """A world with answers."""
    return stage(f"answers:\n{told}")


def body(stage: Stage, target: str, **more: Any) -> str:
    """The body of the answer to a call."""
    return stage.call(target, **more).reply.body.decode()


def test_a_call_is_answered_as_it_was_told_and_others_by_the_world() -> None:
    world = answered("  - {call: GET /sessions?limit=1, respond: {status: 503, body: away}}")
    assert world.status("/sessions?limit=1") == 503
    assert world.status("/sessions?limit=2") == 200
    assert world.status("/sessions") == 200


def test_the_parameters_of_a_call_may_come_in_any_order_but_those_of_one_name() -> None:
    world = answered("  - {call: 'GET /sessions?a=1&b=2&b=3', respond: 418}")
    statuses = [
        world.status(f"/sessions?{query}") for query in ("b=2&b=3&a=1", "b=%32&a=1&b=3", "b=3&b=2&a=1", "a=1&b=2")
    ]
    assert statuses == [418, 418, 200, 200]


def test_a_parameter_may_have_any_value() -> None:
    world = answered("""
  - {call: 'GET /search?term=*&limit=5', respond: {status: 200, body: any}}
  - {call: 'GET /search?term=pg&limit=5', respond: {status: 200, body: this one}}
""")
    assert body(world, "/search?limit=5&term=pg") == "this one"
    assert body(world, "/search?limit=5&term=my") == "any"


def test_the_base_path_may_stand_in_front() -> None:
    world = answered("  - {call: GET /api/sessions?limit=1, respond: 418}")
    assert world.status("/sessions?limit=1") == 418


def test_a_step_of_a_path_is_another_one_where_a_slash_is_encoded_in_it() -> None:
    world = answered("  - {call: GET /connections/a%2Fb, respond: 418}")
    assert world.status("/connections/a%2fb") == 418
    assert world.status("/connections/a/b") == 404


def test_answers_follow_one_another_and_the_last_one_stays() -> None:
    world = answered("""
  - call: GET /reviews
    sequence: [{times: 2, status: 200, body: pending}, {status: 200, body: soon}, {status: 200, body: approved}]
""")
    assert [body(world, "/reviews") for _ in range(6)] == ["pending"] * 2 + ["soon"] + ["approved"] * 3


def test_a_world_that_begins_anew_answers_from_the_beginning() -> None:
    world = answered("  - {call: GET /reviews, sequence: [{status: 200, body: one}, {status: 200, body: two}]}")
    assert [body(world, "/reviews") for _ in range(2)] == ["one", "two"]
    world.pipeline.world.reset()
    assert body(world, "/reviews") == "one"


def test_a_call_that_breaks_the_contract_or_means_no_operation_is_answered_as_it_was_told() -> None:
    world = answered("""
  - {call: GET /sessions?limit=none, respond: {status: 400, body: {message: odd}}}
  - {call: GET /nowhere, respond: {status: 200, body: here}}
""")
    assert world.status("/sessions?limit=none") == 400
    assert body(world, "/nowhere") == "here"


def test_who_calls_may_decide_by_a_header() -> None:
    world = answered("""
  - {call: GET /userinfo, headers: {Authorization: Bearer ada}, respond: {status: 200, body: Ada}}
  - {call: GET /userinfo, headers: {authorization: null}, respond: {status: 401, body: nobody}}
""")
    assert body(world, "/userinfo") == "Ada"
    assert body(world, "/userinfo", token=None) == "nobody"
    assert json.loads(body(world, "/userinfo", token="john"))["email"] == "john@example.com"


def test_what_is_sent_may_decide() -> None:
    world = answered("""
  - {call: POST /sessions, send: {connection: pg, script: "SELECT [*]", n: [1, "?"]}, respond: {status: 200, body: one}}
  - {call: POST /sessions, send: "plain*", respond: {status: 200, body: two}}
""")
    sent = {
        b'{"n": [1, "x"], "script": "SELECT *", "connection": "pg"}': "one",
        b"plain text": "two",
    }
    for text, told in sent.items():
        assert body(world, "/sessions", method="POST", body=text) == told
    others = (
        b'{"connection":"pg","script":"SELECT 1","n":[1,"x"]}',
        b'{"connection":"pg","script":"SELECT *","n":[1,"x"],"more":1}',
        b'{"connection":"pg","script":"SELECT *","n":[true,"x"]}',
        b'{"connection":"pg","script":"SELECT *","n":[1]}',
        b"\xff",
    )
    for text in others:
        assert world.call("/sessions", method="POST", body=text).responder != "recorded"


def test_bodies_go_out_to_the_byte() -> None:
    world = answered(r"""
  - call: GET /a
    respond: {status: 200, headers: {Content-Type: application/json}, body: "{\"b\": 1.0,\"a\":\"\\u00e4\"}\n"}
  - {call: GET /b, respond: {status: 200, body: {b: 1.5, a: <ä>}}}
  - {call: GET /c, respond: {status: 200, headers: {Content-Type: image/png}, base64: iVBORw==}}
  - {call: GET /d, respond: 204}
""")
    replies = [world.call(f"/{name}").reply for name in "abcd"]
    assert [(one.status, one.content_type, one.body) for one in replies] == [
        (200, "application/json", b'{"b": 1.0,"a":"\\u00e4"}\n'),
        (200, "application/json", '{"b":1.5,"a":"<ä>"}'.encode()),
        (200, "image/png", b"\x89PNG"),
        (204, "", b""),
    ]


def test_links_lead_back_to_where_the_caller_reached_us() -> None:
    world = answered("""
  - call: GET /a
    respond:
      status: 200
      headers: {Location: "${origin}/api/b", Set-Cookie: "one=1\\ntwo=2"}
      body: {url: "${origin}/api/b", host: "${host}", script: "echo $${HOME} $x"}
""")
    reply = world.call("/a", Host="mock.test:81").reply
    assert json.loads(reply.body) == {
        "url": "http://mock.test:81/api/b",
        "host": "mock.test",
        "script": "echo ${HOME} $x",
    }
    assert reply.headers == (
        ("Location", "http://mock.test:81/api/b"),
        ("Set-Cookie", "one=1"),
        ("Set-Cookie", "two=2"),
    )


def test_an_odd_host_does_not_break_json() -> None:
    world = answered("""
  - {call: GET /a, respond: {status: 200, body: {url: "${origin}"}}}
  - {call: GET /b, respond: {status: 200, headers: {Content-Type: application/json}, body: '{"url":"${origin}"}'}}
""")
    for path in ("/a", "/b"):
        assert json.loads(body(world, path, Host='a"b'))["url"] == 'http://a"b'


def test_faults_come_before_answers_and_slow_them_down() -> None:
    world = stage("""
answers:
  - {call: GET /reviews, respond: {status: 200, body: told}}
faults:
  - {when: {operation: GET /reviews}, times: 1, respond: 503}
  - {when: {operation: GET /reviews}, skip: 1, delay: 2s}
""")
    assert world.status("/reviews") == 503
    exchange = world.call("/reviews")
    assert exchange.reply.body == b"told"
    assert exchange.delivery is not None
    assert exchange.delivery.delay == 2 * 10**9


def test_the_journal_tells_which_answer_was_given_and_which_was_nearly_meant() -> None:
    world = answered("""
  - {name: for ada, call: GET /userinfo, headers: {X-App: web}, respond: 418}
  - {call: GET /reviews, respond: 418}
""")
    given = exchange_view(world.call("/userinfo", X_App="web"), world.pipeline)
    assert (given["responder"], given["rules"], given["near_rules"]) == ("recorded", ["for ada"], [])
    assert exchange_view(world.call("/reviews"), world.pipeline)["rules"] == ["answer-1"]
    missed = exchange_view(world.call("/userinfo"), world.pipeline)
    assert missed["near_rules"] == [
        {"rule": "for ada", "condition": "header X-App", "wanted": "web", "found": ""},
    ]


def test_where_a_snapshot_is_taken_up_the_sequence_goes_on() -> None:
    world = answered("  - {call: GET /reviews, sequence: [{status: 200, body: one}, {status: 200, body: two}]}")
    assert body(world, "/reviews") == "one"
    service = world.service
    text = write(world.pipeline.world.snapshot(), CONTRACT)
    again = stage()
    snapshot = read(text, service.repertoire, again.pipeline.world.base)
    assert snapshot.sequences == {"answer answer-0 given": 1}
    assert [one.name for one in snapshot.tables["answers"]] == ["answer-0"]


def test_a_call_that_has_no_answer_may_be_answered_again_from_what_was_sent() -> None:
    world = answered("  - {call: GET /reviews, respond: 418}")
    assert world.call("/sessions?limit=1").steady is not None
