"""What a scenario needs that only a mock has, is said of each such thing."""

import pytest

from mockhoop.scenario.loader import parse_scenario
from mockhoop.verify.needs import needs

PEOPLE = """\
mockhoop: 1
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
expect: [{call: GET /users}]
"""


def needed(text: str) -> list[str]:
    return needs(parse_scenario(PEOPLE + text, "script.yaml"))


def test_people_and_their_calls_are_for_any_gateway() -> None:
    assert needed("connections: [{name: pg, type: database, subtype: postgres}]\n") == []


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("downloads: {ttl: 1m}", "download links of its own"),
        ("faults: [{when: {operation: GET /users}, respond: {status: 500}}]", "faults"),
        ("answers: [{call: GET /users, respond: {status: 200, body: []}}]", "answers of its own"),
        (
            "timeline: [{after: 1m, do: [{user: {email: ada@example.com, groups: [sre]}}]}]",
            "things that happen by themselves",
        ),
    ],
)
def test_what_only_a_mock_has_is_needed_from_one(text: str, need: str) -> None:
    assert needed(text) == [need]


def test_a_step_in_which_time_goes_by_needs_a_clock_that_can_be_moved() -> None:
    text = PEOPLE.replace("{call: GET /users}", "{call: GET /users, advance: 1m}")
    assert needs(parse_scenario(text, "script.yaml")) == ["a clock that can be moved"]
