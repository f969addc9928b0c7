"""Mistakes of the person who starts ``mockhoop serve``: a clear text and exit code 2, never a traceback."""

import re
import socket
from pathlib import Path

import pytest

from .conftest import Run

WRITTEN = {
    "broken.yaml": "a: [1,\n  b: }\n",
    "broken.json": '{"openapi": "3.0.3",\n "info": {}\n',
    "binary.yaml": b"\xff\xfe\x00\x01",
    "nothing.yaml": "",
    "swagger.yaml": 'swagger: "2.0"\ninfo: {title: old, version: "1"}\n',
    "scenario.yaml": "mockhoop: 1\n",
    "folder.yaml": None,
    "mistaken.yaml": """\
openapi: 3.0.3
info: {title: A shop}
paths:
  /items/{id}:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: numbr}}
      responses: {}
      tags: [1]
    put:
      responses:
        '200': {$ref: '#/components/responses/Itme'}
components:
  responses:
    Item: {description: An item.}
""",
    "elsewhere.yaml": """\
openapi: 3.0.3
info: {title: A shop, version: '1'}
paths:
  /items: {$ref: 'items.yaml#/items'}
""",
    "release.yaml": """\
openapi: 3.0.3
info: {title: A gateway, version: '1'}
x-mockhoop: {profile: hoop, release: soon}
paths: {}
""",
    "told.yaml": """\
mockhoop: 1
sede: 3
users:
  - {name: Ada, email: ada@example.com, groups: admin}
  - {name: Bob, emial: bob@example.com}
connections:
  - {name: pgdemo, type: databse}
sessions:
  - {user: bob@example.org, connection: pgdem}
  - {generate: -1}
""",
}


@pytest.fixture
def files(tmp_path: Path) -> None:
    for name, content in WRITTEN.items():
        if content is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def refusal(mockhoop: Run, *arguments: object) -> str:
    """What ``mockhoop serve`` says when it does not start; with the arguments alone it must know."""
    done = mockhoop("serve", "-p", "0", *arguments)
    assert (done.code, "Traceback" in done.err, "mockhoop-ready" in done.out) == (2, False, False), done
    return done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    {
        "an unknown option": (["--prot", "1"], r"No such option:? '?--prot"),
        "a misspelt option": (["--scenari", "x"], r"(?i)did you mean '?--scenario"),
        "a port that is no number": (["-p", "http"], r"'http' is not a valid integer"),
        "a port that cannot be": (["-p", "65536"], r"65536 is not in the range 0<=x<=65535"),
        "an unknown mode of validation": (["--validation", "severe"], r"'severe' is not one of 'enforce', 'strict'"),
        "an unknown format of the log": (["--log-format", "xml"], r"'xml' is not one of 'text', 'json', 'none'"),
        "a seed that is no number": (["--seed", "x"], r"'x' is not a valid integer"),
        "a document with half a prefix": (["a=b.yaml", "c.yaml"], r'"a=b.yaml" is no document with a prefix, such as'),
        "a host that cannot be": (["--host", "a..b"], r"cannot listen on a\.\.b port 0: no such host is known"),
        "an unknown host": (["--host", "nowhere.invalid"], r"no such host is known; --host takes an address of this"),
        "another machine's address": (["--host", "192.0.2.1"], r"it is no address of this machine"),
        "an empty host": (["--host", ""], r"the host is empty"),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_that_cannot_be_is_refused(mockhoop: Run, arguments: list[str], said: str) -> None:
    assert re.search(said, refusal(mockhoop, "-s", "empty", *arguments))


def test_a_port_in_use_is_told_in_one_sentence(mockhoop: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal(mockhoop, "-s", "empty", "-p", port) == (
            f"Error: cannot listen on 127.0.0.1 port {port}: address already in use; "
            "choose another port with -p, or -p 0 for a free one\n"
        )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("missing.yaml", "missing.yaml: there is no such file"),
        ("hoop-1.49.1", 'there is no contract "hoop-1.49.1" (shipped contracts: hoop-1.49.10, hoop;'),
        ("folder.yaml", "folder.yaml: the file cannot be read"),
        ("binary.yaml", "binary.yaml:1:1: this is not UTF-8"),
        ("broken.yaml", "broken.yaml:2:6: this is not valid YAML"),
        ("broken.json", "broken.json:3:1: this is not valid JSON"),
        ("nothing.yaml", "nothing.yaml:1:1: not an OpenAPI 3 document"),
        ("swagger.yaml", "swagger.yaml:1:1: not an OpenAPI 3 document"),
        ("scenario.yaml", "scenario.yaml:1:1: not an OpenAPI 3 document (it is a scenario"),
        ("release.yaml", 'release.yaml:3:38: "soon" is not a release'),
        (
            "elsewhere.yaml",
            "elsewhere.yaml:4:18: the reference items.yaml#/items leads to items.yaml: there is no such",
        ),
    ],
)
def test_a_contract_that_cannot_be_served_is_refused(mockhoop: Run, files: None, spec: str, said: str) -> None:
    assert refusal(mockhoop, spec, "-s", "empty").startswith(f"Error: {said}")


