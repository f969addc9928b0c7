"""What comes near: exchanges to conditions, operations to a call that means none, rules to an exchange."""

from typing import Any

import pytest
from multidict import CIMultiDict

from mockhoop.contract.document import load_contract
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.recall.newcomers import Newcomers
from mockhoop.recall.search import Search, Wanted
from mockhoop.recall.view import exchange_view
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import parse_scenario
from mockhoop.service import Service

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
SCENARIO = f"""
mockhoop: 1
clock: {{start: 2024-08-01T12:00:00Z, frozen: true}}
users: [{{name: Ada, email: ada@example.com, groups: [admin], token: ada}}]
connections: [{{name: pg, type: database, subtype: postgres}}]
sessions: [{{id: {SESSION}, user: ada@example.com, connection: pg}}]
timeline:
  - {{name: third, when: {{operation: GET /sessions, query: {{limit: "3"}}}}, do: [{{remove: {SESSION}}}]}}
faults:
  - {{name: one, when: {{operation: GET /sessions}}, times: 1, delay: 1s}}
  - {{name: page, when: {{operation: GET /sessions, query: {{offset: "4?"}}}}, respond: 500}}
  - {{name: reads, when: {{method: GET, path: "/sessions/*", session: {SESSION}}}, drop: reset}}
"""


@pytest.fixture
def pipeline() -> Pipeline:
    told = Settings(contract=spec_dir() / "hoop.yaml")
    return Service(Repertoire(told, CONTRACT, parse_scenario(SCENARIO, "s.yaml"))).pipeline


def call(pipeline: Pipeline, target: str, method: str = "GET", prefix: str = "/api") -> Any:
    """The exchange of a call as it is shown afterwards."""
    path, _, query = target.partition("?")
    pipeline.answer(Call(method, f"{prefix}{path}", query, CIMultiDict({"Authorization": "Bearer ada"})))
    return exchange_view(next(reversed(pipeline.world.journal)), pipeline)


def test_nearest_are_those_that_miss_fewest_and_of_equals_the_newest(pipeline: Pipeline) -> None:
    for target in ("/sessions?limit=1", "/reviews", "/sessions?limit=20", "/sessions?limit=2", "/reviews"):
        call(pipeline, target)
    wanted = Wanted(operation="GET /sessions", query={"limit": "7"}, caller="ada@*", status="2??")
    nearest = Search(wanted, pipeline).nearest()
    assert [exchange.number for exchange, _ in nearest] == [4, 3, 1]
    assert [[miss.condition for miss in misses] for _, misses in nearest] == [["query limit"]] * 3


def test_what_meets_every_condition_is_not_near_but_found(pipeline: Pipeline) -> None:
    call(pipeline, "/reviews")
    search = Search(Wanted(operation="GET /reviews"), pipeline)
    assert ([one.number for one in search.found()], search.nearest()) == ([1], [])


@pytest.mark.parametrize(
    ("method", "target", "first"),
    [
        ("GET", "/sesions", "GET /sessions"),
        ("GET", "/session", "GET /sessions"),
        ("PUT", f"/sessions/{SESSION}/revew", "PUT /sessions/{session_id}/review"),
        ("POST", f"/sessions/{SESSION}/review", "PUT /sessions/{session_id}/review"),
        ("POST", f"/sesions/{SESSION}/kill", "POST /sessions/{session_id}/kill"),
        ("GET", f"/reviews/{SESSION}/", "GET /reviews/{id}"),
    ],
)
def test_a_call_that_means_no_operation_is_told_which_it_may_have_meant(
    pipeline: Pipeline, method: str, target: str, first: str
) -> None:
    assert call(pipeline, target, method)["near_operations"][0] == first


@pytest.mark.parametrize("target", ["/", "/favicon.ico", "/" + "x" * 60_000])
def test_a_call_that_is_like_nothing_is_near_to_nothing(pipeline: Pipeline, target: str) -> None:
    view = call(pipeline, target, prefix="")
    assert (view["operation"], view["near_operations"]) == ("", [])


def test_a_call_that_means_an_operation_is_not_told_of_others(pipeline: Pipeline) -> None:
    assert "near_operations" not in call(pipeline, "/reviews")


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("/sessions?offset=20", [("third", "query limit", ""), ("page", "query offset", "20")]),
        ("/sessions?offset=40&limit=2", [("third", "query limit", "2")]),
        ("/reviews", []),  # it has nothing in common with the rule about any list of sessions
        (f"/sessions/{SESSION.replace('1', '2')}", [("reads", "session", "")]),
    ],
)
def test_an_exchange_tells_the_rules_of_which_it_met_all_conditions_but_one(
    pipeline: Pipeline, target: str, near: list[tuple[str, str, str]]
) -> None:
    shown = call(pipeline, target)["near_rules"]
    assert [(one["rule"], one["condition"], one["found"]) for one in shown] == near


def test_what_acted_is_told_and_is_not_near(pipeline: Pipeline) -> None:
    view = call(pipeline, "/sessions?offset=41&limit=3")
    assert (view["rules"], view["near_rules"], view["refused"]) == (["one", "page"], [], True)
    assert (view["response"]["status"], view["responder"]) == (500, "scripted")


def test_newcomers_are_taken_once_each(pipeline: Pipeline) -> None:
    pipeline.world.journal.most = 3
    call(pipeline, "/reviews")
    everything, fresh = (Newcomers(pipeline.world.journal, all_kept=kept) for kept in (True, False))

    def taken(newcomers: Newcomers) -> tuple[list[int], int]:
        exchanges, lost = newcomers.take()
        return [exchange.number for exchange in exchanges], lost

    assert (taken(everything), taken(fresh)) == (([1], 0), ([], 0))
    for _ in range(2):
        call(pipeline, "/reviews")
    assert (taken(everything), taken(everything), taken(fresh)) == (([2, 3], 0), ([], 0), ([2, 3], 0))
    for _ in range(5):
        call(pipeline, "/reviews")
    assert taken(fresh) == ([6, 7, 8], 2)
