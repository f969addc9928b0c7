"""Values go from answers into later calls, and what an answer lacks is told where it was to be kept."""

import json
from typing import Any

import pytest

from mockhoop.scenario.kept import Kept, NotReady, Told, filled
from mockhoop.scenario.meeting import differences
from mockhoop.scenario.script_model import Expectation

SESSION = "00000000-0000-4000-8000-000000000001"


def told(body: Any = None, status: int = 200, **headers: str) -> Told:
    return Told(status, tuple(headers.items()), b"" if body is None else json.dumps(body).encode())


def call(line: str = "GET /sessions", /, **more: Any) -> Expectation:
    return Expectation(call=line, **more)


# Values in calls


def test_a_value_stands_percent_encoded_in_a_path_and_a_query() -> None:
    meant = filled(call("GET /connections/${name}?tag=${name}"), {"name": "a/b c"})
    assert meant.call == "GET /connections/a%2Fb%20c?tag=a%2Fb%20c"


def test_a_link_is_called_as_it_stands() -> None:
    assert filled(call("GET ${link}"), {"link": "http://h/api/x?a=%20"}).call == "GET http://h/api/x?a=%20"


def test_a_name_with_nothing_around_it_keeps_its_kind() -> None:
    meant = filled(call(send={"limit": "${n}", "text": "at ${n}", "all": ["${list}"]}), {"n": 7, "list": [1]})
    assert meant.send == {"limit": 7, "text": "at 7", "all": [[1]]}


def test_two_dollars_stand_for_one() -> None:
    assert filled(call(send={"script": "echo $${HOME}"}), {}).send == {"script": "echo ${HOME}"}


def test_a_value_that_is_expected_stands_for_itself_whatever_is_in_it() -> None:
    meant = filled(call(body={"output": "${output}"}), {"output": "[x]*?"})
    assert list(differences(meant, told({"output": "[x]*?"}))) == []
    assert list(differences(meant, told({"output": "x, and more"}))) != []


# What is kept


def test_a_value_is_kept_from_a_body_and_from_a_header() -> None:
    known = Kept()
    known.made(
        call(keep={"id": "/data/0/id", "kind": "content-type"}), told({"data": [{"id": 3}]}, **{"Content-Type": "x"})
    )
    assert known.ready(call(send=["${id}", "${kind}"])).send == [3, "x"]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("/sesion", 'there is no sesion in the answer; did you mean "session"?'),
        ("/data/2", "there is no item 2 at /data, it is a list of 1"),
        ("/session/id", "there is nothing at /session that has parts, such as id"),
        ("Tokn", 'the answer has no header Tokn; did you mean "token"?'),
    ],
)
def test_what_an_answer_lacks_is_told_with_what_was_probably_meant(place: str, message: str) -> None:
    answer = told({"session": "s", "data": [1]}, Token="t")
    assert list(differences(call(keep={"it": place}), answer)) == [("keep/it", message)]


def test_nothing_can_be_kept_of_a_body_that_is_no_json() -> None:
    answer = Told(200, (), b"<html>")
    assert list(differences(call(keep={"it": "/a"}), answer)) == [("keep/it", "the answer has no JSON body")]


def test_values_from_outside_win_over_those_that_are_given() -> None:
    known = Kept({"connection": "theirs"})
    assert known.ready(call(given={"connection": "ours"}, send="${connection}")).send == "theirs"


# What follows on what was not done


def test_a_call_that_needs_what_an_answer_had_not_is_not_ready() -> None:
    known = Kept()
    known.made(call(keep={"id": "/id"}), told({}))
    with pytest.raises(NotReady, match="it needs id, but there is no id in the answer"):
        known.ready(call("GET /sessions/${id}"))


def test_after_a_change_that_was_not_made_nothing_is_known_of_what_it_was_about() -> None:
    known = Kept()
    known.made(call(keep={"id": "/id", "other": "/other"}), told({"id": "a", "other": "b"}))
    known.skipped(call("PUT /sessions/${id}/review", name="Dora approves"))
    with pytest.raises(NotReady, match='it follows on a call that was not made: "Dora approves"'):
        known.ready(call("GET /sessions/${id}"))
    assert known.ready(call("GET /sessions/${other}")).call == "GET /sessions/b"


def test_an_id_in_a_path_is_what_a_call_is_about_too() -> None:
    known = Kept()
    known.skipped(call(f"POST /sessions/{SESSION}/kill"))
    with pytest.raises(NotReady, match=f"it follows on a call that was not made: POST /sessions/{SESSION}/kill"):
        known.ready(call(f"GET /sessions/{SESSION}"))
    assert known.ready(call("GET /sessions")).call == "GET /sessions"


def test_reading_that_was_not_done_spoils_nothing() -> None:
    known = Kept()
    known.made(call(keep={"id": "/id"}), told({"id": "a"}))
    known.skipped(call("GET /sessions/${id}"))
    assert known.ready(call("GET /sessions/${id}")).call == "GET /sessions/a"


def test_a_refusal_that_was_not_met_spoils_nothing() -> None:
    known = Kept()
    known.made(call(keep={"id": "/id"}), told({"id": "a"}))
    known.skipped(call("PUT /sessions/${id}/review", status=400))
    assert known.ready(call("GET /sessions/${id}")).call == "GET /sessions/a"


def test_what_was_given_is_not_lost_with_a_call() -> None:
    known = Kept()
    known.ready(call(given={"connection": "pg"}))
    known.skipped(call("POST /sessions", send={"connection": "${connection}"}))
    assert known.ready(call(send="${connection}")).send == "pg"


# What is expected


@pytest.mark.parametrize(
    ("wanted", "found", "paths"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": None}, {"a": None}, []),
        ({"a": None}, {}, ["body/a"]),
        ({"a": True}, {"a": 1}, ["body/a"]),
        ({"a/b": 1}, {"a/b": 2}, ["body/a~1b"]),
        ([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], ["body/0/id", "body/1/id"]),
        ([1], [1, 2], ["body"]),
        ({"length": 2}, [1, 2], []),
        ({"length": 3}, "ab", ["body/length"]),
        ({"contains": {"id": 2}}, [{"id": 1}, {"id": 2, "more": 0}], []),
        ({"contains": {"id": 3}, "length": 2}, [{"id": 1}], ["body/length", "body/contains"]),
        ({"length": 3}, {"length": 3}, []),
        ({"text": "a*"}, {"text": "abc"}, []),
    ],
)
def test_a_body_is_looked_at_as_far_as_it_is_told(wanted: Any, found: Any, paths: list[str]) -> None:
    assert [path for path, _ in differences(call(body=wanted), told(found))] == paths


def test_where_the_status_is_another_one_nothing_else_is_told() -> None:
    expected = call(status=200, body={"a": 1}, text="b", keep={"c": "/c"})
    assert list(differences(expected, told({"message": "no"}, 403))) == [
        ("status", 'the answer is 403, not 200: {"message": "no"}')
    ]


def test_a_text_and_a_header_are_patterns() -> None:
    answer = Told(200, (("Content-Type", "text/plain; charset=utf-8"),), b"one\ntwo\n")
    assert list(differences(call(text="one*", headers={"content-type": "text/*"}), answer)) == []
    assert [path for path, _ in differences(call(text="two*", headers={"X-A": "*"}), answer)] == ["headers/X-A", "text"]
