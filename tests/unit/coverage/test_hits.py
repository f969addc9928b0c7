"""What an exchange exercises."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.coverage.plan import Plan
from mockhoop.journals.entry import Entry, Transition
from mockhoop.resources import spec_dir

from .contracts import JSON, contract, entry, labels, posted


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(contract(tmp_path))


@pytest.mark.parametrize(
    ("status", "declared"), [(200, "200"), (404, "4XX"), (500, "default"), (299, "default"), (400, "4XX")]
)
def test_a_status_counts_as_it_is_declared(plan: Plan, status: int, declared: str) -> None:
    assert labels(plan, entry("GET /v1/orders", status)) == {"GET /orders", declared}


def test_a_status_that_nobody_declares_counts_as_none(plan: Plan) -> None:
    assert labels(plan, entry("GET /v1/orders/open", 200)) == {"GET /orders/{kind}", "path kind", "path kind = open"}


def test_an_answer_that_was_broken_off_has_no_status(plan: Plan) -> None:
    assert labels(plan, entry("GET /v1/orders", 0)) == {"GET /orders"}


def test_the_operation_that_an_exchange_names_wins_over_its_path(plan: Plan) -> None:
    assert labels(plan, entry("GET /elsewhere", 204, operation="GET /orders/{kind}")) == {"GET /orders/{kind}", "204"}


def test_a_call_that_means_nothing_exercises_nothing(plan: Plan) -> None:
    assert plan.hits(entry("GET /v1/nothing", 404)) == set()


def test_a_head_is_the_get_without_a_body(plan: Plan) -> None:
    told = entry("HEAD /v1/orders", 200, [{"id": 1}])
    assert labels(plan, told) == {"GET /orders", "200", "200 application/json"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=new", {"query state", "query state = new"}),
        ("state=new,paid", {"query state", "query state = new", "query state = paid"}),
        ("state=", {"query state"}),
        ("state=lost", {"query state"}),
        ("page[order]=up", {"query page", "query page.order = up"}),
        ("page%5Border%5D=down", {"query page", "query page.order = down"}),
        ("pages=3", set()),
    ],
)
def test_parameters_in_a_query(plan: Plan, query: str, found: set[str]) -> None:
    assert labels(plan, entry(f"GET /v1/orders?{query}", 404)) == {"GET /orders", "4XX", *found}


def test_parameters_in_headers_and_cookies(plan: Plan) -> None:
    told = entry("GET /v1/orders", 404, request_headers=(("TRACE", "1"), ("cookie", "a=b; seen=true")))
    assert labels(plan, told) == {"GET /orders", "4XX", "header trace", "cookie seen", "cookie seen = true"}


def answered(plan: Plan, answer: Any) -> set[str]:
    """The properties and values that an answer exercises."""
    found = labels(plan, entry("GET /v1/orders", 200, answer)) - {"GET /orders", "200", "200 application/json"}
    return {label.removeprefix("response ") for label in found}


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"id": 1}, {"Order.id"}),
        ({"state": "paid"}, {"Order.state", "Order.state = paid"}),
        ({"state": None}, {"Order.state", "Order.state = null"}),
        ({"unheard of": 1}, set()),
        ({"parts": [{"id": 1}, {"state": "new"}]}, {"Order.parts", "Order.id", "Order.state", "Order.state = new"}),
        ({"notes": {"any": {"text": ""}}}, {"Order.notes", "Note.text"}),
        ({"payment": {"by": "plastic"}}, {"Order.payment", "Card.by"}),
        ({"payment": {"by": "Bill", "address": ""}}, {"Order.payment", "Bill.by", "Bill.address"}),
        ({"payment": {"by": "?", "number": "1"}}, {"Order.payment", "Card.by", "Card.number"}),
        ({"payment": None}, {"Order.payment"}),
        ({"payment": {"number": "1", "wish": "x"}}, {"Order.payment", "Gift.number", "Gift.wish"}),
        ({"payment": {"number": "1"}}, {"Order.payment", "Gift.number", "Card.number"}),
        ({"payment": {"address": "x"}}, {"Order.payment", "Bill.address"}),
        ({"payment": {"address": "x", "wish": "x"}}, {"Order.payment", "Gift.wish"}),
        ({"size": 2}, {"Order.size", "Order.size|0 = 2"}),
        ({"size": 2.0}, {"Order.size", "Order.size|0 = 2"}),
        ({"size": "small"}, {"Order.size", "Order.size|1 = small"}),
        ({"size": True}, {"Order.size"}),
    ],
)
def test_what_is_in_an_answer(plan: Plan, order: Mapping[str, Any], found: set[str]) -> None:
    assert answered(plan, [order]) == found


def test_a_body_that_cannot_be_read_exercises_its_media_type_only(plan: Plan) -> None:
    told = entry("GET /v1/orders", 200, response_headers=JSON, response_body=b'[{"id": ')
    assert labels(plan, told) == {"GET /orders", "200", "200 application/json"}


def test_a_media_type_that_nobody_declares_counts_as_none(plan: Plan) -> None:
    told = entry("GET /v1/orders", 200, response_headers=(("content-type", "text/html"),), response_body=b"<p>")
    assert labels(plan, told) == {"GET /orders", "200"}


def test_what_is_in_a_request(plan: Plan) -> None:
    found = labels(plan, posted({"secret": "x", "state": "new"}))
    assert {"request application/json", "request Order.secret", "request Order.state = new"} <= found


def test_a_form_is_read_by_its_schema(plan: Plan) -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    found = labels(plan, entry("POST /v1/orders", 201, request_headers=form, request_body=b"gift=true"))
    body = {"request application/x-www-form-urlencoded", "request gift", "request gift = true"}
    assert found == {"POST /orders", "201", *body}


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_a_gateway_that_takes_a_body_of_any_type_reads_json(content_type: str) -> None:
    plan = Plan(load_contract(spec_dir() / "hoop.yaml"))
    headers = (("Content-Type", content_type),) if content_type else ()
    told = entry("POST /api/sessions", 200, request_headers=headers, request_body=b'{"connection": "pgdemo"}')
    assert "request openapi.ExecRequest.connection" in labels(plan, told)


def test_the_lives_of_sessions_and_reviews_are_told_by_the_exchange() -> None:
    plan = Plan(load_contract(spec_dir() / "hoop.yaml"))
    steps = (Transition("review", "PENDING", "APPROVED"), Transition("session", "", "open"), Transition("x", "a", "b"))
    told = Entry(method="GET", path="/nothing", status=404, transitions=steps)
    assert plan.hits(told) == {"review: PENDING → APPROVED", "session: begins open"}


THINGS = """\
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      parameters:
        - {name: piped, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {enum: [a, b]}}}
        - {name: spaced, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {enum: [a, b]}}}
      responses:
        '200':
          description: Some.
          content:
            application/json:
              schema:
                prefixItems: [{enum: [a]}]
                items:
                  anyOf:
                    - {type: object, properties: {one: {type: string}}}
                    - {type: object, properties: {one: {type: string}, two: {type: string}}}
                    - {enum: [a]}
                    - {type: object, additionalProperties: false, patternProperties: {^x: {}}, properties: {three: {}}}
