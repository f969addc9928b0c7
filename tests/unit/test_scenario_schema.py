"""The JSON Schema of the language says what the reader says: it takes the same files and refuses the same mistakes."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockhoop.cli import main
from mockhoop.resources import scenarios_dir
from mockhoop.scenario.kinds import (
    Base64,
    ClockTime,
    Duration,
    Kind,
    OneOf,
    Payload,
    Real,
    Text,
    Uuid,
    Version,
    When,
    Whole,
)
from mockhoop.scenario.loader import SCHEMA_FILE, parse_scenario, shipped_scenarios
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.reader import Reader, entries_of
from mockhoop.scenario.schema import json_schema, records
from mockhoop.source import parse_source, read_source

SCHEMA = json_schema()
RECORDS = records()

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
  - {generate: 250, started: {from: -30d, to: now}, verb: {exec: 3}, review: {none: 6, PENDING: 1, APPROVED: 3}}
  - id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207
    user: john.wick@bad.org
    connection: pgdemo
    script: SELECT NOW()
    events: [[0.27, o, "hello world\\n"]]
    review: {type: onetime, status: PENDING, groups: [sre, dba]}
executions:
  - {when: {connection: pgdemo, script: "SELECT pg_sleep*"}, takes: 70s, output: done, exit_code: 0}
timeline:
  - when: {operation: "GET /sessions/{session_id}", session: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, nth: 3}
    do: [{approve: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, group: sre}]
  - after: 30s
    do: [{finish: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, exit_code: 0}]
downloads: {ttl: 5m}
faults:
  - {when: {operation: GET /sessions, query: {offset: "40"}}, times: 1, respond: {status: 500, body: {message: boom}}}
  - {when: {operation: GET /sessions}, delay: {lognormal: {median: 200ms, sigma: 0.4}}}
  - {when: {path: /sessions/*/download}, drop: mid-body}
expect:
  - {call: "GET /sessions?limit=20", status: 200, body: {has_next_page: true, data: {length: 20}}}
"""


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Validates by a part of the schema."""
    return Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]})


VALIDATORS = {record: validator({"$ref": f"#/$defs/{record.__name__}"}) for record in RECORDS}


def refusals(value: Any, record: Any = Scenario) -> list[str]:
    """What the schema has against a value as one of its records."""
    return [error.message for error in VALIDATORS[record].iter_errors(value)]


def mistakes(value: Any, record: Any = Scenario) -> list[str]:
    """What the reader has against it."""
    reader = Reader(parse_source(json.dumps(value), "f.json"))
    reader.read(record)
    return [str(problem) for problem in reader.problems]


# What is right


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", shipped_scenarios().values(), ids=lambda path: path.stem)
def test_every_shipped_scenario_fits(path: Any) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(read_source(path).data)) == []


def test_a_scenario_with_everything_in_it_fits() -> None:
    parse_scenario(SKETCH, "f.yaml")
    assert refusals(parse_source(SKETCH, "f.yaml").data) == []


@pytest.mark.parametrize("path", shipped_scenarios().values(), ids=lambda path: path.stem)
def test_every_shipped_scenario_tells_editors_of_the_schema(path: Any) -> None:
    assert path.read_text().startswith(f"# yaml-language-server: $schema={SCHEMA_FILE}\n")


def test_the_schema_is_no_scenario() -> None:
    assert (scenarios_dir() / SCHEMA_FILE).is_file()
    assert scenarios_dir() / SCHEMA_FILE not in shipped_scenarios().values()


def test_the_command_prints_what_is_shipped() -> None:
    printed = CliRunner().invoke(main, ["schema"])
    assert (printed.exit_code, printed.output) == (0, (scenarios_dir() / SCHEMA_FILE).read_text())


# What editors show


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_and_every_field_is_described(record: Any) -> None:
    schema = SCHEMA["$defs"][record.__name__]
    assert schema["description"]
    whole = schema if "anyOf" not in schema else next(one for one in schema["anyOf"] if "properties" in one)
    described = whole["prefixItems"] if "prefixItems" in whole else list(whole["properties"].values())
    assert [one["description"] for one in described] == [entry.doc for entry in entries_of(record).values()]


@pytest.mark.parametrize(
    ("record", "field", "default"),
    [
        ("Session", "verb", "exec"),
        ("Session", "wire_protocol", False),
        ("Session", "started", "now"),
        ("Execution", "exit_code", 0),
        ("Execution", "takes", "120ms"),
        ("Downloads", "ttl", "5m"),
        ("Downloads", "enabled", True),
        ("TimelineEntry", "times", 1),
        ("Fault", "share", 1.0),
    ],
)
def test_a_default_stands_in_the_schema_as_it_is_written(record: str, field: str, default: object) -> None:
    shown = SCHEMA["$defs"][record]["properties"][field]["default"]
    assert (shown, type(shown)) == (default, type(default))


def test_a_default_is_itself_right() -> None:
    for record in RECORDS:
        for name, one in SCHEMA["$defs"][record.__name__].get("properties", {}).items():
            if "default" in one:
                assert validator(one).is_valid(one["default"]), f"{record.__name__}.{name}"


# What is wrong: of anything that can be written the schema says what the reader says


def written(wanted: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model, as they are written."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind = next((note for note in arguments[1:] if isinstance(note, Kind)), None)
        return written(arguments[0]) if kind is None else of_kind(kind)
    if origin in (Union, UnionType):
        return st.one_of([written(one) for one in arguments])
    if origin is tuple:
        return st.lists(written(arguments[0]), max_size=2)
    if origin is Mapping:
        return st.dictionaries(written(arguments[0]), written(arguments[1]), max_size=2)
    if is_dataclass(wanted):
        return st.deferred(lambda: of_record(wanted))
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text("ab ", max_size=3),
        int: st.integers(-9, 9),
        bool: st.booleans(),
        NoneType: st.none(),
        Any: st.sampled_from([None, True, 1, "x", [1], {"x": {}}]),
    }
    return plain[wanted]


def of_record(record: Any) -> st.SearchStrategy[Any]:
    entries = entries_of(record).values()
    if getattr(record, "ROW", False):
        return st.tuples(*(written(entry.type) for entry in entries)).map(list)
    mapping = st.fixed_dictionaries(
        {entry.key: written(entry.type) for entry in entries if entry.required},
        optional={entry.key: written(entry.type) for entry in entries if not entry.required},
    )
    shorthand = getattr(record, "SHORTHAND", None)
    return mapping if shorthand is None else written(entries_of(record)[shorthand].type) | mapping


def of_kind(kind: Kind) -> st.SearchStrategy[Any]:
    match kind:
        case Text(least=least, pattern=pattern):
            return st.from_regex(pattern, fullmatch=True) if pattern else st.text("ab ", min_size=least, max_size=3)
        case OneOf(options=options, also=also):
            return st.sampled_from([*options, *also])
        case Whole(least=least, most=most):
            return st.integers(-9 if least is None else least, 999 if most is None else most)
        case Real(least=least, most=most):
            return st.floats(least, most, allow_nan=False, allow_infinity=False)
        case Version(number=number):
            return st.just(number)
    examples: dict[type[Kind], list[Any]] = {
        Duration: ["1ns", "5m", "1h30m", "200ms", "1.5d", "1w1d1h1m1s1ms1us1ns"],
        When: ["now", "-3h", "+1h30m", "2024-07-25T15:56:35Z", "2024-07-25T15:56:35.123456789+02:00"],
        Uuid: ["1cbc8db5-fbf8-4293-8e35-59a6eea40207", "1CBC8DB5-FBF8-4293-8E35-59A6EEA40207"],
        ClockTime: ["09:00", "9:00", "23:59"],
        Base64: ["AP8=", "", "eA=="],
        Payload: ["x", {"base64": "AP8="}, {"base64": "AAEC"}],
    }
    return st.sampled_from(examples[type(kind)])


STRANGERS = [None, True, 0, 7, 1.5, -1, 10**7, "", "x", "9", "5m", "m5", "3h1d", "25:00", [], ["x"], {}, {"x": 1}, [[]]]
STRANGERS += [
    {"base64": "A"},
    {"base64": 1},
    {"base64": "AP8=", "x": 1},
    [0, "o", "x"],
    [0, "o"],
    [0, "o", "x", "x"],
    [0, "z", "x"],
]


def places(value: Any, *before: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where something else could stand in a value."""
    yield before
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, *before, key)


def changed(value: Any, data: st.DataObject) -> Any:
    """The value with something else in one place, without one of its keys, or with one more."""
    value = copy.deepcopy(value)
    *steps, last = ("", *data.draw(st.sampled_from(list(places(value)))))
    holder: Any = {"": value}
    whole = holder
    for step in steps:
        holder = holder[step]
    what = data.draw(st.sampled_from(["other", "other", "missing", "more"]))
    if what == "missing" and steps:
        del holder[last]
    elif what == "more" and isinstance(holder[last], dict):
        holder[last][data.draw(st.sampled_from(["x", "name", "base64", "generate", "approve"]))] = 1
    else:
        holder[last] = data.draw(st.sampled_from(STRANGERS))
    return whole[""]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_the_reader_takes_the_schema_takes_and_what_it_refuses_the_schema_refuses(
    record: Any, data: st.DataObject
) -> None:
    value = data.draw(written(record))
    assert mistakes(value, record) == []
    assert refusals(value, record) == []
    other = changed(value, data)
    assert bool(mistakes(other, record)) == bool(refusals(other, record)), other
