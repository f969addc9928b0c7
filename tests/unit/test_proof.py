"""A proof finds every planted mistake at its place, one finding for each, and invents none."""

from pathlib import Path

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.errors import Problem, SourceError
from mockhoop.proof.prove import Proof, prove
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import load_scenario, parse_scenario, shipped_scenarios

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
PENDING = "00000000-0000-4000-8000-000000000001"
PLAIN = "00000000-0000-4000-8000-000000000002"
OPENING = f"""\
mockhoop: 1
seed: 1
clock: {{start: 2024-08-01T12:00:00Z, frozen: true}}
users:
  - {{name: Ada, email: ada@example.com, groups: [admin], token: ada}}
  - {{name: John, email: john@example.com, groups: [sre], token: john}}
  - {{name: Dora, email: dora@example.com, groups: [dba], token: dora}}
connections:
  - {{name: pg, type: database, subtype: postgres, reviewers: [sre, dba]}}
sessions:
  - {{id: {PENDING}, user: ada@example.com, connection: pg, script: x, started: -1h, review: {{status: PENDING}}}}
  - {{id: {PLAIN}, user: ada@example.com, connection: pg, script: x, started: -2h}}
"""
LINE = OPENING.count("\n") + 1


def proof_of(text: str) -> Proof:
    try:
        return prove(parse_scenario(text, "planted.yaml"), CONTRACT)
    except SourceError as error:
        return Proof(error.problems)


def test_reviews_that_are_too_many_for_one_answer_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = proof_of(OPENING).answers
    monkeypatch.setattr("mockhoop.proof.walk._MOST_LISTED", 1)
    assert proof_of(OPENING).answers == answers - 1