"""


@pytest.fixture
def things(tmp_path: Path) -> Plan:
    return Plan(contract(tmp_path, THINGS))


def thing(plan: Plan, *values: Any) -> set[str]:
    """What is exercised by an answer with these values."""
    found = labels(plan, entry("GET /things", 200, list(values))) - {"GET /things", "200", "200 application/json"}
    return {label.removeprefix("response 200") for label in found}


def test_of_alternatives_that_may_hold_together_all_that_fit_count(things: Plan) -> None:
    assert thing(things, "a", {"one": "", "two": ""}) == {"[0] = a", "[]|0.one", "[]|1.one", "[]|1.two"}


def test_what_stands_behind_the_first_items_is_of_the_schema_of_the_others(things: Plan) -> None:
    assert thing(things, "a") == {"[0] = a"}
    assert thing(things, "?", "a") == {"[]|2 = a"}


def test_an_object_is_not_closed_to_names_that_follow_a_pattern(things: Plan) -> None:
    assert "[]|3.three" in thing(things, "a", {"three": 1, "x-ray": 1})


@pytest.mark.parametrize("query", ["piped=a|b", "piped=a%7Cb", "spaced=a%20b", "spaced=a+b"])
def test_a_list_in_a_query_is_split_by_its_style(things: Plan, query: str) -> None:
    name = query.partition("=")[0]
    found = labels(things, entry(f"GET /things?{query}", 500))
    assert found == {"GET /things", f"query {name}", f"query {name} = a", f"query {name} = b"}