def places(text: str) -> list[tuple[str, str]]:
    """Each line's place and the beginning of what it says of it."""
    return re.findall(r"^(?:Error: )?([^: ]+:\d+:\d+): (.{12})", text, re.MULTILINE)


def test_every_mistake_in_a_contract_is_told_with_its_place(mockhoop: Run, files: None) -> None:
    assert places(refusal(mockhoop, "mistaken.yaml", "-s", "empty")) == [
        ("mistaken.yaml:7:51", '"numbr" is n'),
        ("mistaken.yaml:9:14", "1 is not a t"),
        ("mistaken.yaml:12:23", "the referenc"),
    ]


def test_a_reference_that_is_misspelt_is_told_with_a_suggestion(mockhoop: Run, files: None) -> None:
    assert "leads to nothing (did you mean Item?)" in refusal(mockhoop, "mistaken.yaml", "-s", "empty")


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("defualt", 'there is no scenario "defualt" (did you mean "default"?)'),
        ("nowhere.yaml", 'there is no scenario "nowhere.yaml" (shipped scenarios: access-revoked, '),
        ("binary.yaml", "binary.yaml:1:1: this is not UTF-8"),
        ("broken.yaml", "broken.yaml:2:6: this is not valid YAML"),
        ("nothing.yaml", "nothing.yaml:1:1: expected a mapping"),
        ("swagger.yaml", 'swagger.yaml:1:1: unknown key "swagger"'),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused(mockhoop: Run, files: None, scenario: str, said: str) -> None:
    assert refusal(mockhoop, "-s", scenario).startswith(f"Error: {said}")


def test_every_mistake_in_a_scenario_is_told_with_its_place(mockhoop: Run, files: None) -> None:
    assert [place for place, _ in places(refusal(mockhoop, "-s", "told.yaml"))] == [
        "told.yaml:2:1",
        "told.yaml:4:49",
        "told.yaml:5:5",
        "told.yaml:5:17",
        "told.yaml:7:26",
        "told.yaml:9:12",
        "told.yaml:9:41",
        "told.yaml:10:16",
    ]


def test_the_mistakes_of_all_scenarios_are_told_together(mockhoop: Run, files: None) -> None:
    text = refusal(mockhoop, "-s", "broken.yaml", "-s", "swagger.yaml")
    assert {place.split(":")[0] for place, _ in places(text)} == {"broken.yaml", "swagger.yaml"}


def test_an_overlay_that_is_none_is_refused(mockhoop: Run, tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "shop.yaml").write_text("openapi: 3.0.3\ninfo: {title: A shop, version: '1'}\npaths: {}\n")
    (tmp_path / "overlays" / "shop.yaml").write_text(
        """\
overlay: 1.0.0
actions:
  - {target: $.info.title, update: {a: b}}
  - {target: $, remove: true}
"""
    )
    assert places(refusal(mockhoop, "shop.yaml", "-s", "empty")) == [
        ("overlays/shop.yaml:3:5", "a target is "),
        ("overlays/shop.yaml:4:5", "the whole do"),
    ]
