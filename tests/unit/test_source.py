"""YAML and JSON as plain data with positions."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.errors import SourceError
from mockhoop.source import MAX_DEPTH, documents, join_pointer, parse_source, read_source, yaml_reader
from mockhoop.source.places import Spot

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")))
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=12,
)


def mistakes(text: str | bytes, name: str = "f.yaml") -> list[str]:
    with pytest.raises(SourceError) as caught:
        parse_source(text, name)
    return [str(problem) for problem in caught.value.problems]


def pointers(data: Any, at: str = "") -> list[str]:
    if isinstance(data, dict):
        return [at, *(deeper for key in data for deeper in pointers(data[key], join_pointer(at, key)))]
    if isinstance(data, list):
        return [at, *(deeper for i, one in enumerate(data) for deeper in pointers(one, join_pointer(at, i)))]
    return [at]


@pytest.fixture(params=["libyaml", "pure"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs with libyaml and with what is used where PyYAML was built without it."""
    if request.param == "pure":
        monkeypatch.setattr(yaml_reader, "LOADER", yaml.SafeLoader)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("True", True), ("FALSE", False),
        ("null", None), ("Null", None), ("~", None), ("", None),
        ("0", 0), ("42", 42), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31),
        ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-2.5E-1", -0.25),
        (".inf", math.inf), ("-.INF", -math.inf),
        ("on", "on"), ("Off", "Off"), ("yes", "yes"), ("No", "No"), ("y", "y"),
        ("18:00", "18:00"), ("1:30:00", "1:30:00"), ("012", "012"), ("00", "00"), ("01.5", "01.5"),
        ("2024-07-25", "2024-07-25"), ("2024-07-25T15:56:35Z", "2024-07-25T15:56:35Z"),
        ("1_000", "1_000"), ("0b1", "0b1"), ("0O17", "0O17"), ("tRUE", "tRUE"), ("1.2.3", "1.2.3"),
        ("'true'", "true"), ('"5"', "5"), ("! 5", "5"), ("!!str 5", "5"), ("!!int '5'", 5), ("!!float 5", 5),
        ("!!seq [1]", [1]), ("!!map {a: 1}", {"a": 1}),
    ],
)  # fmt: skip
def test_a_scalar_is_read_by_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    found = parse_source(f"key: {written}\n", "f.yaml").data["key"]
    assert (type(found), found) == (type(value), value)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(parse_source(".NaN", "f.yaml").data)


SPEC_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
SPEC_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
LED_BY_ZERO = re.compile(r"[-+]?0[0-9].*")


@given(st.text("0123456789-+:.TZeExonaf_~ ylsturbNIF", min_size=1).map(str.strip).filter(bool))
def test_an_unquoted_scalar_is_a_number_just_when_the_specification_says_so(written: str) -> None:
    try:
        value = parse_source(f"key: {written}", "f.yaml").data["key"]
    except SourceError:
        return
    is_number = bool(SPEC_INTEGER.fullmatch(written) or SPEC_FLOAT.fullmatch(written))
    found = isinstance(value, int | float) and not isinstance(value, bool)
    assert found == (is_number and not LED_BY_ZERO.fullmatch(written))


@given(st.dates().map(str) | st.datetimes().map(str) | st.datetimes().map(lambda when: when.isoformat() + "Z"))
def test_a_date_stays_text(written: str) -> None:
    assert parse_source(f"key: {written}", "f.yaml").data == {"key": written}


