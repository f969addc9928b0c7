"""Reading a contract of several files: what refers to what, and where mistakes in them are told."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mockhoop.contract.document import Contract, load_contract, load_contracts, refuse_unsound
from mockhoop.contract.references import resolved
from mockhoop.errors import SourceError
from mockhoop.messages import Call
from mockhoop.resources import spec_dir

HEAD = "openapi: 3.0.3\ninfo: {title: A shop, version: '1'}\n"
GET = "{get: {responses: {'200': {description: fine}}}}"


def written(folder: Path, **files: str) -> Path:
    """The path of the main document; underscores in names stand for slashes, contents are dedented."""
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content))
    return folder / "main.yaml"


def sound(path: Path) -> Contract:
    contract = load_contract(path)
    refuse_unsound(contract)
    return contract


def mistakes(path: Path) -> list[str]:
    with pytest.raises(SourceError) as refusal:
        sound(path)
    return [str(problem).replace(f"{path.parent}/", "") for problem in refusal.value.problems]


def schema_of(contract: Contract, key: str) -> Mapping[str, object]:
    operation = contract.operations.get(key)
    assert operation is not None
    answer = operation.definition["responses"]["200"]["content"]["application/json"]["schema"]
    schema = resolved(contract.document, answer)
    assert isinstance(schema, Mapping)
    return schema


def test_a_document_of_one_file_is_the_one_that_was_read() -> None:
    contract = load_contract(spec_dir() / "control.yaml")
    assert contract.document["paths"] is contract.published["paths"]


def test_a_path_a_parameter_and_a_schema_may_stand_in_other_files(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD
        + dedent("""\
            paths:
              /items: {$ref: paths/items.yaml}
              /items/{id}:
                parameters: [{$ref: 'parameters.yaml#/Id'}]
                get:
                  responses:
                    '200':
                      description: one
                      content: {application/json: {schema: {$ref: 'schemas/item.yaml'}}}
            components:
              schemas:
                Name: {type: string}
            """),
        paths__items="""\
            get:
              responses:
                '200':
                  description: all
                  content:
                    application/json: {schema: {type: array, items: {$ref: '../schemas/item.yaml'}}}
            """,
        parameters="Id: {name: id, in: path, required: true, schema: {type: integer}}\n",
        schemas__item="""\
            type: object
            properties:
              name: {$ref: '../main.yaml#/components/schemas/Name'}
              parent: {$ref: item.yaml}
              first: {$ref: '#/properties/name'}
            """,
    )
    contract = sound(main)
    item = schema_of(contract, "GET /items/{id}")
    assert resolved(contract.document, item["properties"]["name"]) == {"type": "string"}  # type: ignore[index]
    assert resolved(contract.document, item["properties"]["first"]) == {"type": "string"}  # type: ignore[index]
    assert resolved(contract.document, item["properties"]["parent"]) is item  # type: ignore[index]
    assert schema_of(contract, "GET /items")["type"] == "array"
    assert {path.name for path in contract.files} == {"main.yaml", "items.yaml", "parameters.yaml", "item.yaml"}
    assert contract.warnings == ()


ANCHORED = """\
    openapi: 3.1.0
    info: {title: A shop, version: '1'}
    paths:
      /items:
        get:
          responses:
            '200': {description: fine, content: {application/json: {schema: {KEY: 'REFERENCE'}}}}
    components:
      schemas:
        Thing: {$defs: {name: {ANCHOR: name, type: string}}}
