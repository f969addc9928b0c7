"""Snapshots as files: exact, readable, and good in another server."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockhoop import snapshots
from mockhoop.codec import CodecError, decode, encode
from mockhoop.errors import SourceError
from mockhoop.gateway.records import Review, User
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import scenarios_dir, spec_dir
from mockhoop.scenario.loader import load_scenario, parse_scenario
from mockhoop.scenario.population import populate
from mockhoop.service import Service
from mockhoop.world.changes import Restore

from .scripted import CONTRACT, ONE, RUNS, TWO, Stage, stage

SCRIPT = f"""
states: [calm, busy]
timeline:
  - {{after: 30s, times: null, do: [{{create: {{user: null, connection: pg, script: "a\\n  b: #\\n"}}}}]}}
  - {{when: {{operation: GET /sessions, nth: 3}}, do: [{{enter: busy}}]}}
  - {{name: back, in: busy, after: 10s, do: [{{enter: calm}}]}}
  - {{told: true, do: [{{append: {RUNS}, events: [[0, o, {{base64: AP8B}}]]}}]}}
faults:
  - {{when: {{operation: GET /sessions}}, share: 0.5, delay: 1s}}
  - {{when: {{operation: GET /reviews}}, rate_limit: {{requests: 3, per: 1m}}}}