@given(DATA)
def test_json_reads_the_same_as_json_and_as_yaml(data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    assert parse_source(text, "f.json").data == parse_source(text, "f.yaml").data == data


@given(DATA, st.sampled_from([None, 1]))
def test_a_place_is_where_the_value_stands_in_json_and_in_yaml(data: Any, indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    lines = text.split("\n")
    in_json, in_yaml = parse_source(text, "f.json"), parse_source(text, "f.yaml")
    for pointer in pointers(data):
        line, column = in_json.place(pointer)
        value = data
        for token in pointer.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            value = value[int(token)] if isinstance(value, list) else value[token]
        start = json.dumps(value, ensure_ascii=False, indent=indent).split("\n")[0]
        assert lines[line - 1][column - 1 :].startswith(start)
        assert in_yaml.place(pointer) == (line, column)
        assert in_yaml.key_place(pointer) == in_json.key_place(pointer)


PLACES = """\
paths:
  /sessions:
    get: {200: ok, "a~b": 1}
list:
- first
-   second:
      deep
shared: &shared {key: value}
again: *shared
"""


@pytest.mark.parametrize(
    ("pointer", "place", "key_place"),
    [
        ("", (1, 1), (1, 1)),
        ("/paths", (2, 3), (1, 1)),
        ("/paths/~1sessions/get", (3, 10), (3, 5)),
        ("/paths/~1sessions/get/200", (3, 16), (3, 11)),
        ("/paths/~1sessions/get/a~0b", (3, 27), (3, 20)),
        ("/list/1", (6, 5), (6, 5)),
        ("/list/1/second", (7, 7), (6, 5)),
        ("/again/key", (8, 23), (8, 18)),
        ("/paths/~1nowhere/get", (2, 3), (2, 3)),
        ("/paths/~1nowhere", (2, 3), (2, 3)),
        ("/list/7", (5, 1), (5, 1)),
        ("/nothing", (1, 1), (1, 1)),
    ],
    ids=lambda value: value or "root" if isinstance(value, str) else None,
)
def test_a_json_pointer_leads_to_a_line_and_a_column(
    pointer: str, place: tuple[int, int], key_place: tuple[int, int]
) -> None:
    found = parse_source(PLACES, "f.yaml")
    assert (found.place(pointer), found.key_place(pointer)) == (place, key_place)


def test_a_problem_carries_its_place_and_its_pointer() -> None:
    found = parse_source("a:\n  b: 1\n", "dir/f.yaml")
    assert str(found.problem("/a/b", "too small", "add one")) == "dir/f.yaml:2:6: too small (add one)"
    problem = found.problem("/a/b", "unknown", at_key=True)
    assert (problem.line, problem.column, problem.pointer) == (2, 3, "/a/b")


def test_places_are_not_looked_for_until_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def spots(text: str) -> Spot:
        asked.append(text)
        return Spot()

    monkeypatch.setattr(documents, "yaml_spots", spots)
    found = parse_source("a: 1", "f.yaml")
    assert asked == []
    found.place("/a")
    found.place("/b")
    assert asked == ["a: 1"]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~"])
def test_a_document_without_content_is_none(text: str) -> None:
    assert parse_source(text, "f.yaml").data is None


def test_everything_in_an_empty_document_is_at_its_beginning() -> None:
    assert parse_source("", "f.yaml").place("/a") == (1, 1)


def test_keys_are_texts_as_they_are_written() -> None:
    data = parse_source("200: a\ntrue: b\n0x1F: c\n'': d\n1.50: e\n2024-01-01: f\n", "f.yaml").data
    assert list(data) == ["200", "true", "0x1F", "", "1.50", "2024-01-01"]


def test_an_alias_is_a_copy_and_not_the_thing_itself() -> None:
    data = parse_source("a: &x {list: [1]}\nb: *x\nc: &x 2\nd: *x\n", "f.yaml").data
    data["a"]["list"].append(2)
    assert (data["b"], data["d"]) == ({"list": [1]}, 2)


def test_a_byte_order_mark_is_no_content() -> None:
    assert parse_source(b"\xef\xbb\xbfa: 1", "f.yaml").data == parse_source('\ufeff{"a": 1}', "f.json").data


def test_all_duplicate_keys_and_unknown_tags_are_reported_at_once() -> None:
    text = "a: !color red\na: 1\nb: {c: 1, c: 2}\n<<: {d: 1}\n? [k]\n: 1\ne: !!python/name:os x\nf: !!int x\n"
    text += "g: *nothing\nh: &self [*self]\n!k i: 1\n!!set {}: 1\n200: x\n'200': y\n'<<': 1\n"
    assert mistakes(text) == [
        'f.yaml:1:4: unknown tag "!color" (leave it out, or put the whole value in quotes)',
        'f.yaml:2:1: duplicate key "a" (remove one of the two, or rename it)',
        'f.yaml:3:11: duplicate key "c" (remove one of the two, or rename it)',
        'f.yaml:4:1: merge keys belong to YAML 1.1 (write the entries out; as an ordinary key write "<<")',
        "f.yaml:5:3: a key must be a text or a number (write the key out in one line)",
        'f.yaml:7:4: unknown tag "!!python/name:os" (leave it out, or put the whole value in quotes)',
        'f.yaml:8:4: "x" is not a value of !!int (leave the tag out)',
        "f.yaml:9:4: unknown alias *nothing (mark the value with &nothing further up)",
        "f.yaml:10:11: *self stands for something that it is part of (write the value out)",
        'f.yaml:11:1: unknown tag "!k" (leave it out)',
        "f.yaml:12:1: a key must be a text or a number (write the key out in one line)",
        'f.yaml:12:1: unknown tag "!!set" (leave it out, or put the whole value in quotes)',
        'f.yaml:14:1: duplicate key "200" (remove one of the two, or rename it)',
        'f.yaml:15:1: duplicate key "<<" (remove one of the two, or rename it)',
    ]


def test_a_mistake_has_the_pointer_to_its_place() -> None:
    with pytest.raises(SourceError) as caught:
        parse_source("a:\n- {b/c: 1, b/c: 2}\n- !x 1\n", "f.yaml")
    assert [problem.pointer for problem in caught.value.problems] == ["/a/0/b~1c", "/a/1"]


def test_what_was_found_before_a_syntax_error_is_reported_with_it() -> None:
    first, second = mistakes("a: 1\na: 2\nb: [1\n")
    assert first.startswith("f.yaml:2:1: duplicate key")
    assert "this is not valid YAML" in second


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a: b: c", "1:5", "put a text that contains ': ' in quotes"),
        ("a: @x", "1:4", "indent with spaces, and put a text that begins with @"),
        ("a: 1\n b: 2", "2:3", "check the indentation"),
        ('a: "x', "1:6", "close the quote that was opened"),
        ('a: "\\q"', "1:5", "use single quotes, or double the backslash"),
        ("%YAML 3.0\n---\na: 1", "1:1", "check indentation and quotes"),
    ],
    ids=["colon", "reserved", "indentation", "open quote", "escape", "version"],
)
def test_a_syntax_error_has_a_place_and_a_suggestion(text: str, place: str, hint: str) -> None:
    (found,) = mistakes(text)
    assert hint in found
    if yaml_reader.LOADER is not yaml.SafeLoader:  # which is off by one here and there
        assert found.startswith(f"f.yaml:{place}: this is not valid YAML: ")


