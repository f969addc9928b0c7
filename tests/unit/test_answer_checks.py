"""Mistakes in the answers of a scenario."""

import pytest

from mockhoop.errors import SourceError
from mockhoop.scenario.loader import parse_scenario


def problems(answers: str) -> list[str]:
    """The mistakes, each with its pointer."""
    with pytest.raises(SourceError) as caught:
        parse_scenario(f"mockhoop: 1\nanswers: [{answers}]", "f.yaml")
    return [f"{one.pointer}: {one.message} ({one.suggestion})" for one in caught.value.problems]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (
            "{call: GET /a}",
            "/answers/0: it does not say what is answered (give either respond or sequence)",
        ),
        (
            "{call: GET /a, respond: 200, sequence: [200]}",
            "/answers/0/sequence: it has both respond and sequence (give either respond or sequence)",
        ),
        (
            "{call: GET /a, sequence: [{times: 2, status: 200}, {times: 2, status: 201}]}",
            "/answers/0/sequence/1/times: the last one is given from then on, however often (leave it out)",
        ),
        (
            "{call: GET /a, respond: {status: 200, times: 2}}",
            "/answers/0/respond/times: this is always given, however often (leave it out, or write a sequence)",
        ),
        (
            "{call: 'GET /a?x=1&y=2', respond: 200}, {call: 'GET /a?y=2&x=1', respond: 201}",
            "/answers/1/call: this is never given: another answer is for the same call "
            "(it is first used in f.yaml:2; make one sequence of the two)",
        ),
        (
            "{call: GET /a, respond: {status: 200, body: a, base64: YQ==}}",
            "/answers/0/respond/base64: it has two bodies, body and base64 (leave one of them out)",
        ),
        (
            "{call: GET /a, respond: {status: 204, body: a}}",
            "/answers/0/respond/body: no answer with 204 has a body (leave it out)",
        ),
        (
            "{call: GET /a, respond: {status: 200, base64: a}}",
            "/answers/0/respond/base64: the text is not valid base64 (use the standard alphabet with padding)",
        ),
        (
            "{call: GET /a, respond: {status: 200, headers: {Content-Length: '3'}}}",
            "/answers/0/respond/headers/Content-Length: Content-Length is set by the server as the body needs it "
            "(leave it out)",
        ),
        (
            "{call: GET /a, respond: {status: 200, headers: {a b: c}}}",
            '/answers/0/respond/headers/a b: "a b" cannot be the name of a header (use letters, digits and -)',
        ),
        (
            '{call: GET /a, respond: {status: 200, headers: {a: "\\r"}}}',
            "/answers/0/respond/headers/a: no header can have control characters (leave them out)",
        ),
        (
            "{call: GET /a, respond: {status: 200, body: {links: ['${orgin}/b']}}}",
            '/answers/0/respond/body/links/0: nothing called "orgin" is known here '
            '(did you mean "origin"?; $${orgin} stands for a plain ${orgin})',
        ),
        (
            "{name: answer-1, call: GET /a, respond: 200}, {call: GET /b, respond: 200}",
            '/answers/0/name: the name "answer-1" is what an answer without a name is called, the one at 1 '
            "(choose another one, or give both a name)",
        ),
        (
            "{name: a, call: GET /a, respond: 200}, {name: a, call: GET /b, respond: 200}",
            '/answers/1/name: the name "a" is that of another answer already '
            "(it is first used in f.yaml:2; choose another one)",
        ),
        (
            "{call: get /a, respond: 200}",
            '/answers/0/call: expected text of a method and a path with its query, not "get /a" '
            "(remove the other characters)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(answers: str, problem: str) -> None:
    assert problem in problems(answers)


def test_the_same_call_may_have_answers_under_other_conditions() -> None:
    parse_scenario(
        """
mockhoop: 1
answers:
  - {call: POST /a, send: {a: 1}, respond: 200}
  - {call: POST /a, send: {a: "1"}, respond: 201}
  - {call: POST /a, headers: {X: null}, respond: 202}
  - {call: PUT /a, respond: {status: 200, body: "$${HOME} ${origin}", headers: {Set-Cookie: "a=1\\nb=2"}}}
""",
        "f.yaml",
    )
