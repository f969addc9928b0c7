"""Files in, one checked scenario out."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from mockhoop.errors import SourceError, UsageError
from mockhoop.resources import scenarios_dir
from mockhoop.scenario import loader
from mockhoop.scenario.loader import (
    Loaded,
    load_scenario,
    load_scenarios,
    parse_scenario,
    resolve_scenario,
    shipped_scenarios,
)
from mockhoop.scenario.model import (
    Clock,
    Connection,
    Downloads,
    Event,
    GeneratedSessions,
    GeneratedUsers,
    Link,
    Organization,
    Review,
    ReviewGroup,
    Scenario,
    Session,
    Span,
    TimeWindow,
    User,
)
from mockhoop.scenario.times import NOW, SECOND, Moment

SKETCH = """\
mockhoop: 1
title: A one-time review approved by two groups
seed: 7
clock: {start: 2024-07-25T15:56:35Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: John Wick, email: john.wick@bad.org, groups: [sre], token: john}
  - {generate: 20, groups: [engineering]}
connections:
  - {name: pgdemo, type: database, subtype: postgres, reviewers: [sre, dba], tags: {team: banking}}
sessions:
  - {generate: 25, started: {from: -30d, to: now}, verb: {exec: 3, connect: 1}, review: {none: 6, PENDING: 1}}
  - id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207
    user: john.wick@bad.org
    connection: pgdemo
    script: SELECT NOW()
    events: [[0.27, o, "hello world\\n"]]
    review: {type: onetime, status: PENDING, groups: [sre, dba]}
downloads: {ttl: 5m}
"""


def told(loaded: Loaded) -> Scenario:
    """What a scenario says, without what it was read from."""
    return Scenario(**{one.name: getattr(loaded, one.name) for one in fields(Scenario)})


def test_the_scenario_of_the_design_is_read() -> None:
    day = 86_400 * SECOND
    assert told(parse_scenario(SKETCH, "f.yaml")) == Scenario(
        mockhoop=1,
        title="A one-time review approved by two groups",
        seed=7,
        clock=Clock(start=Moment(1_721_922_995 * SECOND), frozen=True),
        users=(
            User(name="Ada Admin", email="ada@example.com", groups=("admin",), token="ada"),
            User(name="John Wick", email="john.wick@bad.org", groups=("sre",), token="john"),
            GeneratedUsers(generate=20, groups=("engineering",)),
        ),
        connections=(
            Connection(
                name="pgdemo",
                type="database",
                subtype="postgres",
                reviewers=("sre", "dba"),
                tags={"team": "banking"},
            ),
        ),
        sessions=(
            GeneratedSessions(
                generate=25,
                started=Span(from_=Moment(-30 * day, relative=True), to=NOW),
                verb={"exec": 3, "connect": 1},
                review={"none": 6, "PENDING": 1},
            ),
            Session(
                id="1cbc8db5-fbf8-4293-8e35-59a6eea40207",
                user="john.wick@bad.org",
                connection="pgdemo",
                script="SELECT NOW()",
                events=(Event(seconds=0.27, kind="o", payload=b"hello world\n"),),
                review=Review(type="onetime", groups=(ReviewGroup(group="sre"), ReviewGroup(group="dba"))),
            ),
        ),
        downloads=Downloads(ttl=300 * SECOND),
    )


def test_every_field_of_a_session_and_its_review_is_read() -> None:
    text = """\
mockhoop: 1
users: [{name: A, email: a, subject: s, status: invited, slack_id: U1}]
connections: [{name: c, type: cli, id: 1CBC8DB5-FBF8-4293-8E35-59A6EEA40207, resource_name: r,
               min_review_approvals: 1, force_approve_groups: [g]}]
sessions:
  - {user: a, connection: c, verb: connect, status: done, started: -2h, ended: -1h, events: null,
     wire_protocol: true, exit_code: 3, labels: {l: m}, metadata: {n: 1},
     integrations_metadata: {jira_issue_key: K-1}, metrics: {},
     batch: b, correlation_id: x y, ai_analysis: {risk_level: low}, guardrails_info: [{rule_name: r}],
     identity_type: machine, machine_identity_id: 1CBC8DB5-fbf8-4293-8e35-59a6eea40207,
     review: {type: jit, status: APPROVED, created_at: -3h, access_duration: 1h, revoke_at: -90m, rule: r,
              min_approvals: 2, force_approval_groups: [g],
              groups: [{group: g, status: APPROVED, by: a, at: -2h}, h],
              time_window: {type: time_range, configuration: {start_time: 9:00, end_time: 18:00}}}}