PLANTED = {
    "an unknown operation": (
        'faults: [{when: {operation: "GET /session"}, respond: 500}]',
        29,
        'no operation "GET /session"',
    ),
    "an unknown parameter": (
        'faults: [{when: {operation: "GET /sessions", query: {ofset: "1"}}, respond: 500}]',
        61,
        "no query parameter ofset",
    ),
    "an unknown session": (
        "timeline: [{after: 1s, do: [{finish: 00000000-0000-4000-8000-000000000009}]}]",
        38,
        "unknown session",
    ),
    "an unknown user": ("timeline: [{after: 1s, do: [{expire_token: eve@example.com}]}]", 44, "unknown user"),
    "an unknown group": (f"timeline: [{{after: 1s, do: [{{approve: {PENDING}, group: ops}}]}}]", 84, "unknown group"),
    "an unknown connection": ("timeline: [{after: 1s, do: [{remove_connection: my}]}]", 49, "unknown connection"),
    "an unknown state": ("timeline: [{after: 1s, do: [{enter: over}]}]", 37, "unknown state"),
    "an unknown entry": ("timeline: [{after: 1s, do: [{trigger: it}]}]", 39, "unknown entry"),
    "an unreachable state": (
        "states: [a, {name: b, final: true}, c]\n"
        "timeline: [{after: 1s, do: [{enter: b}]}, {in: c, after: 1s, do: [{enter: a}]}]",
        37,
        'nothing leads to the state "c"',
    ),
    "a dead end": ("states: [a, b]\ntimeline: [{in: a, after: 1s, do: [{enter: b}]}]", 13, "nothing leads on"),
    "two triggers": (
        f"timeline: [{{after: 1s, told: true, do: [{{finish: {PLAIN}}}]}}]",
        30,
        "only one can let it happen",
    ),
    "no trigger": ("timeline: [{do: [{restart: true}]}]", 12, "nothing lets this happen"),
    "a review that there is not": (f"timeline: [{{after: 1s, do: [{{approve: {PLAIN}}}]}}]", 39, "has no review"),
    "a onetime review revoked": (f"timeline: [{{after: 1s, do: [{{revoke: {PENDING}}}]}}]", 38, "never revoked"),
    "an own approval": (
        f"timeline: [{{after: 1s, do: [{{approve: {PENDING}, group: sre, by: dora@example.com}}]}}]",
        93,
        "is not in the group sre",
    ),
    "a fault that never acts": (
        'faults: [{respond: 500}, {when: {operation: "GET /sessions"}, respond: 501}]',
        33,
        "this never acts",
    ),
    "a fault without effect": ('faults: [{when: {operation: "GET /sessions"}}]', 10, "does nothing"),
    "times that run backwards": (
        f"timeline: [{{after: 1s, do: [{{append: {PLAIN}, events: [[2, o, a], [1, o, b]]}}]}}]",
        97,
        "comes after 2 seconds",
    ),
    "a moment before the start": (
        "timeline: [{at: 2024-07-01T00:00:00Z, do: [{restart: true}]}]",
        17,
        "before the world's start",
    ),
    "a range that is none": ("faults: [{delay: {uniform: {from: 2s, to: 1s}}}]", 43, "shorter than the shortest"),
    "percentiles that fall": ("faults: [{delay: {percentiles: {p50: 2s, p99: 1s}}}]", 47, "never shorter"),
    "an answer that breaks the contract": (
        'faults: [{when: {operation: "GET /sessions"}, respond: {status: 200, body: {data: 7}}}]',
        76,
        "does not allow this",
    ),
    "an action that can never be done": (
        f"timeline: [{{after: 1s, do: [{{finish: {PLAIN}}}]}}]",
        12,
        "can never be done",
    ),
    "a later step that can never be done": (
        f"timeline: [{{told: true, sequence: [[{{expire_token: john@example.com}}], [{{finish: {PLAIN}}}]]}}]",
        72,
        "can never be done",
    ),
    "an entry that never happens beside one that never ends": (
        "timeline: [{after: 1s, times: null, do: [{user: {email: john@example.com, name: J}}]}, "
        f"{{reached: {{session: {PLAIN}, status: ready}}, do: [{{restart: true}}]}}]",
        88,
        "this never happens",
    ),
    "the automatic name of another entry": (
        "timeline: [{name: timeline-1, told: true, do: [{restart: true}]}, {told: true, do: [{restart: true}]}]",
        19,
        "without a name",
    ),
    "the automatic name of another fault": (
        'faults: [{name: fault-1, when: {operation: "GET /sessions"}, drop: reset}, {delay: 1s}]',
        17,
        "without a name",
    ),
    "a header that cannot be sent": (
        'faults: [{respond: {status: 500, headers: {X-A: "a\\r\\nb"}}}]',
        49,
        "control characters",
    ),
    "a name that no header can have": (
        'faults: [{respond: {status: 500, headers: {"X A": a}}}]',
        43,
        "cannot be the name of a header",
    ),
    "an entry that never happens": (
        f"timeline: [{{reached: {{session: {PLAIN}, status: ready}}, do: [{{restart: true}}]}}]",
        12,
        "this never happens",
    ),
    "an expectation that does not hold": (
        'expect: [{call: "GET /sessions", status: 201}]',
        42,
        "the answer is 200, not 201",
    ),
    "a body that is other than expected": (
        'expect: [{call: "GET /sessions", body: {data: {length: 3}}}]',
        56,
        "its length is 2, not 3",
    ),
    "a name that nothing was called": (
        'expect: [{call: GET /sessions, keep: {total: /total}}, {call: "GET /sessions/${totl}"}]',
        63,
        'nothing called "totl" is known here',
    ),
    "a name that is kept only later": (
        'expect: [{call: "GET /sessions/${id}"}, {call: GET /sessions, keep: {id: /data/0/id}}]',
        17,
        'nothing called "id" is known here',
    ),
    "a name in what is sent": (
        'expect: [{call: POST /sessions, send: {script: "echo ${HOME}"}, status: 200}]',
        48,
        'nothing called "HOME" is known here',
    ),
    "a pointer that leads nowhere": (
        "expect: [{call: GET /sessions, keep: {first: /dta/0/id}}]",
        46,
        "there is no dta in the answer",
    ),
    "a pointer that is none": (
        'expect: [{call: GET /sessions, keep: {first: "data 0"}}]',
        46,
        "a pointer such as /session_id, or the name of a header",
    ),
    "a header that no call can have": (
        'expect: [{call: GET /sessions, with: {"X A": a}}]',
        46,
        "cannot be the name of a header",
    ),
    "a whole answer that was to break off": (
        "expect: [{call: GET /sessions, broken: true}]",
        40,
        "the answer does not break off, it is 200",
    ),
    "an answer that breaks off": (
        'faults: [{when: {operation: "GET /sessions"}, drop: mid-body}]\nexpect: [{call: GET /sessions}]',
        17,
        "the answer breaks off",
    ),
    "something of an answer that breaks off": (
        "expect: [{call: GET /sessions, broken: true, status: 200}]",
        54,
        "nothing is known",
    ),
    "a session where there is none": (
        f'faults: [{{when: {{operation: "GET /reviews", session: {PLAIN}}}, respond: 500}}]',
        54,
        "about no session",
    ),
    "a policy that is none": ("progress: {reviews: {to: REJECTED}}", 21, "not said when"),
    "a state of things without a session": (
        "timeline: [{reached: {status: done}, do: [{restart: true}]}]",
        31,
        "not said of which session",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_once_and_at_its_place(name: str) -> None:
    planted, column, message = PLANTED[name]
    problems: tuple[Problem, ...] = proof_of(OPENING + planted + "\n").problems
    assert [message in problem.message for problem in problems] == [True], list(map(str, problems))
    last = LINE + planted.count("\n") if "expect" in planted else LINE
    assert (problems[0].line, problems[0].column) == (last, column), str(problems[0])


EXPECTED = {
    "values go from call to call": """
  - {call: POST /sessions, user: john@example.com, send: {connection: pg, script: y}, keep: {id: /session_id}}
  - {call: "GET /sessions/${id}", user: john@example.com, body: {id: "${id}", script: {data: y}}}
  - {call: "GET /sessions?limit=1", body: {data: [{id: "${id}"}]}}""",
    "time goes by": f"""
  - {{call: "GET /sessions/{PLAIN}?extension=txt", body: {{expire_at: "*12:05:00Z"}}, keep: {{link: /download_url}}}}
  - {{advance: 6m, call: "GET ${{link}}", with: {{Authorization: ""}}, status: 410}}""",
    "somebody without a token": """
  - {call: GET /sessions, with: {Authorization: ""}, status: 401}
  - {call: GET /sessions, with: {authorization: Bearer no}, status: 401}""",
    "a header and a text are kept": f"""
  - {{call: "GET /sessions/{PLAIN}/result/stream", keep: {{kind: Content-Type}}, text: "*"}}
  - {{call: "GET /sessions/{PLAIN}/result/stream", headers: {{Content-Type: "${{kind}}"}}}}""",
    "a value that is given": """
  - {given: {size: 1}, call: "GET /sessions?limit=${size}", body: {data: {length: 1}, has_next_page: true}}""",
    "what stands for itself": """
  - {call: POST /sessions, send: {connection: pg, script: "echo $${HOME}"}, keep: {id: /session_id}}
  - {call: "GET /sessions/${id}", body: {script: {data: "echo $${HOME}"}}}""",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_holds(name: str) -> None:
    assert list(map(str, proof_of(f"{OPENING}expect:{EXPECTED[name]}\n").problems)) == []


def test_expectations_of_any_other_document_are_met_too() -> None:
    shop = load_contract(Path(__file__).parents[1] / "documents" / "shop.yaml")
    text = """\
mockhoop: 1
expect:
  - call: POST /products
    send: {name: Kettle, price: {amount: 1, currency: EUR}}
    with: {Authorization: Bearer any}
    keep: {id: /id}
  - {call: "GET /products/${id}", status: 200, body: {name: Teapot}}
"""
    problems = prove(parse_scenario(text, "planted.yaml"), shop).problems
    assert [str(one) for one in problems] == ['planted.yaml:7:61: it is "Kettle", not "Teapot"']


def test_there_are_more_kinds_than_twenty() -> None:
    assert len(PLANTED) > 20


@pytest.mark.parametrize("name", shipped_scenarios())
def test_no_mistake_is_invented_in_a_shipped_scenario(name: str) -> None:
    proof = prove(load_scenario(shipped_scenarios()[name]), CONTRACT)
    assert list(map(str, proof.problems)) == []
    assert proof.answers > 0


def test_everything_that_can_happen_is_tried_in_every_order() -> None:
    text = f"""
timeline:
  - {{name: sre, told: true, do: [{{approve: {PENDING}, group: sre}}]}}
  - {{name: dba, told: true, do: [{{approve: {PENDING}, group: dba}}]}}
"""
    proof = proof_of(OPENING + text)
    assert proof.problems == ()
    assert (proof.steps, proof.complete) == (4, True)


def test_what_is_too_much_to_try_is_told() -> None:
    entries = "".join(f"  - {{told: true, do: [{{expire_token: john@example.com}}], name: e{n}}}\n" for n in range(10))
    proof = proof_of(f"{OPENING}timeline:\n{entries}")
    assert not proof.complete
    assert proof.problems == ()


READY = "00000000-0000-4000-8000-000000000004"
JIT = "00000000-0000-4000-8000-000000000005"
MORE = f"""\
  - {{id: {READY}, user: ada@example.com, connection: pg, script: x, started: -1h, review: {{status: APPROVED}}}}
  - id: {JIT}
    user: ada@example.com
    connection: pg
    verb: connect
    started: -1h
    review: {{type: jit, status: PENDING}}
"""
DONE_BY_CLIENTS = {
    "approve": f"{{reached: {{session: {PENDING}, review: APPROVED}}, do: [{{restart: true}}]}}",
    "reject": f"{{reached: {{session: {PENDING}, review: REJECTED}}, do: [{{restart: true}}]}}",
    "run a session": f"{{reached: {{session: {READY}, status: done}}, do: [{{restart: true}}]}}",
    "watch a run": f"{{told: true, do: [{{append: {READY}, events: [[1, o, a]]}}]}}",
    "ask for a link": f"{{told: true, do: [{{expire_link: {PLAIN}}}]}}",
    "approve what is revoked later": f"{{told: true, do: [{{revoke: {JIT}}}]}}",
}


@pytest.mark.parametrize("name", DONE_BY_CLIENTS)
def test_what_waits_for_a_client_is_no_mistake(name: str) -> None:
    proof = proof_of(f"{OPENING}{MORE}timeline: [{DONE_BY_CLIENTS[name]}]\n")
    assert list(map(str, proof.problems)) == []
    assert proof.complete


def test_a_state_to_which_a_client_leads_is_reached() -> None:
    text = f"""
states: [a, {{name: b, final: true}}]
timeline:
  - {{in: a, reached: {{session: {PENDING}, review: APPROVED}}, do: [{{enter: b}}]}}
  - {{in: b, after: 1s, do: [{{expire_token: john@example.com}}]}}
"""
    proof = proof_of(OPENING + text)
    assert (proof.problems, proof.states, proof.complete) == ((), 2, True)


def test_what_happens_without_an_end_is_proved_to_the_end() -> None:
    text = "timeline: [{told: true, times: null, do: [{user: {email: john@example.com, name: J}}]}]\n"
    assert proof_of(OPENING + text).complete
