"""What is mended in a document because there is no doubt of what is meant, and what is told of it."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from mockhoop.contract.document import Contract, load_contract, refuse_unsound
from mockhoop.errors import SourceError

INFO = "info: {title: A shop, version: '1'}\n"
FINE = "{responses: {'200': {description: fine}}}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def mended(path: Path, text: str) -> tuple[Contract, list[tuple[int, str]]]:
    """The contract, which must be sound, and its warnings with their lines."""
    path.write_text(dedent(text))
    contract = load_contract(path)
    refuse_unsound(contract)
    return contract, [(problem.line, problem.message) for problem in contract.warnings]


def operation(contract: Contract, key: str) -> Mapping[str, Any]:
    found = contract.operations.get(key)
    assert found is not None
    return {**found.definition, "parameters": found.parameters}


@pytest.mark.parametrize(
    ("head", "told", "version", "info"),
    [
        ("openapi: 3.0\n" + INFO, [(1, "the version 3.0 is not a whole one")], "3.0.3", ("A shop", "1")),
        ("openapi: 3.1\n" + INFO, [(1, "the version 3.1 is not a whole one")], "3.1.0", ("A shop", "1")),
        ("openapi: 3.0.0\n", [(1, "the document has no info")], "3.0.0", ("API", "0")),
        (
            "openapi: 3.0.0\ninfo: {title: 24, version: 1.5}\n",
            [(2, "the title is a number"), (2, "the version is a number")],
            "3.0.0",
            ("24", "1.5"),
        ),
        (
            "openapi: 3.0.0\ninfo: {description: none}\n",
            [(2, "info has no title"), (2, "info has no version")],
            "3.0.0",
            ("API", "0"),
        ),
    ],
)
def test_the_head_of_a_document(
    path: Path, head: str, told: list[tuple[int, str]], version: str, info: tuple[str, str]
) -> None:
    contract, warnings = mended(path, f"{head}paths: {{/a: {{get: {FINE}}}}}\n")
    assert warnings == told
    document = contract.document
    assert (document["openapi"], (document["info"]["title"], document["info"]["version"])) == (version, info)


def test_the_published_document_stays_as_it_is(path: Path) -> None:
    contract, _ = mended(path, f"openapi: 3.0.0\npaths: {{'/a/{{id}}': {{get: {FINE}}}}}\n")
    assert contract.published == {
        "openapi": "3.0.0",
        "paths": {"/a/{id}": {"get": {"responses": {"200": {"description": "fine"}}}}},
    }


def test_the_parameters_of_a_path(path: Path) -> None:
    contract, warnings = mended(
        path,
        f"""\
        openapi: 3.0.3
        {INFO.strip()}
        paths:
          /shops/{{shop}}/items/{{id}}:
            parameters:
              - {{name: shop, in: path, schema: {{type: integer}}}}
            get:
              parameters:
                - {{name: limit, in: query, schema: {{type: integer}}}}
                - {{name: gone, in: path, required: true, schema: {{type: string}}}}
                - {{name: limit, in: query, schema: {{type: string}}}}
              responses: {{'200': {{description: fine}}}}
            delete: {FINE}
        """,
    )
    assert warnings == [
        (6, "the path parameter shop is not required: true"),
        (10, "the path has no {gone}, which a parameter declares"),
        (11, "the parameter limit in query is declared twice"),
        (4, "the path parameter id is not declared"),
    ]
    names = {
        (parameter["name"], parameter["in"])
        for parameter in operation(contract, "GET /shops/{shop}/items/{id}")["parameters"]
    }
    assert names == {("shop", "path"), ("id", "path"), ("limit", "query")}
    shop = operation(contract, "DELETE /shops/{shop}/items/{id}")["parameters"][0]
    assert shop == {"name": "shop", "in": "path", "required": True, "schema": {"type": "integer"}}


def test_places_stay_right_after_a_parameter_was_dropped(path: Path) -> None:
    with pytest.raises(SourceError, match=r"shop\.yaml:7:.*'numbr'|shop\.yaml:7:.*\"numbr\""):
        mended(
            path,
            f"""\
            openapi: 3.0.3
            {INFO.strip()}
            paths:
              /a:
                parameters:
                  - {{name: gone, in: path, required: true, schema: {{type: string}}}}
                  - {{name: limit, in: query, schema: {{type: numbr}}}}
            """,
        )


def test_a_shared_parameter_and_a_shared_response_are_mended_where_they_stand(path: Path) -> None:
    contract, warnings = mended(
        path,
        f"""\
        openapi: 3.0.3
        {INFO.strip()}
        paths:
          /a/{{id}}:
            get:
              parameters: [{{$ref: '#/components/parameters/Id'}}]
              responses: {{'200': {{$ref: '#/components/responses/All'}}}}
        components:
          parameters:
            Id: {{name: id, in: path, schema: {{type: string}}}}
          responses:
            All: {{}}
        """,
    )
    assert warnings == [
        (10, "the path parameter id is not required: true"),
        (12, "the response has no description"),
    ]
    assert operation(contract, "GET /a/{id}")["parameters"][0]["required"] is True


@pytest.mark.parametrize("responses", ["", "responses: {}", "responses: null"])
def test_an_operation_without_responses(path: Path, responses: str) -> None:
    contract, warnings = mended(path, f"openapi: 3.0.3\n{INFO}paths: {{/a: {{get: {{{responses}}}}}}}\n")
    assert warnings == [(3, "the operation has no responses")]
    assert operation(contract, "GET /a")["responses"] == {"default": {"description": ""}}


def test_what_openapi_3_1_permits_is_no_reason_for_a_warning(path: Path) -> None:
    contract, warnings = mended(path, f"openapi: 3.1.0\n{INFO}components: {{schemas: {{A: true}}}}\n")
    assert (warnings, len(contract.operations)) == ([], 0)
    assert mended(path, f"openapi: 3.1.0\n{INFO}paths: {{/a: {{get: {{}}}}}}\n")[1] == []


def test_what_is_wrong_but_keeps_nobody_from_serving_is_only_told(path: Path) -> None:
    _, warnings = mended(
        path,
        f"""\
        openapi: 3.0.3
        {INFO.strip()}
        servers: []
        tags: [{{name: a}}, {{name: a, description: the same}}]
        paths:
          /a:
            get: {{operationId: a, responses: {{'200': {{description: fine}}}}}}
            put: {{operationId: a, responses: {{'200': {{description: fine}}}}}}
        components:
          schemas:
            A: {{type: integer, default: many}}
            B: {{type: string, enum: [x], example: 1}}
            C: {{type: integer, minimum: 3, default: 2}}
            D: {{type: string, nullable: true, default: null}}
        """,
    )
    assert warnings == [
        (4, "another tag has the name a"),
        (8, "another operation has the operationId a"),
        (11, 'the default "many" is not of type integer'),
        (12, "the example 1 is not of type string"),
        (13, "the default 2 is less than the minimum 3"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "info: []\npaths: {}",
        "info: {}\npaths: []",
        "paths: {/a: []}",
        "paths: {/a: {get: []}}",
        "paths: {/a: {get: {parameters: {}}}}",
        "paths: {/a: {get: {parameters: [1, {name: 1, in: 2}]}}}",
        "paths: {/a: {get: {responses: [1]}}}",
        "paths: {/a: {$ref: '#/paths/~1a'}}",
        "components: []\npaths: {}",
        "paths: {}\nservers: {}",
        "paths: {}\nservers: [1]",
    ],
)
def test_what_is_not_certain_is_refused(path: Path, text: str) -> None:
    with pytest.raises(SourceError):
        mended(path, f"openapi: 3.0.3\n{text}\n")