executions: [{{takes: 70s, output: "x\\ny\\n"}}]
"""
ACTS: dict[str, Callable[[Stage], object]] = {
    "list": lambda world: world.call("/sessions"),
    "reviews": lambda world: world.call("/reviews", "john"),
    "link": lambda world: world.call(f"/sessions/{TWO}?extension=csv"),
    "approve": lambda world: world.call(f"/sessions/{ONE}/review", "dora", "PUT", b'{"status": "APPROVED"}'),
    "run": lambda world: world.call("/sessions", "erin", "POST", b'{"connection": "pg", "metadata": {"a": 1.5}}'),
    "ask": lambda world: world.call("/sessions", "erin", "POST", b'{"connection": "reviewed", "script": "\\u00e9"}'),
    "kill": lambda world: world.call(f"/sessions/{RUNS}/kill", method="POST"),
    "append": lambda world: world.trigger("timeline-3"),
    "remove": lambda world: world.perform(f"{{remove: {TWO}}}"),
    "token": lambda world: world.perform("{expire_token: john@example.com}"),
    "minute": lambda world: world.advance(60),
}


def answers(world: Stage) -> list[object]:
    """What a world says to many calls, and what happens in it then."""
    calls = [world.call(target) for target in ("/sessions", "/reviews", f"/sessions/{RUNS}?expand=event_stream")]
    calls.append(world.call("/sessions", "erin", "POST", b'{"connection": "pg"}'))
    fired = [(one.at, one.rule) for one in world.advance(100)]
    calls.append(world.call("/sessions?limit=100"))
    return [*((one.reply.status, one.reply.body, one.reply.delivery) for one in calls), fired]


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=8))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_a_world_that_was_exported_and_taken_in_elsewhere_says_the_same(names: list[str]) -> None:
    world = stage(SCRIPT)
    for name in names:
        ACTS[name](world)
    written = snapshots.write(world.pipeline.world.snapshot(), CONTRACT)
    other = stage(SCRIPT, seed=99)
    read = snapshots.read(written, other.service.repertoire, other.pipeline.world.base)
    other.pipeline.world.apply([Restore(read)])
    other.pipeline.stage = other.service.repertoire.stage(other.pipeline.world.chance)
    assert snapshots.write(other.pipeline.world.snapshot(), CONTRACT) == written
    assert answers(other) == answers(world)
    later = [snapshots.write(one.pipeline.world.snapshot(), CONTRACT) for one in (world, other)]
    assert later[0] == later[1]


def test_a_file_tells_what_has_changed_and_little_else() -> None:
    world = stage(SCRIPT)
    world.perform("{user: {email: erin@example.com, status: inactive}}")
    written = snapshots.write(world.pipeline.world.snapshot(), CONTRACT)
    tables = written.partition("tables:\n")[2].partition("sequences:")[0]
    assert "status: inactive" in tables
    assert "sessions:" not in tables
    world.perform(f"{{finish: {RUNS}}}")
    before, after = written.splitlines(), snapshots.write(world.pipeline.world.snapshot(), CONTRACT).splitlines()
    assert len([line for line in before if line not in after]) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mockhoop-snapshot: 1", "mockhoop-snapshot: 2", "this is no snapshot"),
        ("seed: 3", "seed: three", "cannot be read"),
        ("status: inactive", "statsu: inactive", "no such field"),
        ("status: inactive", "status: 7", "expected a text"),
        ("  users:\n    changed:", "  people:\n    changed:", "there is no such table"),
        ("clock:\n", "clocks:\n", "cannot be read"),
        ("speed: 1.0", "speed: .nan", "a clock runs forward"),
        ("speed: 1.0", "speed: 0", "a clock runs forward"),
        ("contract:\n  name: hoop\n", "contract:\n", "expected {name: …, release: …}"),
        ("  lines:\n", "  lnes:\n", "cannot be read"),
        ("name: hoop\n", "name: other\n", "of a world of other 1.148.0, and hoop 1.148.0 is served here"),
    ],
)
def test_a_broken_file_is_told(old: str, new: str, message: str) -> None:
    world = stage(SCRIPT)
    world.perform("{user: {email: erin@example.com, status: inactive}}")
    written = snapshots.write(world.pipeline.world.snapshot(), CONTRACT)
    assert old in written
    with pytest.raises(SourceError, match=message):
        snapshots.read(written.replace(old, new, 1), world.service.repertoire, world.pipeline.world.base)


@pytest.mark.parametrize("text", ["mockhoop: 1\ntitle: a\n", "\nmockhoop: 1\n", "mockhoop: 1 \ntitle: a\t#\n"])
def test_a_scenario_is_written_line_by_line_and_read_as_it_was(text: str) -> None:
    told = Settings(contract=spec_dir() / "hoop.yaml")
    service = Service(Repertoire(told, CONTRACT, parse_scenario(text, "s.yaml")))
    written = snapshots.write(service.world.snapshot(), CONTRACT)
    assert not [line for line in written.splitlines() if line.count("\\n") > 1]
    read = snapshots.read(written, stage().service.repertoire, stage().pipeline.world.base)
    assert [source.text for source in read.base.scenario.sources] == [text]


# Records as plain data


def everything() -> list[object]:
    """The records of a world with every kind of session."""
    base = populate(load_scenario(scenarios_dir() / "review-states.yaml"))
    return [record for table in base.tables.values() for record in table]


def test_every_record_of_a_world_is_exactly_what_its_data_says() -> None:
    records = everything()
    assert len(records) > 70
    for record in records:
        kind = type(record)
        assert decode(json.loads(json.dumps(encode(record))), kind) == record


def test_times_are_readable_and_defaults_left_out() -> None:
    user = User(subject="a", email="a@b", name="A")
    assert encode(user) == {"subject": "a", "email": "a@b", "name": "A"}
    review = Review(id="x", type="jit", status="PENDING", created_at=1_722_513_600_000_000_001, access_duration=5)
    assert encode(review)["created_at"] == "2024-08-01T12:00:00.000000001Z"
    assert decode(encode(review), Review) == review


def test_a_text_with_half_a_surrogate_pair_survives() -> None:
    user = User(subject="\ud800", email="x", name="with half surrogates")
    assert decode(encode(user), User) == user


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], ""),
        ({"subject": "a", "email": "a"}, ""),
        ({"subject": "a", "email": "a", "name": 3}, "/name"),
        ({"subject": "a", "email": "a", "name": "a", "groups": "x"}, "/groups"),
        ({"subject": "a", "email": "a", "name": "a", "groups": [1]}, "/groups/0"),
        ({"subject": "a", "email": "a", "name": "a", "grups": []}, "/grups"),
    ],
)
def test_data_that_is_no_record_is_told_with_its_path(data: object, path: str) -> None:
    with pytest.raises(CodecError) as error:
        decode(data, User)
    assert error.value.path == path
