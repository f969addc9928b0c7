"""The rules that are meant for a request are found without asking each, and are those that asking each would find."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from mockhoop.messages import AnyCase, Call
from mockhoop.scenario.matching import Facts, Matcher
from mockhoop.scenario.script_model import Matching
from mockhoop.scenario.sieve import Rules

LIST, ONE = "GET /sessions", "GET /sessions/{session_id}"


@dataclass(frozen=True)
class Rule:
    """A rule, told apart by its place."""

    place: int
    matcher: Matcher


def rules_of(*told: Matching) -> Rules[Rule]:
    """Rules with these conditions."""
    return Rules(Rule(place, Matcher(matching)) for place, matching in enumerate(told))


def facts(
    query: str = "", body: bytes = b"", headers: dict[str, str] | None = None, operation: str = LIST, **more: str
) -> Facts:
    """What conditions look at in a call."""
    call = Call("GET", "/api/sessions", query, AnyCase(headers or {}), body)
    return Facts(
        call, operation, more.get("path", "/sessions"), more.get("caller", ""), lambda: more.get("session", "")
    )


def meant(told: list[Matching], asked: Facts) -> list[int]:
    """The places of the rules that are meant for a call."""
    return [rule.place for rule in rules_of(*told).of(asked.operation).meant(asked)]


def test_rules_come_in_their_order_whatever_they_are_found_by() -> None:
    told = [Matching(), Matching(query={"a": "1"}), Matching(caller="ada"), Matching(query={"a": "?"}), Matching()]
    assert meant(told, facts("a=1", caller="ada")) == [0, 1, 2, 3, 4]


def test_a_rule_is_found_by_a_name_that_is_written_with_escapes() -> None:
    told = [Matching(query={"review.status": "PENDING"}), Matching(query={"a b": "*"})]
    assert meant(told, facts("review%2Estatus=PENDING&a+b")) == [0, 1]


def test_the_first_value_of_a_parameter_counts() -> None:
    assert meant([Matching(query={"a": "1"})], facts("a=2&a=1")) == []


def test_a_rule_about_a_parameter_is_not_meant_where_there_is_none() -> None:
    assert meant([Matching(query={"a": "*"})], facts("ba=1&c=a")) == []


def test_rules_of_another_operation_are_left_out() -> None:
    told = [Matching(operation=ONE), Matching(operation=LIST), Matching()]
    assert meant(told, facts()) == [1, 2]
    assert meant(told, facts(operation="")) == [2]


def test_a_query_is_not_read_for_rules_that_look_elsewhere() -> None:
    asked = facts("a=1")
    meant([Matching(query={"b": "1"}), Matching(headers={"x": "1"})], asked)
    assert "query" not in vars(asked)


PATTERNS = st.sampled_from(["", "1", "no", "n?", "*", "[12]", "[", "n*o", "true", '{"a": 1}', "$", "a|b", "(x"])
NAMES = st.sampled_from(["a", "a b", "ä", "r.s", "%", ""])
BODIES = st.recursive(
    PATTERNS | st.sampled_from([None, True, 1]), lambda inner: st.dictionaries(NAMES, inner, max_size=2)
)
MATCHINGS = st.builds(
    Matching,
    operation=st.sampled_from([None, LIST, ONE]),
    path=st.none() | st.sampled_from(["/sessions", "/s*", "/[a-r]*"]),
    method=st.none() | st.sampled_from(["GET", "P*"]),
    query=st.none() | st.dictionaries(NAMES, PATTERNS, max_size=2),
    headers=st.none() | st.dictionaries(st.sampled_from(["X-A", "x-b"]), PATTERNS, max_size=2),
    body=st.none() | st.dictionaries(NAMES, BODIES, max_size=2),
    caller=st.none() | PATTERNS,
    session=st.none() | st.sampled_from(["s1", "s2"]),
)
TEXTS = st.sampled_from(["", "1", "no", "x", "nano\n", "true", "a|b", "(x", "%"])
VALUES = st.none() | st.booleans() | st.integers(0, 2) | TEXTS | st.dictionaries(NAMES, TEXTS, max_size=1)


def written(parameters: list[tuple[str, str]], safe: str) -> str:
    """A query string in which some characters stand for themselves."""
    return "&".join(f"{quote(name, safe=safe)}={quote(value)}" for name, value in parameters)


@given(
    told=st.lists(MATCHINGS, max_size=12),
    query=st.builds(written, st.lists(st.tuples(NAMES, TEXTS), max_size=3), st.sampled_from(["", "ä."])),
    body=st.dictionaries(NAMES, VALUES, max_size=3),
    headers=st.dictionaries(st.sampled_from(["x-a", "X-B"]), TEXTS, max_size=2),
    operation=st.sampled_from(["", LIST, ONE]),
    caller=TEXTS,
    session=st.sampled_from(["", "s1"]),
)
def test_the_rules_found_are_those_whose_every_condition_is_met(
    told: list[Matching],
    query: str,
    body: dict[str, Any],
    headers: dict[str, str],
    operation: str,
    caller: str,
    session: str,
) -> None:
    asked = facts(query, json.dumps(body).encode(), headers, operation, caller=caller, session=session)
    assert meant(told, asked) == [place for place, one in enumerate(told) if Matcher(one).matches(asked)]