"""
    found = parse_scenario(text, "f.yaml")
    (session,) = found.sessions
    assert isinstance(session, Session)
    assert isinstance(session.review, Review)
    assert found.connections[0].type == "command-line"
    assert (session.events, session.metrics, session.metadata) == (None, {}, {"n": 1})
    assert session.review.groups == (
        ReviewGroup(group="g", status="APPROVED", by="a", at=Moment(-7200 * SECOND, relative=True)),
        ReviewGroup(group="h"),
    )
    assert isinstance(session.review.time_window, TimeWindow)
    assert session.review.time_window.configuration.start_time == "9:00"
    assert session.machine_identity_id == "1cbc8db5-fbf8-4293-8e35-59a6eea40207"


BAD = """\
mockhoop: 1
titel: Ten mistakes
users:
  - {name: Ada, email: ada@example.com, status: activ}
  - {email: john@example.com, groups: [sre]}
connections:
  - {name: pgdemo, type: postgres, reviewers: [sre, dba]}
  - {name: web, type: http, tags: {version: 1.10}}
sessions:
  - {generate: 10, started: {from: 30d}}
  - user: jon@example.com
    connection: pgdemo
    events: [[0.5, o, hi], [0.25, o, there]]
  - id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207
    user: ada@example.com
    connection: pgdemo
    review:
      status: APPROVED
      groups: [{group: sre, status: PENDING}, dba]
  - id: 1CBC8DB5-FBF8-4293-8E35-59A6EEA40207
    user: null
    connection: web
downloads: {ttl: 300}
"""


def test_ten_mistakes_are_told_at_once() -> None:
    with pytest.raises(SourceError) as caught:
        parse_scenario(BAD, "bad.yaml")
    assert (
        str(caught.value)
        == """\