"""


@pytest.mark.parametrize(
    ("anchor", "key", "reference"),
    [
        ("$anchor", "$ref", "#name"),
        ("$dynamicAnchor", "$dynamicRef", "#name"),
        ("$dynamicAnchor", "$ref", "#name"),
        ("$anchor", "$ref", "other.yaml#name"),
    ],
)
def test_a_schema_may_be_referred_to_by_the_name_that_it_gives_itself(
    tmp_path: Path, anchor: str, key: str, reference: str
) -> None:
    text = ANCHORED.replace("ANCHOR", anchor).replace("KEY", key).replace("REFERENCE", reference)
    main = written(tmp_path, main=text, other=f"$defs: {{name: {{{anchor}: name, type: string}}}}\n")
    assert schema_of(sound(main), "GET /items") == {anchor: "name", "type": "string"}


def test_a_name_that_no_schema_has_is_a_mistake(tmp_path: Path) -> None:
    main = written(tmp_path, main=ANCHORED.replace("KEY", "$ref").replace("REFERENCE", "#nobody"))
    assert "leads to nothing (no schema has the $anchor nobody)" in mistakes(main)[0]


def test_what_looks_like_a_reference_in_data_is_none(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD
        + dedent("""\
            paths: {}
            components:
              schemas:
                A: {type: object, default: {$ref: nowhere.yaml}, example: {$ref: nowhere.yaml}}
                B: {type: object, enum: [{$ref: nowhere.yaml}]}
              examples:
                C: {externalValue: nowhere.yaml}
            """),
    )
    assert sound(main).files == (main,)


def test_a_response_named_default_may_stand_in_another_file(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD + "paths: {/a: {get: {responses: {default: {$ref: 'other.yaml#/Wrong'}}}}}\n",
        other="Wrong: {description: it went wrong}\n",
    )
    operation = sound(main).operations.get("GET /a")
    assert operation is not None
    assert operation.definition["responses"]["default"]["description"] == "it went wrong"


def test_a_discriminator_leads_into_other_files_too(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD
        + dedent("""\
            paths: {}
            components:
              schemas:
                Pet:
                  oneOf: [{$ref: 'pets.yaml#/components/schemas/Dog'}]
                  discriminator: {propertyName: kind, mapping: {dog: 'pets.yaml#/components/schemas/Dog', cat: Cat}}
                Cat: {type: object}
            """),
        pets="""\
            components:
              schemas:
                Dog: {type: object}
                All: {discriminator: {propertyName: kind, mapping: {dog: Dog}}}
            """,
    )
    document = sound(main).document
    within = "#/x-mockhoop-files/1/components/schemas/Dog"
    assert document["components"]["schemas"]["Pet"]["discriminator"]["mapping"] == {"dog": within, "cat": "Cat"}
    pets = document["x-mockhoop-files"]["1"]["components"]["schemas"]
    assert pets["All"]["discriminator"]["mapping"] == {"dog": within}


def test_all_paths_may_stand_in_another_file(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + "paths: {$ref: paths.yaml}\n", paths=f"/a: {GET}\n")
    contract = sound(main)
    assert contract.operations.get("GET /a")
    assert [problem.message for problem in contract.warnings] == ["paths may not be a reference"]


def test_a_mistake_in_another_file_is_told_there(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD + "paths:\n  /a: {$ref: 'other.yaml#/a'}\n",
        other="""\
            a:
              get:
                parameters:
                  - {name: limit, in: query, schema: {type: many}}
                  - {$ref: '#/lmit'}
                responses:
                  '200': {description: fine}
            limit: {name: n, in: query, schema: {type: string}}
            """,
    )
    assert [text.split(" (")[0] for text in mistakes(main)] == [
        'other.yaml:4:49: "many" is not one of ["array", "boolean", "integer", "number", "object", "string"]',
        "other.yaml:5:16: the reference #/lmit leads to nothing",
    ]


def test_files_that_are_missing_or_broken_are_all_told(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=HEAD + "paths:\n  /a: {$ref: othr.yaml}\n  /b: {$ref: broken.yaml}\n",
        other=GET,
        broken="a: [\n",
    )
    missing, broken = sorted(mistakes(main), reverse=True)
    assert missing == (
        "main.yaml:4:14: the reference othr.yaml leads to othr.yaml: there is no such file (did you mean other.yaml?)"
    )
    assert broken.startswith("broken.yaml:2:1: this is not valid YAML")


def test_a_local_file_leads_to_the_web_only_if_that_is_permitted(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + "paths:\n  /a: {$ref: 'https://shop.example/a.yaml'}\n")
    assert mistakes(main) == [
        "main.yaml:4:14: the reference https://shop.example/a.yaml leads to the web, from which nothing is read "
        "unasked (save it beside the document, or permit it with --allow-remote)"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("swagger: '2.0'\n", "it is Swagger 2.0"),
        ("asyncapi: 2.6.0\n", "it is AsyncAPI"),
        ("info: {_postman_id: 1}\nitem: []\n", "it is a Postman collection"),
        ("overlay: 1.0.0\n", "it is an overlay"),
        ("openapi: 4.0.0\n", "its version is another one"),
        ("  <!DOCTYPE html>\n<html></html>\n", "it is a web page (HTML)"),
        ("<?xml version='1.0'?>\n", "it is XML"),
        ("- a\n", "not an OpenAPI 3 document"),
        ("$schema: http://json-schema.org/draft-07/schema#\n", "it is a JSON Schema"),
    ],
)
def test_what_is_no_openapi_document_is_named(tmp_path: Path, content: str, said: str) -> None:
    (text,) = mistakes(written(tmp_path, main=content))
    assert text.startswith("main.yaml:1:1: not an OpenAPI 3 document")
    assert said in text


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_an_unknown_key_is_a_warning_and_a_wrong_one_a_mistake(tmp_path: Path, version: str) -> None:
    body = f"openapi: {version}\ninfo: {{title: A, version: '1', mood: good}}\npaths:\n  /a: {GET}\n"
    contract = sound(written(tmp_path, main=body))
    assert [(problem.line, problem.column, problem.message) for problem in contract.warnings] == [
        (2, 32, "unknown key 'mood'")
    ]
    assert contract.document["info"]["mood"] == "good"
    assert [text.split(" (")[0] for text in mistakes(written(tmp_path, main=body + "tags: none\n"))] == [
        'main.yaml:5:7: "none" is not a list'
    ]


class TestSeveralDocuments:
    """Several documents make one contract."""

    @pytest.fixture
    def parts(self, tmp_path: Path) -> list[tuple[str, Path]]:
        for name, kind in (("users", "http, scheme: bearer"), ("orders", "apiKey, name: key, in: header")):
            (tmp_path / f"{name}.yaml").write_text(
                HEAD
                + dedent(f"""\
                    servers: [{{url: 'https://{name}.example/v1'}}]
                    security: [{{key: []}}]
                    paths:
                      /all:
                        get:
                          responses:
                            '200':
                              description: all
                              content: {{application/json: {{schema: {{$ref: '#/components/schemas/Thing'}}}}}}
                        post: {{security: [], responses: {{'200': {{description: made}}}}}}
                    components:
                      schemas: {{Thing: {{type: object, title: one of the {name}}}}}
                      securitySchemes: {{key: {{type: {kind}}}}}
                    """)
            )
        return [("/u", tmp_path / "users.yaml"), ("/o", tmp_path / "orders.yaml")]

    def test_their_paths_stand_side_by_side(self, parts: list[tuple[str, Path]]) -> None:
        contract = load_contracts(parts)
        refuse_unsound(contract)
        assert [operation.key for operation in contract.operations] == [
            "GET /u/v1/all",
            "POST /u/v1/all",
            "GET /o/v1/all",
            "POST /o/v1/all",
        ]
        assert (contract.base_path, contract.warnings) == ("", ())
        assert {path.name for path in contract.files} == {"users.yaml", "orders.yaml"}

    def test_their_schemas_are_kept_apart(self, parts: list[tuple[str, Path]]) -> None:
        contract = load_contracts(parts)
        assert schema_of(contract, "GET /u/v1/all")["title"] == "one of the users"
        assert schema_of(contract, "GET /o/v1/all")["title"] == "one of the orders"

    def test_each_asks_for_what_its_own_document_asks_for(self, parts: list[tuple[str, Path]]) -> None:
        document = load_contracts(parts).document
        asked = {
            (path, method): operation["security"]
            for path, item in document["paths"].items()
            for method, operation in item.items()
        }
        assert asked == {
            ("/u/v1/all", "get"): [{"key": []}],
            ("/u/v1/all", "post"): [],
            ("/o/v1/all", "get"): [{"key_2": []}],
            ("/o/v1/all", "post"): [],
        }
        schemes = document["components"]["securitySchemes"]
        assert {name: scheme["type"] for name, scheme in schemes.items()} == {"key": "http", "key_2": "apiKey"}

    def test_a_mistake_is_told_in_its_own_document(self, parts: list[tuple[str, Path]]) -> None:
        orders = parts[1][1]
        orders.write_text(orders.read_text().replace("{description: made}", "{description: 1}"))
        with pytest.raises(SourceError, match=r"orders\.yaml:12:.*1 is not a text"):
            refuse_unsound(load_contracts(parts))

    def test_two_of_one_path_are_refused(self, parts: list[tuple[str, Path]]) -> None:
        with pytest.raises(SourceError, match=r"orders\.yaml:6:3: another document has the path /v1/all too"):
            load_contracts([("", path) for _, path in parts])

    def test_versions_that_mean_different_things_are_refused(self, parts: list[tuple[str, Path]]) -> None:
        orders = parts[1][1]
        orders.write_text(orders.read_text().replace("3.0.3", "3.1.0"))
        with pytest.raises(SourceError, match=r"OpenAPI 3\.1\.0 cannot be served together with 3\.0\.3"):
            load_contracts(parts)

    def test_servers_that_are_none_are_told(self, parts: list[tuple[str, Path]]) -> None:
        orders = parts[1][1]
        orders.write_text(orders.read_text().replace("servers: [", "servers: [1, "))
        with pytest.raises(SourceError, match=r"orders\.yaml:3:10: servers is not a list of servers"):
            load_contracts(parts)

    def test_their_requests_are_checked(self, parts: list[tuple[str, Path]]) -> None:
        contract = load_contracts(parts)
        found = contract.operations.match("GET", "/o/v1/all")
        assert found is not None
        assert contract.validator.request(found.operation, Call("GET", "/o/v1/all"), found.parameters) == ()
