"""Documents into dataclasses, driven by their types."""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any, ClassVar, get_args

import pytest

from mockhoop.scenario import model
from mockhoop.scenario.kinds import Duration, Kind, OneOf, Payload, Text, Uuid, Whole
from mockhoop.scenario.reader import Reader, entries_of
from mockhoop.source import parse_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    ROW: ClassVar = True

    left: Annotated[float, "Left."]
    right: Annotated[Annotated[bytes, Payload()], "Right."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    SHORTHAND: ClassVar = "name"

    name: Annotated[str, "Its name."]
    big: Annotated[bool, "Whether it is big."] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    MARK: ClassVar = "grow"

    grow: Annotated[Annotated[int, Whole(0, 9)], "How many."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    name: Annotated[Annotated[str, Text(least=1, most=5)], "The name."]
    from_: Annotated[str, "Where it is from."] = ""
    height: Annotated[int | None, "How high."] = None
    colour: Annotated[Annotated[str, OneOf(("RED", "GREEN"), {"grass": "GREEN"})], "Its colour."] = "RED"
    age: Annotated[Annotated[int, Duration()], "How old."] = 0
    id: Annotated[Annotated[str, Uuid()] | None, "Its id."] = None
    leaves: Annotated[tuple[Leaf | Grown, ...], "What is on it."] = ()
    pairs: Annotated[tuple[Pair, ...] | None, "What is in it."] = ()
    weights: Annotated[Mapping[Annotated[str, OneOf(("a", "b"))], int] | None, "What it weighs."] = None
    notes: Annotated[Mapping[str, Any] | None, "Anything."] = None
    trunk: Annotated[Leaf, "A part."] = Leaf(name="trunk")


def read(text: str) -> Tree:
    reader = Reader(parse_source(text, "f.yaml"))
    made = reader.read(Tree)
    assert not reader.problems
    assert made
    return made


def problems(text: str) -> list[str]:
    reader = Reader(parse_source(text, "f.yaml"))
    reader.read(Tree)
    return [str(problem).removeprefix("f.yaml:") for problem in reader.problems]


def test_what_is_left_out_has_its_default() -> None:
    assert read("name: oak") == Tree(name="oak")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("from: here", Tree(name="oak", from_="here")),
        ("height: null", Tree(name="oak", height=None)),
        ("height: 3", Tree(name="oak", height=3)),
        ("colour: grass", Tree(name="oak", colour="GREEN")),
        ("age: 1m", Tree(name="oak", age=60_000_000_000)),
        (
            "id: 1CBC8DB5-FBF8-4293-8E35-59A6EEA40207",
            Tree(name="oak", id="1cbc8db5-fbf8-4293-8e35-59a6eea40207"),
        ),
        ("leaves: [a, {name: b}]", Tree(name="oak", leaves=(Leaf(name="a"), Leaf(name="b")))),
        ("leaves: [{grow: 2}, a]", Tree(name="oak", leaves=(Grown(grow=2), Leaf(name="a")))),
        ("pairs: [[1, é]]", Tree(name="oak", pairs=(Pair(left=1.0, right="é".encode()),))),
        ("pairs: [[.5, {base64: AP8=}]]", Tree(name="oak", pairs=(Pair(left=0.5, right=b"\x00\xff"),))),
        ("pairs: null", Tree(name="oak", pairs=None)),
        ("weights: {a: 1, b: 0}", Tree(name="oak", weights={"a": 1, "b": 0})),
        ("notes: {x: [1, {y: null}]}", Tree(name="oak", notes={"x": [1, {"y": None}]})),
        ("trunk: thick", Tree(name="oak", trunk=Leaf(name="thick"))),
    ],
    ids=[
        "underscore", "null", "number", "other spelling", "duration", "uuid", "shorthand", "mark", "row",
        "bytes", "no list", "weights", "anything", "nested",
    ],
)  # fmt: skip
def test_a_value_becomes_what_its_type_says(written: str, expected: Tree) -> None:
    assert read(f"name: oak\n{written}\n") == expected


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("colours: RED", '2:1: unknown key "colours" (did you mean "colour"?)'),
        (
            "zzz: 1",
            '2:1: unknown key "zzz" '
            "(known keys: name, from, height, colour, age, id, leaves, pairs, weights, notes, trunk)",
        ),
        ("from_: x", '2:1: unknown key "from_" (did you mean "from"?)'),
        ("from: 5", "2:7: expected text, not the number 5 (put it in quotes)"),
        ("from: true", "2:7: expected text, not true (put it in quotes)"),
        ("from: null", "2:7: expected text, not nothing (null) (leave the key out)"),
        ("height: '3'", '2:9: expected a whole number, not "3"'),
        ("height: true", "2:9: expected a whole number, not true"),
        ("height: 1.5", "2:9: expected a whole number, not the number 1.5"),
        ("colour: green", '2:9: expected one of RED, GREEN, not "green" (did you mean "GREEN"?)'),
        ("colour: [RED]", "2:9: expected one of RED, GREEN, not a list"),
        (
            "age: 5",
            "2:6: expected a duration such as 90s, 5m or 1h30m, not the number 5 (add a unit: 5s or 5m)",
        ),
        ("age: -5m", '2:6: the duration "-5m" is too short (write a longer one, without a minus sign)'),
        ("id: 1cbc", '2:5: expected a UUID, not "1cbc" (write 8-4-4-4-12 hex digits with hyphens)'),
        ("leaves: a", '2:9: expected a list, not "a" (write [] around it)'),
        ("leaves: [[a]]", "2:10: expected text, not a list"),
        ("leaves: [{big: true}]", '2:10: the key "name" is missing (add name: Its name)'),
        ("leaves: [{grow: 10}]", "2:17: expected a whole number from 0 to 9, not the number 10"),
        ("leaves: [{name: a, big: yes}]", '2:25: expected true or false, not "yes" (write true)'),
        ("pairs: [[1]]", "2:9: expected a list of 2, not a list of 1 (write [left, right])"),
        ("pairs: [{left: 1, right: a}]", "2:9: expected a list of 2, not a mapping (write [left, right])"),
        ("pairs: [[.nan, a]]", "2:10: expected a number, not the number nan"),
        ("pairs: [[1, '']]", "2:13: an event without content is never recorded (leave the event out)"),
        ("pairs: [[1, 2]]", "2:13: expected text or {base64: …}, not the number 2 (put it in quotes)"),
        (
            "pairs: [[1, {base64: A}]]",
            "2:13: the text is not valid base64 (use the standard alphabet with padding)",
        ),
        ("weights: {c: 1}", '2:11: expected one of a, b, not "c"'),
        ("weights: {a: x}", '2:14: expected a whole number, not "x"'),
        ("weights: [a]", "2:10: expected a mapping, not a list (write {key: value})"),
        ("trunk: {name: x, bigg: true}", '2:18: unknown key "bigg" (did you mean "big"?)'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(written: str, problem: str) -> None:
    assert problems(f"name: oak\n{written}\n") == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: expected a mapping, not nothing (null) (write {name: …})"),
        ("[1]", "1:1: expected a mapping, not a list (write {name: …})"),
        ("{}", '1:1: the key "name" is missing (add name: The name)'),
        ("name: ''", "1:7: the text is empty (write something)"),
        ("name: sequoia", "1:7: the text has 7 characters, but at most 5 are allowed (shorten it)"),
    ],
    ids=["empty", "list", "missing", "too short", "too long"],
)
def test_a_document_that_cannot_be_used_is_told(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems("height: x\ncolour: BLUE\nleaves: [1, {grow: x}]\nextra: 1\n")) == 6


def test_what_is_right_is_kept_beside_what_is_broken() -> None:
    reader = Reader(parse_source("height: x\nleaves: [a, {big: 1}, c]\n", "f.yaml"))
    made = reader.read(Tree)
    assert made
    assert made.leaves == (Leaf(name="a"), Leaf(name="c"))
    assert [reader.pointer(leaf) for leaf in made.leaves] == ["/leaves/0", "/leaves/2"]


def test_a_record_from_elsewhere_has_no_pointer() -> None:
    assert Reader(parse_source("{}", "f.yaml")).pointer(Leaf(name="a")) is None


RECORDS: list[Any] = [one for one in vars(model).values() if is_dataclass(one) and one.__module__ == model.__name__]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_the_model_is_documented_by_a_sentence(record: type) -> None:
    assert [entry.key for entry in entries_of(record).values() if not entry.doc.endswith(".")] == []


def test_every_kind_of_the_model_says_what_it_expects() -> None:
    annotated = [entry.type for record in RECORDS for entry in entries_of(record).values()]
    kinds = [note for wanted in annotated for note in get_args(wanted) if isinstance(note, Kind)]
    assert kinds
    assert all(kind.expects for kind in kinds)