bad.yaml:2:1: unknown key "titel" (did you mean "title"?)
bad.yaml:4:49: expected one of active, inactive, invited, not "activ" (did you mean "active"?)
bad.yaml:5:5: the key "name" is missing (add name: The name that is shown)
bad.yaml:8:45: expected text, not the number 1.1 (put it in quotes)
bad.yaml:10:36: "30d" is a duration, not a moment (write -30d for the past or +30d for the future)
bad.yaml:11:11: unknown user "jon@example.com" (did you mean "john@example.com"?)
bad.yaml:13:29: the event comes after 0.5 seconds, it cannot be at 0.25 (put the events in order)
bad.yaml:18:15: 2 of its groups must approve this review and 1 did, it cannot be APPROVED \
(approve more groups, or leave their statuses out)
bad.yaml:20:9: the id "1cbc8db5-fbf8-4293-8e35-59a6eea40207" is taken \
(it is first used in bad.yaml:14; choose another one)
bad.yaml:23:18: expected a duration such as 90s, 5m or 1h30m, not the number 300 (add a unit: 300s or 300m)"""
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml:1:1: expected a mapping, not nothing (null) (write {mockhoop: …})"),
        ("seed: 1", 'f.yaml:1:1: the key "mockhoop" is missing (add mockhoop: 1, the version of the'),
        ("mockhoop: 2", "f.yaml:1:11: this mockhoop reads version 1, not the number 2 (write 1)"),
        ("mockhoop: true", "f.yaml:1:11: this mockhoop reads version 1, not true (write 1)"),
        ("mockhoop: 1\nusers: [a]", 'f.yaml:2:9: expected a mapping, not "a" (write {name: …, email: …})'),
        ("mockhoop: 1\nusers: {a: b}", "f.yaml:2:8: expected a list, not a mapping (write [] around it)"),
        ("mockhoop: 1\nsession: []", 'f.yaml:2:1: unknown key "session" (did you mean "sessions"?)'),
        ("mockhoop: 1\ndownloads: {ttl: 0s}", 'f.yaml:2:18: the duration "0s" is too short'),
        (
            f"mockhoop: 1\nconnections: [{{name: {'n' * 129}, type: db}}]",
            "f.yaml:2:22: the text has 129 characters, but at most 128 are allowed (shorten it)",
        ),
        (
            "mockhoop: 1\nusers: [{name: A, email: a, token: a b}]",
            'f.yaml:2:36: expected text of printable ASCII characters without spaces, not "a b"',
        ),
    ],
    ids=["empty", "no version", "version", "true", "text", "mapping", "key", "ttl", "long name", "token"],
)  # fmt: skip
def test_a_mistake_at_the_top_is_told(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_scenario(text, "f.yaml")
    assert str(caught.value).startswith(message)


def test_a_scenario_may_be_written_in_json() -> None:
    assert told(parse_scenario('{"mockhoop": 1, "seed": 3}', "f.json")) == Scenario(mockhoop=1, seed=3)


def write(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text("mockhoop: 1\n" + text, encoding="utf-8")
        paths.append(path)
    return paths


def test_lists_grow_from_file_to_file_and_single_values_are_replaced(tmp_path: Path) -> None:
    link = "{session: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, token: t}"
    paths = write(
        tmp_path,
        one="title: One\nseed: 1\nclock: {start: now, frozen: true}\norganization: {name: O}\n"
        "users: [{name: A, email: a}]\nconnections: [{name: c, type: db}]\ndownloads: {ttl: 1m}",
        two="title: Two\nclock: {frozen: false}\nusers: [{generate: 2}]\n"
        "sessions: [{id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, user: a, connection: c}]\n"
        f"downloads: {{enabled: false, links: [{link}]}}",
    )
    found = load_scenarios(paths)
    assert (found.title, found.seed) == ("Two", 1)
    assert found.clock == Clock(start=NOW, frozen=False)
    assert found.organization == Organization(name="O")
    assert found.users == (User(name="A", email="a"), GeneratedUsers(generate=2))
    assert found.downloads == Downloads(
        ttl=60 * SECOND,
        enabled=False,
        links=(Link(session="1cbc8db5-fbf8-4293-8e35-59a6eea40207", token="t"),),
    )


def test_a_layer_may_refer_to_what_a_later_one_brings(tmp_path: Path) -> None:
    paths = write(tmp_path, one="sessions: [{user: null, connection: c}]", two="connections: [{name: c, type: db}]")
    assert load_scenarios(paths).sessions == (Session(user=None, connection="c"),)


def test_the_mistakes_of_all_files_are_told_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        two="users: [{name: A, email: a}]\nx: 1",
        one="users: [{name: A, email: a}]",
        three="users: [\n",
    )
    with pytest.raises(SourceError) as caught:
        load_scenarios([*paths, tmp_path / "four.yaml"])
    found = [(Path(problem.file).stem, problem.line) for problem in caught.value.problems]
    assert found == [("two", 3), ("one", 2), ("three", 3), ("four", 0)]
    assert caught.value.problems[1].suggestion == f"it is first used in {paths[0]}:2; choose another one"


def test_no_file_at_all_gives_an_empty_scenario() -> None:
    assert told(load_scenarios([])) == Scenario(mockhoop=1)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in ("default.yaml", "empty.yml", "README.md"):
        (folder / name).touch()
    monkeypatch.setattr(loader, "scenarios_dir", lambda: folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_shipped_scenario_is_found_by_its_name(shipped: Path) -> None:
    (shipped.parent / "default").touch()
    assert resolve_scenario("default") == shipped / "default.yaml"


def test_any_other_scenario_is_found_by_its_path(shipped: Path) -> None:
    (shipped.parent / "default").touch()
    assert resolve_scenario("./default") == Path("default")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("defualt", 'did you mean "default"?'),
        ("nothing.yaml", "shipped scenarios: default, empty; or give the path of a file"),
        (".", "shipped scenarios: default, empty; or give the path of a file"),
    ],
)
@pytest.mark.usefixtures("shipped")
def test_an_unknown_scenario_is_told_with_those_that_there_are(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_scenario(name)
    assert str(caught.value) == f'there is no scenario "{name}" ({hint})'


@pytest.mark.parametrize("path", shipped_scenarios().values(), ids=lambda path: path.stem)
def test_every_shipped_scenario_loads_and_says_what_it_is(path: Path) -> None:
    assert path.is_relative_to(scenarios_dir())
    assert load_scenario(path).title


def test_nothing_heavy_is_imported_to_load_a_scenario() -> None:
    code = (
        "import sys, mockhoop.scenario.loader; "
        "print(sorted({'faker', 'aiohttp', 'openapi_core', 'jsonschema'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
