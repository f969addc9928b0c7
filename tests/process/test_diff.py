"""``mockhoop diff`` as a command."""

import json
from pathlib import Path

import pytest

from .conftest import Run

PETS = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {'200': {description: Some.}}
"""
JOURNAL = {"mockhoop-journal": 1, "contract": "pets", "release": ""}
CALL = {"exchange": {"method": "GET", "path": "/pets", "query": "limit=3", "status": 200, "number": 7}}


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(PETS)
    (tmp_path / "more.yaml").write_text(PETS + "  /owners:\n    get: {responses: {'200': {description: Some.}}}\n")
    (tmp_path / "strict.yaml").write_text(PETS.replace("query, schema: {", "query, schema: {maximum: 2, "))
    (tmp_path / "journal.jsonl").write_text(f"{json.dumps(JOURNAL)}\n{json.dumps(CALL)}\n")


def test_the_same_contract_has_not_changed(mockhoop: Run) -> None:
    done = mockhoop("diff", "old.yaml", "old.yaml")
    assert (done.code, done.out, done.err) == (0, "Nothing has changed that a client could notice.\n", "")


def test_what_is_harmless_is_told_and_well(mockhoop: Run) -> None:
    done = mockhoop("diff", "old.yaml", "more.yaml")
    assert (done.code, done.out.splitlines()[-1]) == (0, "1 harmless")
    assert "  GET /owners: it is new  [more.yaml:9]" in done.out


def test_what_breaks_gives_exit_code_1(mockhoop: Run) -> None:
    done = mockhoop("diff", "old.yaml", "strict.yaml")
    assert (done.code, done.out.splitlines()[1]) == (
        1,
        "  GET /pets: query limit: maximum is 2 now  [strict.yaml:6]",
    )


def test_a_consumer_that_feels_it_is_named(mockhoop: Run) -> None:
    done = mockhoop("diff", "old.yaml", "strict.yaml", "--journal", "journal.jsonl")
    assert (done.code, done.out.splitlines()[2]) == (
        1,
        "      felt by journal.jsonl: once, first in GET /pets?limit=3 (exchange 7)",
    )


def test_a_change_that_breaks_nobody_gives_exit_code_0(mockhoop: Run, tmp_path: Path) -> None:
    modest = json.dumps(CALL).replace("limit=3", "limit=1")
    (tmp_path / "modest.jsonl").write_text(f"{json.dumps(JOURNAL)}\n{modest}\n")
    done = mockhoop("diff", "old.yaml", "strict.yaml", "--journal", "modest.jsonl")
    assert (done.code, done.out.splitlines()[-1]) == (0, "1 breaking (1 of them felt by nobody)")


def test_what_can_be_read_of_a_journal_that_was_cut_off_is_used(mockhoop: Run, tmp_path: Path) -> None:
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"exchange": {"method": "GE')
    done = mockhoop("diff", "old.yaml", "strict.yaml", "--journal", "journal.jsonl")
    assert done.err.startswith("Warning: journal.jsonl:3:1: the line is cut off")
    assert "felt by journal.jsonl: once" in done.out


def test_a_journal_of_something_else_is_told(mockhoop: Run, tmp_path: Path) -> None:
    stranger = json.dumps({"exchange": {"method": "GET", "path": "/else", "status": 200}})
    (tmp_path / "stranger.jsonl").write_text(f"{json.dumps(JOURNAL)}\n{stranger}\n")
    done = mockhoop("diff", "old.yaml", "strict.yaml", "--journal", "stranger.jsonl", "--journal", "journal.jsonl")
    told = "Warning: stranger.jsonl: none of its exchanges is a call of old.yaml, so that it feels nothing\n"
    assert (done.code, done.err) == (1, told)


def test_the_changes_are_written_as_json(mockhoop: Run, tmp_path: Path) -> None:
    mockhoop("diff", "old.yaml", "strict.yaml", "--json", "changes.json")
    told = json.loads((tmp_path / "changes.json").read_text())
    assert told["counts"] == {"breaks": 1, "may break": 0, "harmless": 0}
    assert told["changes"] == [
        {
            "code": "schema-maximum",
            "effect": "breaks",
            "message": "maximum is 2 now",
            "places": [{"operation": "GET /pets", "location": "query", "status": "", "pointer": "/limit"}],
            "old": {"file": "old.yaml", "pointer": "/paths/~1pets/get/parameters/0/schema", "line": 6, "column": 53},
            "new": {"file": "strict.yaml", "pointer": "/paths/~1pets/get/parameters/0/schema", "line": 6, "column": 53},
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("old.yaml", "none.yaml"), "none.yaml: there is no such file"),
        (("old.yaml", "old.yaml", "--journal", "old.yaml"), "old.yaml:1:1: this is no journal"),
        (("old.yaml", "old.yaml", "--journal", "none.jsonl"), "none.jsonl: cannot be read: no such file or directory"),
        (("old.yaml", "old.yaml", "--json", "none/changes.json"), "none/changes.json: cannot be written"),
    ],
)
def test_what_cannot_be_read_or_written_gives_exit_code_2(
    mockhoop: Run, arguments: tuple[str, ...], message: str
) -> None:
    done = mockhoop("diff", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"Error: {message}"), done.err


def test_a_shipped_contract_is_known_by_its_name(mockhoop: Run) -> None:
    done = mockhoop("diff", "hoop-1.49.10", "hoop")
    assert done.code == 1
    assert "GET /sessions: answer 200 /total: it may be null now" in done.out
