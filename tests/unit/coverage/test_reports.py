"""What the reports say of what was exercised."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mockhoop.coverage.as_json import as_json
from mockhoop.coverage.cobertura import cobertura
from mockhoop.coverage.counting import counted
from mockhoop.coverage.figures import Figures, percent_text
from mockhoop.coverage.lcov import lcov
from mockhoop.coverage.page import page
from mockhoop.coverage.plan import Plan
from mockhoop.coverage.tally import Subject, one_run
from mockhoop.coverage.terminal import summary, table

from .contracts import DOCUMENT, contract, entry

LINES = DOCUMENT.splitlines()


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    read = contract(tmp_path)
    told = [entry("GET /v1/orders?state=new", 200, [{"id": 1}])] * 3
    return Figures(read, one_run(Subject.of(read), counted(Plan(read), told)))


def test_the_shares_are_those_of_the_points(figures: Figures) -> None:
    kinds = {kind: (share.hit, share.all) for kind, share in figures.by_kind.items()}
    assert kinds["operation"] == (1, 3)
    assert kinds["status"] == (1, 5)
    assert kinds["media type"] == (1, 5)
    assert kinds["parameter"] == (1, 6)
    assert figures.whole.hit == sum(hit for hit, _ in kinds.values()) == len(figures.counts)


@pytest.mark.parametrize(
    ("percent", "text"), [(0, "0.0 %"), (100, "100.0 %"), (99.99, "99.9 %"), (0.001, "0.1 %"), (12.34, "12.3 %")]
)
def test_a_percentage_is_neither_all_nor_nothing_unless_it_is(percent: float, text: str) -> None:
    assert percent_text(percent) == text


def test_the_table_has_the_operations_that_were_called_under_their_tag(figures: Figures) -> None:
    told = table(figures)
    assert re.search(r"^operations +1 of +3 +33\.3 %$", told, re.MULTILINE)
    tags = told.split("\n\n")[2].splitlines()
    heads = [line.split("  ")[0] for line in tags if not line.startswith(" ")]
    assert heads == ["orders", "schemas", "nothing of: untagged"]
    assert tags[1].startswith("  GET /orders ")
    assert tags[2] == "  … 1 operation was never called"


def test_the_share_of_the_operations_that_were_called_is_told(figures: Figures) -> None:
    hit, whole = figures.by_owner["GET /orders"].hit, len(figures.of_owner("GET /orders"))
    assert re.search(rf"^of the operations that were called +{hit} of +{whole} ", table(figures), re.MULTILINE)


def test_the_schemas_that_were_seen_are_told(figures: Figures) -> None:
    told = table(figures)
    assert re.search(r"^  Order +1 of +24 ", told, re.MULTILINE)
    assert "  … 5 schemas were never seen\n" in told


def test_the_summary_is_a_line(figures: Figures) -> None:
    whole = f"{percent_text(figures.whole.percent)}, {figures.whole.hit} of {figures.whole.all} points"
    assert summary(figures) == f"coverage of {figures.subject.name}: {whole}, 1 of 3 operations, in 1 run"


def test_of_an_operation_that_was_never_called_only_that_is_missing(figures: Figures) -> None:
    missing = [point.name for point in figures.missing]
    assert "POST /orders" in missing
    assert not [name for name in missing if name.startswith("POST /orders: ")]
    assert "GET /orders: query state = paid" in missing
    assert "GET /orders: query state = new" not in missing


def test_what_is_missing_is_listed_with_its_line(figures: Figures) -> None:
    line = next(number for number, text in enumerate(LINES, 1) if "items: {enum: [new, paid]}" in text)
    told = table(figures, missing=True)
    assert f"shop.yaml:{line}: enum value GET /orders: query state = paid\n" in told


def test_lcov_counts_by_the_lines_of_the_document(figures: Figures) -> None:
    told = lcov(figures).splitlines()
    counts = {int(line): int(count) for line, count in (one[3:].split(",") for one in told if one.startswith("DA:"))}
    at = {text.strip(): number for number, text in enumerate(LINES, 1)}
    assert told[1] == f"SF:{figures.contract.source.name}"
    assert counts[at["- name: state"]] == 3
    assert counts[at["post:"]] == 0
    assert counts[at["schema: {type: array, items: {enum: [new, paid]}}"]] == 3
    assert f"LF:{len(counts)}" in told
    assert f"LH:{sum(map(bool, counts.values()))}" in told
    assert "FNDA:3,GET /orders" in told


def test_points_that_share_a_line_are_its_branches(figures: Figures) -> None:
    line = next(number for number, text in enumerate(LINES, 1) if "items: {enum: [new, paid]}" in text)
    told = [one for one in lcov(figures).splitlines() if one.startswith(f"BRDA:{line},")]
    assert told == [f"BRDA:{line},0,0,3", f"BRDA:{line},0,1,0"]


def test_cobertura_has_the_same_lines_as_lcov(figures: Figures) -> None:
    root = ElementTree.fromstring(cobertura(figures))
    lines = {one.get("number"): one.get("hits") for one in root.findall("packages/package/classes/class/lines/line")}
    assert lines == dict(one[3:].split(",") for one in lcov(figures).splitlines() if one.startswith("DA:"))
    assert root.get("lines-valid") == str(len(lines))
    assert {one.get("name") for one in root.iter("method")} == {"GET /orders", "POST /orders", "GET /orders/{kind}"}


# The elements of the DTD (coverage-04) with what each may hold, and the attributes that it must have.
RATES = {"line-rate", "branch-rate", "complexity"}
TOTALS = {"lines-covered", "lines-valid", "branches-covered", "branches-valid"}
ELEMENTS = {
    "coverage": (["sources", "packages"], {*RATES, *TOTALS, "version", "timestamp"}),
    "sources": (["source"], set()),
    "source": ([], set()),
    "packages": (["package"], set()),
    "package": (["classes"], {*RATES, "name"}),
    "classes": (["class"], set()),
    "class": (["methods", "lines"], {*RATES, "name", "filename"}),
    "methods": (["method"], set()),
    "method": (["lines"], {*RATES, "name", "signature"}),
    "lines": (["line"], set()),
    "line": ([], {"number", "hits"}),
}


def test_cobertura_has_the_shape_of_its_dtd(figures: Figures) -> None:
    for element in ElementTree.fromstring(cobertura(figures)).iter():
        children, attributes = ELEMENTS[element.tag]
        assert list(dict.fromkeys(child.tag for child in element)) == [
            one for one in children if element.find(one) is not None
        ]
        assert attributes <= set(element.keys())


def test_json_has_every_point_with_its_place_and_count(figures: Figures) -> None:
    told = json.loads(as_json(figures))
    points = {one["name"]: one for one in told["points"]}
    assert points.keys() == {point.name for point in figures.points}
    found = points["response Order.id"]
    assert found["count"] == 3
    assert found["pointer"] == "/components/schemas/Order/allOf/0/properties/id"
    assert "id: {type: integer, readOnly: true}" in LINES[found["line"] - 1]
    assert told["whole"] == {
        "hit": figures.whole.hit,
        "all": figures.whole.all,
        "percent": round(figures.whole.percent, 2),
    }


class _Reader(HTMLParser):
    """Tags that are open, all that were seen, and everything that would be loaded."""

    void = frozenset({"meta", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_loads_nothing_and_runs_nothing(figures: Figures) -> None:
    reader = _Reader()
    reader.feed(page(figures))
    assert reader.open == []
    assert reader.loaded == []
    assert not {"script", "link", "iframe", "img"} & reader.seen
    assert "url(" not in page(figures)
    assert "@import" not in page(figures)


def test_the_page_tells_what_was_exercised_how_often(figures: Figures) -> None:
    told = page(figures)
    assert re.search(r'<tr class="hit"><td>enum value</td><td><code>query state = new</code>.*3 ×</td>', told)
    assert re.search(r'<tr class="miss"><td>enum value</td><td><code>query state = paid</code>.*never</td>', told)
    assert re.search(r'<li class="miss"><code>GET /orders/\{kind\}</code>', told)


def test_names_from_the_contract_are_escaped_on_the_page(tmp_path: Path) -> None:
    read = contract(tmp_path, DOCUMENT.replace("tags: [orders]", "tags: ['<b>&']"))
    told = page(Figures(read, one_run(Subject.of(read), {})))
    assert "&lt;b&gt;&amp;" in told
    assert "<b>" not in told
