"""Serving a document that is not Hoop's: answers out of its schemas, 404, 405 and 422 as problem documents."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Serve
from .processes import Answer, Server

SHOP = """\
openapi: 3.0.3
info: {title: A shop, version: '1'}
servers:
  - url: https://shop.example.com/{version}/
    variables: {version: {default: v2}}
paths:
  x-note: nothing to serve
  /items:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1}}
      responses: {'200': {$ref: '#/components/responses/Items'}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses:
        '201':
          description: Made.
          headers: {Location: {required: true, schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}
  /items/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {$ref: '#/components/responses/Item'}}}
    delete: {responses: {'204': {description: Gone.}}}
  /items/{id}.txt:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: Text., content: {text/plain: {schema: {type: string, minLength: 1}}}}}}
  /old:
    get: {responses: {'301': {description: Moved., headers: {Location: {required: true, schema: {type: string}}}}}}
  /any:
    get: {responses: {'200': {description: Anything., content: {'*/*': {schema: {type: boolean}}}}}}
  /broken:
    get: {responses: {'200': {description: Never., content: {application/json: {schema: {not: {}}}}}}}
components:
  responses:
    Item:
      description: One.
      content: {application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Item'}}}
    Items:
      description: Some.
      content: {application/json: {schema: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Item'}}}}
  schemas:
    Item:
      type: object
      required: [id, kind]
      additionalProperties: false
      properties:
        id: {type: integer, minimum: 1}
        kind: {type: string, enum: [a, b]}
        day: {type: string, format: date}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the shop that validates its own answers."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    server = Server("shop.yaml", "--scenario", "empty", "--check-responses", folder=folder)
    yield server
    server.stop()
    assert "Traceback" not in server.log


def test_the_base_path_is_that_of_the_first_server(shop: Server) -> None:
    assert shop.url == f"http://127.0.0.1:{shop.port}/v2"


@pytest.mark.parametrize(
    ("path", "status", "media_type"),
    [
        ("/items", 200, "application/json"),
        ("/items?limit=5", 200, "application/json"),
        ("/items/7", 200, "application/json; charset=utf-8"),
        ("/items/seven.txt", 200, "text/plain"),
        ("/old", 301, None),
    ],
)
def test_an_answer_is_what_the_contract_says(shop: Server, path: str, status: int, media_type: str | None) -> None:
    answer = shop.get(path, token=None)
    assert (answer.status, answer.headers.get("content-type")) == (status, media_type)
    assert json.loads(answer.headers.get("x-mockhoop-violations", "[]")) == []


def test_any_media_type_is_json(shop: Server) -> None:
    answer = shop.get("/any")
    assert (answer.headers["content-type"], answer.json in (True, False)) == ("application/json", True)


def test_what_is_made_has_the_headers_that_the_contract_requires(shop: Server) -> None:
    answer = shop.ask("POST", "/v2/items", None, {"Content-Type": "application/json"}, b'{"id": 1, "kind": "a"}')
    assert (answer.status, "location" in answer.headers, set(answer.json) >= {"id", "kind"}) == (201, True, True)


def test_an_answer_without_content_has_no_body(shop: Server) -> None:
    answer = shop.ask("DELETE", "/v2/items/9", None)
    assert (answer.status, answer.body) == (204, b"")


def test_the_same_call_has_the_same_answer(shop: Server) -> None:
    assert shop.get("/items/7").body == shop.get("/items/7").body != shop.get("/items/8").body


def problem(answer: Answer, kind: str) -> tuple[int, str]:
    """Status and detail of an answer, which must be a problem document (RFC 9457) of a kind."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json
    assert (body["type"], body["status"]) == (f"urn:mockhoop:{kind}", answer.status)
    return answer.status, body["detail"]


@pytest.mark.parametrize(
    ("target", "detail"),
    [
        ("/v2/nothing", "the contract has no operation at /nothing"),
        ("/v2/x-note", "the contract has no operation at /x-note"),
        ("/v2/items/", "the contract has no operation at /items/; did you mean GET /items or GET /items/{id} or "),
        ("/elsewhere", "everything here begins with /v2/"),
    ],
)
def test_an_unknown_path_is_a_problem(shop: Server, target: str, detail: str) -> None:
    status, told = problem(shop.ask("GET", target), "NO_PATH_MATCHED_ERROR")
    assert (status, told[: len(detail)]) == (404, detail)


def test_a_method_that_the_contract_does_not_have_is_a_problem(shop: Server) -> None:
    answer = shop.ask("PUT", "/v2/items")
    assert problem(answer, "NO_METHOD_MATCHED_ERROR") == (405, "the contract has only GET, POST at /items")
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("method", "target", "body", "found"),
    [
        ("GET", "/v2/items?limit=0", None, [("query", "/limit", "minimum")]),
        ("GET", "/v2/items/seven", None, [("path", "/id", "type")]),
        ("POST", "/v2/items", None, [("body", "", "required")]),
        ("POST", "/v2/items", b"{", [("body", "", "malformed")]),
        ("POST", "/v2/items", b'{"id": 0}', [("body", "", "required"), ("body", "/id", "minimum")]),
    ],
)
def test_a_call_that_breaks_the_contract_is_a_problem_with_every_violation(
    shop: Server, method: str, target: str, body: bytes | None, found: list[tuple[str, str, str]]
) -> None:
    answer = shop.ask(method, target, None, {"Content-Type": "application/json"}, body)
    status, detail = problem(answer, "UNPROCESSABLE_ENTITY")
    assert (status, detail.startswith("the request breaks the contract: ")) == (422, True)
    assert [(one["location"], one["pointer"], one["code"]) for one in answer.json["validation"]] == found


def test_a_schema_that_nothing_satisfies_is_a_problem(shop: Server) -> None:
    status, detail = problem(shop.get("/broken"), "UNSATISFIABLE")
    assert (status, "no value satisfies the schema" in detail) == (500, True)


def test_a_browser_may_ask_before_it_calls(shop: Server) -> None:
    answer = shop.ask("OPTIONS", "/v2/items", None, {"Access-Control-Request-Headers": "authorization"})
    assert answer.status == 204
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "authorization"


def test_no_cors_leaves_the_cors_headers_out(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    server = serve("shop.yaml", "-s", "empty", "--no-cors")
    answers = [server.get("/items"), server.ask("OPTIONS", "/v2/items")]
    assert [name for answer in answers for name in answer.headers if name.startswith("access-control")] == []
