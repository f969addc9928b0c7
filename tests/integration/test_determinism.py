"""The same seed gives the same bytes; another one gives others."""

from typing import Any

import pytest

from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.service import build

FROZEN = ["documented-example", "downloads", "review-states"]
PAGES = ["/sessions?limit=100", "/sessions?limit=100&offset=100&count=exact", "/sessions?limit=3&connection=%25a%25"]


def started_anew(scenario: str, seed: int | None = None) -> Any:
    """A service of which nothing was made before."""
    return build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=(scenario,), seed=seed))


def bytes_of(ask: Any, service: Any) -> list[bytes]:
    lists = [ask(service, target) for target in PAGES]
    ids = [session["id"] for session in lists[0].json["data"][:20]]
    queries = ["", "?expand=event_stream", "?extension=csv"]
    return [one.body for one in lists] + [
        ask(service, f"/sessions/{one}{query}").body for one in ids for query in queries
    ]


@pytest.mark.parametrize("scenario", FROZEN)
def test_two_starts_give_the_same_bytes(ask: Any, scenario: str) -> None:
    assert bytes_of(ask, started_anew(scenario)) == bytes_of(ask, started_anew(scenario))


def test_two_starts_of_a_world_tell_the_same_of_everything(ask: Any) -> None:
    first, second = started_anew("executions"), started_anew("executions")
    for one in first.contract.operations:
        if one.method == "GET" and "{" not in one.template and not one.template.endswith("stream"):
            assert ask(first, one.template).body == ask(second, one.template).body, one.template


GENERATED = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
users:
  - {name: Ada, email: ada@example.com, groups: [admin], token: ada}
  - {generate: 10, groups: [sre]}
connections:
  - {name: pg, type: database, subtype: postgres, reviewers: [sre]}
  - {name: bash, type: custom, subtype: bash}
sessions:
  - {generate: 120, verb: {exec: 1, connect: 1}, review: {none: 1, PENDING: 1, EXECUTED: 1}}
"""


@pytest.fixture
def generated(tmp_path: Any) -> str:
    path = tmp_path / "generated.yaml"
    path.write_text(GENERATED)
    return str(path)


def test_two_starts_with_one_seed_give_the_same_generated_bytes(ask: Any, generated: str) -> None:
    assert bytes_of(ask, started_anew(generated, 7)) == bytes_of(ask, started_anew(generated, 7))


def test_another_seed_gives_other_sessions_other_people_and_other_tokens(ask: Any, generated: str) -> None:
    one, other = started_anew(generated, 7), started_anew(generated, 8)
    sessions = [ask(service, "/sessions?limit=100").json["data"] for service in (one, other)]
    for key in ("id", "user", "start_date", "org_id"):
        assert {session[key] for session in sessions[0]} != {session[key] for session in sessions[1]}
    links = [
        ask(service, f"/sessions/{ids[0]['id']}?extension=txt").json
        for service, ids in zip((one, other), sessions, strict=True)
    ]
    assert links[0]["download_url"].partition("token=")[2] != links[1]["download_url"].partition("token=")[2]


def test_the_order_of_questions_does_not_change_the_answers(ask: Any, generated: str) -> None:
    one, other = started_anew(generated), started_anew(generated)
    targets = [f"/sessions?limit=1&offset={offset}" for offset in range(120)]
    forwards = [ask(one, target).body for target in targets]
    backwards = [ask(other, target).body for target in reversed(targets)]
    assert forwards == backwards[::-1]


def test_more_sessions_of_one_kind_leave_the_others_as_they_are(ask: Any, tmp_path: Any) -> None:
    found = []
    for count in (5, 50):
        path = tmp_path / f"{count}.yaml"
        path.write_text(GENERATED.replace("generate: 120", f"generate: {count}"))
        found.append(set(ask(started_anew(str(path)), "/sessions?limit=100").body.decode().split('{"id":')))
    shown = [{item for item in items if "org_id" in item} for items in found]
    assert len(shown[0]) == 5
    # Only what stands after an item in the list differs.
    assert {item[:36] for item in shown[0]} <= {item[:36] for item in shown[1]}


@pytest.mark.parametrize(("hours", "same"), [(14, True), (15, False)])
def test_with_a_real_clock_generated_sessions_last_until_midnight(
    ask: Any, monkeypatch: pytest.MonkeyPatch, hours: int, same: bool
) -> None:
    nine_in_the_morning = 1_722_502_800 * 10**9
    found = []
    for now in (nine_in_the_morning, nine_in_the_morning + hours * 3600 * 10**9):
        monkeypatch.setattr("time.time_ns", lambda now=now: now)
        found.append(ask(started_anew("default"), "/sessions?limit=100&batch_id=nightly-checks").body)
    assert (found[0] == found[1]) is same