def test_a_syntax_error_tells_what_was_begun_further_up() -> None:
    (found,) = mistakes("a:\n  - [1,\n  2\nb: 3\n")
    assert "it happened while parsing a flow" in found
    assert "that begins in line 2" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here (keep one document in a file)"),
        (b"\xc3\xa9: 1\nab: \xe9", "f.yaml:2:5: this is not UTF-8 (save the file as UTF-8)"),
        ("\ud800", "f.yaml:1:1: half of a surrogate pair is no character (save the file as UTF-8)"),
        (
            "é: \x01",
            "f.yaml:1:4: the character U+0001 may not stand in YAML "
            '(remove it, or write it as "\\x01" in double quotes)',
        ),
        ("a: " + "9" * 5000, "f.yaml:1:4: the number has too many digits (put it in quotes)"),
        ("[" * 101, "f.yaml:1:101: more than 100 collections are inside one another (make it flatter)"),
    ],
    ids=["two documents", "latin-1", "surrogate", "control character", "digits", "depth"],
)  # fmt: skip
def test_what_cannot_be_read_is_one_mistake_with_its_place(text: str | bytes, message: str) -> None:
    assert mistakes(text) == [message]


def test_the_deepest_document_that_is_allowed_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse_source(text, "f.yaml").data == parse_source(text, "f.json").data


def test_an_alias_bomb_is_refused_in_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "MAX_NODES", 10_000)
    text = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
    assert mistakes(text) == ["f.yaml:5:22: the aliases make more than 10,000 values (use fewer of them)"]


def test_an_alias_bomb_is_refused_in_depth() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300))
    assert mistakes(text) == ["f.yaml:100:12: more than 100 collections are inside one another (use fewer aliases)"]


def test_a_document_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "MAX_NODES", 5)
    assert mistakes("[1, 2, 3, 4, 5]") == ["f.yaml:1:14: the document has more than 5 values (split it)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,\n "a": 2, "b": {"a": 1, "a": 2}}', ['2:2: duplicate key "a"', '2:24: duplicate key "a"']),
        ('{"a": [NaN,\n-Infinity]}', ["1:8: NaN is not valid JSON", "2:1: -Infinity is not valid JSON"]),
        ('["\\ud83d\\ude00", "\\ud83d"]', ["1:18: half of a surrogate pair is no character"]),
        ('{"a": 1,}', ["1:9: this is not valid JSON: Expecting property name enclosed in double quotes"]),
        ("{'a': 1}", ["1:2: this is not valid JSON: Expecting property name enclosed in double quotes"]),
        ('{"a": 1} {}', ["1:10: this is not valid JSON: Extra data"]),
        ("", ["1:1: this is not valid JSON: Expecting value"]),
    ],
    ids=["duplicates", "constants", "surrogate", "trailing comma", "single quotes", "two documents", "empty"],
)
def test_json_is_read_strictly(text: str, expected: list[str]) -> None:
    found = mistakes(text, "F.JSON")
    assert [one.removeprefix("F.JSON:").split(" (")[0] for one in found] == [one.split(" (")[0] for one in expected]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_json_that_is_too_deep_is_refused(depth: int) -> None:
    found = mistakes("[" * depth + "]" * depth, "f.json")
    assert found == ["f.json: more than 100 collections are inside one another (make it flatter)"]


def test_a_json_number_of_too_many_digits_is_refused() -> None:
    assert mistakes("9" * 5000, "f.json") == ["f.json: a number has too many digits (put it in quotes)"]


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("a: on # comment", encoding="utf-8")
    (tmp_path / "f.json").write_text('{"a": "on"}', encoding="utf-8")
    assert read_source(tmp_path / "f.yaml").data == read_source(tmp_path / "f.json").data == {"a": "on"}


def test_a_missing_file_has_a_neighbour_suggested(tmp_path: Path) -> None:
    (tmp_path / "default.yaml").touch()
    with pytest.raises(SourceError) as caught:
        read_source(tmp_path / "defualt.yaml")
    expected = f"{tmp_path}/defualt.yaml: there is no such file (did you mean {tmp_path}/default.yaml?)"
    assert str(caught.value) == expected


def test_a_missing_folder_is_told_like_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no such file \(check the path\)"):
        read_source(tmp_path / "nowhere" / "f.yaml")


def test_a_folder_cannot_be_read_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the file cannot be read: Is a directory"):
        read_source(tmp_path)


def test_a_pointer_escapes_slashes_and_tildes() -> None:
    assert join_pointer("/paths", "/a~b", 0) == "/paths/~1a~0b/0"
