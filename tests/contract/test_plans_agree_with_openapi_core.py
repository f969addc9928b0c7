"""The compiled plans accept and reject exactly what openapi-core does when it is used as documented."""

import warnings
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from mockhoop.contract.document import load_contract, served_document
from mockhoop.contract.formats import FORMATS
from mockhoop.contract.operations import Operations
from mockhoop.contract.query import Query
from mockhoop.contract.validation import Validator
from mockhoop.messages import Call
from mockhoop.resources import spec_dir

SERVER = "http://localhost/api"

# Beside Hoop's own contracts, a document with what they do not use.
STYLES: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Styles", "version": "1"},
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
                {"name": "shared", "in": "query", "schema": {"type": "string", "enum": ["path"]}},
            ],
            "post": {
                "parameters": [
                    {"name": "shared", "in": "query", "schema": {"type": "string", "enum": ["operation"]}},
                    {"name": "must", "in": "query", "required": True, "schema": {"type": "boolean"}},
                    {
                        "name": "tags",
                        "in": "query",
                        "schema": {
                            "type": "array",
                            "items": {"type": "string", "minLength": 2},
                            "maxItems": 2,
                        },
                    },
                    {
                        "name": "pipes",
                        "in": "query",
                        "style": "pipeDelimited",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {
                        "name": "deep",
                        "in": "query",
                        "style": "deepObject",
                        "explode": True,
                        "schema": {"type": "object", "properties": {"a": {"type": "integer"}}},
                    },
                    {
                        "name": "json",
                        "in": "query",
                        "content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}},
                    },
                    {"name": "level", "in": "query", "schema": {"type": "integer", "default": 3, "maximum": 5}},
                    {"name": "X-Level", "in": "header", "schema": {"type": "number", "multipleOf": 0.5}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string", "maxLength": 3},
                                    "when": {"type": "string", "format": "date-time"},
                                },
                                "additionalProperties": False,
                            }
                        },
                        "text/*": {"schema": {"type": "string", "minLength": 1}},
                    },
                },
                "responses": {"200": {"description": "fine"}},
            },
        }
    },
}


class DocumentedRequest:
    """A request as openapi-core's own adapters make one."""

    def __init__(self, call: Call) -> None:
        query = Query(call.raw_query)
        self.host_url = "http://localhost"
        self.path = call.raw_path
        self.method = call.method.lower()
        self.body = call.body or None
        self.content_type = call.headers.get("Content-Type", "")
        pairs = [(name, value) for name in query for value in query.getlist(name)]
        self.parameters = RequestParameters(query=ImmutableMultiDict(pairs), header=Headers(list(call.headers.items())))


@lru_cache
def parties(name: str) -> tuple[Operations, Validator, OpenAPI]:
    if name == "styles":
        document = {**STYLES, "servers": [{"url": SERVER}]}
        operations = Operations(STYLES)
    else:
        contract = load_contract(spec_dir() / name)
        document = served_document(contract, SERVER)
        operations = contract.operations
    from openapi_core import Config

    openapi = OpenAPI.from_dict(document, config=Config(extra_format_validators=FORMATS))
    return operations, Validator(document), openapi


def documented_errors(openapi: OpenAPI, call: Call) -> list[Exception]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # allowEmptyValue, which the overlays need
        try:
            return list(openapi.iter_request_errors(DocumentedRequest(call)))
        except (LookupError, AttributeError, TypeError, ValueError) as stumble:
            return [stumble]  # over malformed values; what it cannot read it does not accept


def assert_both_agree(name: str, call: Call) -> None:
    operations, validator, openapi = parties(name)
    match = operations.match(call.method, call.path.removeprefix("/api"))
    assert match is not None
    found = validator.request(match.operation, call, match.parameters)
    documented = documented_errors(openapi, call)
    assert bool(found) == bool(documented), (found, documented)
    ours = {(violation.location, violation.pointer.split("/")[1] if violation.pointer else "") for violation in found}
    for error in documented:
        if not isinstance(error, OpenAPIError):
            return
        where = (getattr(error, "location", "body"), getattr(error, "name", ""))
        assert where in ours or (where[0] == "body" and any(place == "body" for place, _ in ours))


