"""Runs merge in any order, each counting once; parts of one run add up; other contracts are refused."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.contract.document import Contract
from mockhoop.coverage.counting import counted
from mockhoop.coverage.file import add_to_file, check_file, read_tally, write_tally, write_text
from mockhoop.coverage.plan import Plan
from mockhoop.coverage.tally import Subject, Tally, merged, one_run, together
from mockhoop.errors import SourceError, UsageError
from mockhoop.testing.covering import kept

from .contracts import DOCUMENT, contract, entry

SUBJECT = Subject("shop", "0123456789abcdef")
COUNTS = st.dictionaries(st.sampled_from([*"abcdef", "ü: → x"]), st.integers(0, 9), max_size=4)
TALLIES = st.lists(COUNTS, max_size=4).map(
    lambda runs: merged(SUBJECT, {number: one_run(SUBJECT, run) for number, run in enumerate(runs)})
)


def both(one: Tally, other: Tally) -> Tally:
    return merged(SUBJECT, {"one": one, "other": other})


@given(TALLIES, TALLIES)
def test_merging_knows_no_order(one: Tally, other: Tally) -> None:
    assert both(one, other) == both(other, one)


@given(TALLIES, TALLIES, TALLIES)
def test_merging_knows_no_grouping(one: Tally, two: Tally, three: Tally) -> None:
    assert both(both(one, two), three) == both(one, both(two, three))


@given(TALLIES)
def test_a_run_that_is_told_again_counts_once(one: Tally) -> None:
    assert both(one, one) == one


@given(TALLIES, TALLIES)
def test_merging_loses_nothing(one: Tally, other: Tally) -> None:
    assert both(one, other).counts().keys() == one.counts().keys() | other.counts().keys()


@given(st.lists(COUNTS, max_size=4))
def test_the_parts_of_a_run_add_up_in_any_order(parts: list[dict[str, int]]) -> None:
    tallies = [one_run(SUBJECT, part) for part in parts]
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part)
    assert together(SUBJECT, tallies).counts() == +whole
    assert together(SUBJECT, tallies[::-1]) == together(SUBJECT, tallies)
    assert len(together(SUBJECT, tallies).runs) <= 1


@given(TALLIES)
def test_a_file_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, tally: Tally) -> None:
    path = tmp_path_factory.mktemp("tallies") / "a.json"
    write_tally(path, tally)
    assert read_tally(path) == tally


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for name, order in (("one", ("a", "b")), ("other", ("b", "a"))):
        for point in order:
            add_to_file(tmp_path / name, one_run(SUBJECT, {point: 2, "c": 1}))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_file_in_a_folder_that_is_not_there_yet_is_written(tmp_path: Path) -> None:
    add_to_file(tmp_path / "new" / "a.json", one_run(SUBJECT, {"a": 1}))
    assert read_tally(tmp_path / "new" / "a.json").counts() == {"a": 1}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.json"]


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a.json")
    for _ in range(2):  # the first time there is nothing yet
        add_to_file(tmp_path / "link", one_run(SUBJECT, {"a": 1}))
    assert (tmp_path / "link").is_symlink()
    assert read_tally(tmp_path / "a.json").counts() == {"a": 1}


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(path, "report")
        assert os.read(reader, 100) == b"report"
    finally:
        os.close(reader)
    assert path.is_fifo()


def test_a_device_without_room_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(UsageError, match="full cannot be written: no space left on device"):
        check_file(tmp_path / "full", SUBJECT)


def test_runs_of_another_contract_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    add_to_file(path, one_run(SUBJECT, {"a": 1}))
    with pytest.raises(UsageError) as refusal:
        add_to_file(path, one_run(Subject("bank", "f" * 16), {"a": 1}))
    told = f"{path}: its runs are of the contract shop, not of bank (give --contract shop, or keep one file for each"
    assert str(refusal.value) == f"{told} contract)"


def test_runs_of_an_older_version_are_refused(tmp_path: Path) -> None:
    old, new = (
        Subject.of(contract(tmp_path, text)) for text in (DOCUMENT, DOCUMENT.replace("title: Shop", "title: S"))
    )
    with pytest.raises(UsageError, match=r"old\.json: its runs are of another version of .*shop\.yaml"):
        merged(new, {"old.json": one_run(old, {"GET /orders": 1})})


def test_servers_of_several_contracts_are_no_run_of_one(tmp_path: Path) -> None:
    tallies = [one_run(SUBJECT, {"a": 1}), one_run(Subject("bank", "f" * 16), {"a": 1})]
    with pytest.raises(UsageError, match="a server of bank: its runs are of the contract bank, not of shop"):
        kept(tallies, tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "this is no JSON"),
        ("[1]", "this is no coverage file"),
        ("[" * 100_000, "this is no JSON"),
        ('{"mockhoop-coverage": 1, "contract": {"name": "a", "digest": "b"}, "runs": [{"a": 1e400}]}', "damaged"),
        ('{"mockhoop-coverage": 7}', "a coverage file of version 7, and 1 is what can be read here"),
        ('{"mockhoop-coverage": 1}', "the coverage file is damaged: KeyError('contract')"),
        ('{"mockhoop-coverage": 1, "contract": {"name": "a", "digest": "b"}, "runs": [3]}', "damaged"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(SourceError) as refusal:
        read_tally(path)
    assert told in str(refusal.value)
    assert str(path) in str(refusal.value)


METHODS = st.sampled_from(["GET", "POST", "HEAD", "PATCH"])
PATHS = st.sampled_from(["/v1/orders", "/v1/orders/open", "/orders", "/else"])
QUERIES = st.sampled_from(["", "state=new", "page[order]=up&page[order]=x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["new", "small", "plastic"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "state", "parts", "payment", "by", "size", "notes"]), inner)
    ),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract(tmp_path_factory.mktemp("shop"))


@given(
    METHODS, PATHS, st.sampled_from(["", "state=new", "page[order]=up&page[order]=x"]), st.integers(100, 599), VALUES
)
def test_whatever_is_exchanged_hits_only_points(
    shop: Contract, method: str, path: str, query: str, status: int, value: object
) -> None:
    headers = (("Content-Type", "application/json"),)
    more = {"request_headers": headers, "request_body": json.dumps(value).encode()}
    plan = Plan(shop)
    told = entry(f"{method} {path}?{query}", status, [value], **more)
    assert plan.hits(told) <= plan.points.keys()
    assert plan.points.keys() == Plan(shop).points.keys()


def test_each_exchange_counts_once_for_a_point(shop: Contract) -> None:
    orders = [{"id": 1}, {"id": 2}]
    counts = counted(Plan(shop), [entry("GET /v1/orders", 200, orders), entry("GET /v1/orders", 200, orders[:1])])
    assert counts["response Order.id"] == 2
