"""How what takes its time goes on by itself: at once, after a time, after some reads."""

import json

from .scripted import ONE, Stage, stage

ASK = b'{"connection": "reviewed", "script": "x"}'
RUN = b'{"connection": "pg", "script": "x"}'


def asked(world: Stage) -> str:
    """The id of a session that waits for its review."""
    return str(json.loads(world.call("/sessions", "erin", "POST", ASK).reply.body)["session_id"])


def shown(world: Stage, key: str) -> tuple[str, str]:
    """The status of a session and of its review, as a read shows them."""
    session = json.loads(world.call(f"/sessions/{key}", "erin").reply.body)
    return session["status"], (session["review"] or {}).get("status", "")


def test_a_review_is_approved_at_once() -> None:
    world = stage("progress: {reviews: {after: 0s}}")
    assert shown(world, asked(world)) == ("ready", "APPROVED")


def test_a_review_is_approved_after_a_time() -> None:
    world = stage("progress: {reviews: {after: 2m}}")
    key = asked(world)
    assert shown(world, key) == ("open", "PENDING")
    world.advance(120)
    assert shown(world, key) == ("ready", "APPROVED")


def test_a_review_is_rejected_at_the_third_read_of_its_session() -> None:
    world = stage("progress: {reviews: {reads: 3, to: REJECTED}}")
    key, other = asked(world), asked(world)
    assert [shown(world, key)[1] for _ in range(4)] == ["PENDING", "PENDING", "REJECTED", "REJECTED"]
    assert shown(world, other)[1] == "PENDING"


def test_reviews_that_were_there_before_are_left_to_people() -> None:
    world = stage("progress: {reviews: {reads: 1}}")
    assert shown(world, ONE)[1] == "PENDING"


def test_a_script_takes_as_long_as_the_policy_says() -> None:
    world = stage("progress: {runs: {after: 20s}}\nexecutions: [{takes: 1s}]")
    answer = json.loads(world.call("/sessions", "erin", "POST", RUN).reply.body)
    assert (answer["output_status"], answer["execution_time"]) == ("success", 20_000)


def test_a_script_ends_at_the_second_read_of_its_session() -> None:
    world = stage("progress: {runs: {reads: 2}}\nexecutions: [{output: done}]")
    exchange = world.call("/sessions", "erin", "POST", RUN)
    answer = json.loads(exchange.reply.body)
    assert (exchange.reply.status, answer["output_status"]) == (202, "running")
    assert [shown(world, answer["session_id"])[0] for _ in range(3)] == ["open", "done", "done"]
    assert world.session(answer["session_id"]).exit_code == 0
