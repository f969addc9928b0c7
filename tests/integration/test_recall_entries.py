"""Exchanges as entries of a journal: what was said, with the steps that sessions and reviews took."""

import json

from mockhoop.journals.entry import Transition
from mockhoop.recall.entries import entry_of

from .scripted import ONE, stage


def steps(*told: str) -> tuple[Transition, ...]:
    """``session open done`` is a step; a dash stands for where a life begins."""
    words = (one.split(" ") for one in told)
    return tuple(Transition(kind, before.replace("-", ""), after) for kind, before, after in words)


def test_a_session_begins_and_its_script_comes_to_its_end() -> None:
    world = stage()
    body = json.dumps({"connection": "pg", "script": "SELECT 1"}).encode()
    exchange = world.call("/sessions", "erin", "POST", body, Content_Type="application/json")
    assert entry_of(exchange, world.pipeline).transitions == steps("session - open")


def test_a_session_that_needs_a_review_begins_with_one() -> None:
    world = stage()
    body = json.dumps({"connection": "reviewed", "script": "SELECT 1"}).encode()
    exchange = world.call("/sessions", "erin", "POST", body, Content_Type="application/json")
    assert entry_of(exchange, world.pipeline).transitions == steps("session - open", "review - PENDING")


def test_a_review_is_rejected_and_its_session_ends() -> None:
    world = stage()
    body = json.dumps({"status": "REJECTED"}).encode()
    exchange = world.call(f"/sessions/{ONE}/review", "john", "PUT", body, Content_Type="application/json")
    assert exchange.reply.status == 200
    assert entry_of(exchange, world.pipeline).transitions == steps("session open done", "review PENDING REJECTED")


def test_what_a_call_lets_happen_are_steps_too() -> None:
    approvals = ", ".join(f"{{approve: {ONE}, group: {group}}}" for group in ("sre", "dba"))
    when = 'operation: "GET /sessions/{session_id}"'
    world = stage(f"timeline: [{{name: polled, when: {{{when}}}, do: [{approvals}]}}]")
    exchange = world.call(f"/sessions/{ONE}", "erin")
    assert entry_of(exchange, world.pipeline).transitions == steps("session open ready", "review PENDING APPROVED")


def test_what_an_answer_says_itself_is_told() -> None:
    world = stage()
    entry = entry_of(world.call("/sessions?limit=1", "ada"), world.pipeline)
    assert (entry.method, entry.path, entry.query, entry.status) == ("GET", "/api/sessions", "limit=1", 200)
    assert dict(entry.request_headers)["Authorization"] == "Bearer <token:ada>"
    assert entry.response_headers == (("Content-Type", "application/json; charset=utf-8"),)
    assert (entry.number, entry.at, entry.operation) == (1, "2024-08-01T12:00:00Z", "GET /sessions")
    assert (entry.caller, entry.responder, entry.transitions) == ("ada@example.com", "hoop", ())
