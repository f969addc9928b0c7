"""Everything of a contract that can be exercised is a point, told in the contract's words, at its line."""

from pathlib import Path

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.coverage.places import Places
from mockhoop.coverage.plan import Plan
from mockhoop.coverage.point import KINDS, PARAMETER, TRANSITION
from mockhoop.resources import spec_dir

from .contracts import DOCUMENT, contract

OVERLAY = """\
overlay: 1.0.0
info: {title: Corrections, version: '1'}
actions:
  - target: $.paths['/orders'].get.parameters[0]
    remove: true
  - target: $.paths['/orders'].get.responses
    update: {'503': {description: Later.}}
  - target: $.paths['/orders'].get.parameters
    update:
      name: colour
      in: query
      schema:
        enum: [red]
  - target: $.paths['/orders']
    update:
      put:
        responses: {'200': {description: Put.}}
  - target: $.components.schemas.Order.allOf[1]
    update:
      properties:
        extra: {type: string}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(contract(tmp_path))


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(DOCUMENT.splitlines(), 1) if text in line)


def test_the_parameters_of_an_operation_are_its_own_and_its_paths(plan: Plan) -> None:
    found = [point.label for point in plan.points.values() if point.kind == PARAMETER and "kind" not in point.name]
    get = ["query state", "query page", "cookie seen", "header trace"]
    assert found == [*get, "header trace"]


def test_enum_values_of_parameters_are_named_by_what_a_request_says(plan: Plan) -> None:
    names = [name.partition(": ")[2] for name in plan.points if name.startswith("GET /orders: ") and " = " in name]
    told = [name for name in names if not name.startswith("response")]
    assert told == [
        "query state = new",
        "query state = paid",
        "query page.order = up",
        "query page.order = down",
        "cookie seen = true",
        "cookie seen = false",
    ]


def test_a_schema_that_contains_itself_is_told_once_in_each_direction(plan: Plan) -> None:
    assert [name for name in plan.points if name.endswith("Order.parts")] == [
        "request Order.parts",
        "response Order.parts",
    ]


def test_what_goes_one_way_only_is_no_point_of_the_other_way(plan: Plan) -> None:
    assert "response Order.id" in plan.points
    assert "request Order.id" not in plan.points
    assert "request Order.secret" in plan.points
    assert "response Order.secret" not in plan.points


def test_null_among_the_values_of_an_enum_counts(plan: Plan) -> None:
    assert "response Order.state = null" in plan.points


@pytest.mark.parametrize(
    ("name", "text", "below"),
    [
        ("GET /orders", "    get:", 0),
        ("GET /orders: header trace", "{name: trace", 0),
        ("GET /orders: query state", "- name: state", 0),
        ("GET /orders: query state = paid", "items: {enum: [new, paid]}", 0),
        ("GET /orders: 4XX", "4XX: {$ref", 0),
        ("GET /orders: 4XX application/json", "    Refused:", 3),
        ("GET /orders: 200 text/csv", "text/csv", 0),
        ("response Order.payment", "            payment:", 0),
        ("response Card.number", "    Card:", 0),
    ],
)
def test_a_point_stands_at_its_line(tmp_path: Path, name: str, text: str, below: int) -> None:
    read = contract(tmp_path)
    place = Places(read).of(Plan(read).points[name])
    assert place == (str(tmp_path / "shop.yaml"), line_of(text) + below)


def test_items_behind_one_that_an_overlay_took_out_keep_their_line(tmp_path: Path) -> None:
    read = contract(tmp_path, overlay=OVERLAY)
    points = Plan(read).points
    assert "GET /orders: query state" not in points
    assert Places(read).of(points["GET /orders: query page"]) == (str(tmp_path / "shop.yaml"), line_of("{name: page"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GET /orders: 503", "'503'"),
        ("GET /orders: query colour", "name: colour"),
        ("GET /orders: query colour = red", "enum: [red]"),
        ("PUT /orders", "put:"),
        ("response Order.extra", "extra:"),
    ],
)
def test_what_an_overlay_has_added_stands_in_the_overlay(tmp_path: Path, name: str, text: str) -> None:
    read = contract(tmp_path, overlay=OVERLAY)
    line = next(number for number, line in enumerate(OVERLAY.splitlines(), 1) if text in line)
    assert Places(read).of(Plan(read).points[name]) == (str(tmp_path / "overlays" / "shop.yaml"), line)


def test_only_a_gateway_has_lives_of_sessions_and_reviews(plan: Plan) -> None:
    gateway = Plan(load_contract(spec_dir() / "hoop-1.49.10.yaml"))
    assert TRANSITION not in {point.kind for point in plan.points.values()}
    assert len([point for point in gateway.points.values() if point.kind == TRANSITION]) == 18


@pytest.mark.parametrize("name", ["hoop", "hoop-1.49.10"])
def test_every_point_of_the_shipped_contracts_has_a_kind_a_line_and_a_name_of_its_own(name: str) -> None:
    read = load_contract(spec_dir() / f"{name}.yaml")
    plan, places = Plan(read), Places(read)
    own = [point for point in plan.points.values() if point.kind != TRANSITION]
    assert all(bool(point.operation) != bool(point.schema) for point in own)
    assert {point.kind for point in plan.points.values()} == set(KINDS)
    lines = [places.of(point) for point in own]
    assert all(place is not None and place.line > 1 for place in lines)
