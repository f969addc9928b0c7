"""Journals in files: what is written is read again, and what cannot be read is told."""

import io
import json
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockhoop.errors import SourceError
from mockhoop.journals.entry import Beginning, Entry, Transition
from mockhoop.journals.file import JournalFile, JournalWriter, read_journal, read_journals

TEXTS = st.text(st.characters(exclude_categories=()))  # surrogates too: not all that clients send is Unicode
HEADERS = st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple)
NAMES = st.text(string.ascii_lowercase, min_size=1)
VIOLATIONS = st.lists(st.dictionaries(NAMES, TEXTS | st.integers() | st.none()), max_size=2).map(tuple)
ENTRIES = st.builds(
    Entry,
    method=TEXTS,
    path=TEXTS,
    query=TEXTS,
    request_headers=HEADERS,
    request_body=st.binary(),
    status=st.integers(0, 599),
    response_headers=HEADERS,
    response_body=st.binary(),
    number=st.integers(0),
    at=TEXTS,
    world=TEXTS,
    prefix=TEXTS,
    operation=TEXTS,
    caller=TEXTS,
    responder=TEXTS,
    violations=VIOLATIONS,
    transitions=st.lists(st.builds(Transition, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    cut=st.booleans(),
)
BEGINNINGS = st.builds(Beginning, world=TEXTS, snapshot=TEXTS, validation=TEXTS, checks=st.booleans())
ONE = Entry(method="GET", path="/api/sessions", status=200, number=1)


def written(*lines: Beginning | Entry) -> str:
    out = io.StringIO()
    writer = JournalWriter(out, "hoop", "1.2.3", {"cors": False})
    for line in lines:
        writer.begin(line) if isinstance(line, Beginning) else writer.add(line)
    return out.getvalue()


def read(folder: Path, text: str) -> JournalFile:
    path = folder / "journal.jsonl"
    path.write_text(text, encoding="utf-8")
    return read_journal(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(ENTRIES | BEGINNINGS, max_size=4))
def test_what_is_written_is_read_again(tmp_path: Path, lines: list[Entry | Beginning]) -> None:
    found = read(tmp_path, written(*lines))
    assert (found.contract, found.release, found.settings) == ("hoop", "1.2.3", {"cors": False})
    assert (list(found.lines), found.problems) == (lines, ())


def test_a_world_has_its_first_beginning(tmp_path: Path) -> None:
    first, second = Beginning(world="a", snapshot="1"), Beginning(world="a", snapshot="2")
    found = read(tmp_path, written(first, ONE, second, Beginning(world="b")))
    assert (found.beginnings["a"], set(found.beginnings), found.entries) == (first, {"a", "b"}, (ONE,))


@pytest.mark.parametrize("length", [1, 10, 30, 60])
def test_a_line_that_is_cut_off_is_told_and_the_others_are_read(tmp_path: Path, length: int) -> None:
    whole = written(ONE)
    found = read(tmp_path, whole + whole.splitlines()[1][:length])
    assert found.entries == (ONE,)
    assert [str(one) for one in found.problems] == [
        f"{found.name}:3:1: the line is cut off (its writer was stopped; the other lines are read)"
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"method": "GET"}', "it has neither a beginning nor an exchange"),
        ("[1]", "it has neither a beginning nor an exchange"),
        ('{"exchange": 7}', "expected an object, not 7"),
        ('{"exchange": {"method": "GET"}}', "missing 2 required keyword-only arguments: 'path' and 'status'"),
        ('{"exchange": {"method": "GET", "path": "/", "status": "ok"}}', 'status: expected a whole number, not "ok"'),
        (
            '{"exchange": {"method": "GET", "path": "/", "status": 200, "colour": 1}}',
            "there is no colour in such",
        ),
        (
            '{"exchange": {"method": "GET", "path": "/", "status": 200, "request_body": {"base64": "?"}}}',
            'base64": "?"',
        ),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "request_body": [1]}}', "base64"),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "response_body": {"x": 1}}}', "response_body: "),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "request_headers": [["a"]]}}', "pairs of a name"),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "request_headers": 7}}', "expected a list, not 7"),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "violations": [7]}}', "expected an object, not 7"),
        ('{"exchange": {"method": "GET", "path": "/", "status": 200, "transitions": 7}}', "expected a list, not 7"),
        ("[" * 100_000, "too deep"),
        ('{"beginning": {"world": 7}}', "world: expected a text, not 7"),
    ],
)
def test_a_foreign_line_is_told_and_the_others_are_read(tmp_path: Path, line: str, told: str) -> None:
    found = read(tmp_path, f"{written(ONE)}{line}\n{written(ONE).splitlines()[1]}\n")
    assert found.entries == (ONE, ONE)
    (problem,) = map(str, found.problems)
    assert problem.startswith(f"{found.name}:3:")
    assert told.lower() in problem.lower()


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"log": {"version": "1.2"}}', "[" * 100_000])
def test_what_is_no_journal_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"this is no journal .*mockhoop serve --journal"):
        read(tmp_path, text)


def test_a_journal_of_another_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a journal of version 2, and 1 is what can be read here"):
        read(tmp_path, json.dumps({"mockhoop-journal": 2}))


def test_a_journal_that_an_editor_has_marked_as_unicode_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, f"\ufeff{written(ONE)}").entries == (ONE,)


def test_all_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("b")
    with pytest.raises(SourceError) as caught:
        read_journals([tmp_path / "a", tmp_path / "b"])
    assert [one.message for one in caught.value.problems] == [
        "cannot be read: no such file or directory",
        "this is no journal",
    ]