VALUES = st.one_of(
    st.sampled_from(
        [
            "0",
            "1",
            "-1",
            "٣",
            "1_000",
            "1.5",
            "abc",
            "a,b",
            "1|2",
            "true",
            "utf8",
            "base64",
            "raw-queries",
            "i,o,e",
            "event_stream",
            "event_stream,session_input",
            "session_input,foo",
            "exact",
            "none",
            "PENDING",
            "a%b\x00",
            "2024-07-25T15:56:35Z",
            "2024-07-25",
            "2024-02-30T00:00:00Z",
            '{"a":1}',
            "{}",
            "[",
            "5",
            "6",
            "operation",
        ]
    ),
    st.just(""),
    st.text(max_size=6),
)


def names_of(name: str, key: str) -> list[str]:
    operation = parties(name)[0].get(key)
    assert operation is not None
    declared = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"]
    return [*declared, "undeclared", "deep[a]", "deep[b]"]


def queries(name: str, key: str) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.sampled_from(names_of(name, key)), VALUES)
    return st.lists(pairs, max_size=5).map(lambda chosen: urlencode(chosen, errors="surrogatepass"))


HOOP = [
    (name, f"GET {template}")
    for name in ("hoop.yaml", "hoop-1.49.10.yaml")
    for template in (
        "/sessions",
        "/sessions/{session_id}",
        "/sessions/{session_id}/download",
        "/sessions/{session_id}/download/input",
    )
]
PUBLIC_OR_SIGNED_IN = {"Authorization": "Bearer any"}


@pytest.mark.parametrize(("name", "key"), HOOP, ids=[f"{name} {key}" for name, key in HOOP])
@given(data=st.data())
def test_a_plan_rejects_the_queries_that_openapi_core_rejects(name: str, key: str, data: st.DataObject) -> None:
    path = "/api" + key.removeprefix("GET ").replace("{session_id}", "1cbc8db5-fbf8-4293-8e35-59a6eea40207")
    call = Call("GET", path, data.draw(queries(name, key)), headers=PUBLIC_OR_SIGNED_IN)
    assert_both_agree(name, call)


BODIES = st.sampled_from(
    [b"", b"{}", b'{"name":"abc"}', b'{"name":"abcd","x":1}', b'{"name":"a","when":"2024"}', b"[", b"null", b"x"]
)
TYPES = st.sampled_from(
    ["application/json", "application/json; charset=utf-8", "text/plain", "text/csv", "image/png", ""]
)


@given(
    number=st.sampled_from(["1", "0", "-3", "x", "1.0", "%20"]),
    query=queries("styles", "POST /things/{id}"),
    body=BODIES,
    content_type=TYPES,
    level=st.sampled_from([None, "1", "1.5", "0.3", "x", ""]),
)
@settings(max_examples=300)
def test_a_plan_agrees_about_styles_bodies_headers_and_shared_parameters(
    number: str, query: str, body: bytes, content_type: str, level: str | None
) -> None:
    headers = Headers({"Content-Type": content_type} if content_type else {})
    if level is not None:
        headers["X-Level"] = level
    assert_both_agree("styles", Call("POST", f"/api/things/{number}", query, headers, body))


def test_every_violation_is_listed_in_the_contracts_order() -> None:
    operations, validator, _ = parties("hoop.yaml")
    match = operations.match("GET", "/sessions")
    assert match is not None
    call = Call("GET", "/api/sessions", "count=x&offset=y&limit=z")
    found = validator.request(match.operation, call, {})
    assert [(violation.pointer, violation.code) for violation in found] == [
        ("/limit", "type"),
        ("/offset", "type"),
        ("/count", "enum"),
    ]
