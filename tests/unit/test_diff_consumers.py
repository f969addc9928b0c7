"""Whom a change of a contract reaches, by what consumers sent and were given."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.diff.comparing import compared
from mockhoop.diff.consumers import Consumers, Hit
from mockhoop.diff.report import data, is_breaking, judged, lines
from mockhoop.journals.entry import Entry
from mockhoop.journals.file import JournalFile
from mockhoop.source.yaml_writer import to_yaml

from .test_diff import DOCUMENT, at, get, pet

TOM = {"name": "Tom", "kind": "cat"}
JSON = (("Content-Type", "application/json"),)


def asked(query: str = "", answer: Any = (TOM,), **told: Any) -> Entry:
    body = json.dumps(answer).encode()
    fields = {"path": "/v1/pets", "status": 200, "response_headers": JSON, "response_body": body, "number": 1} | told
    return Entry(method="GET", query=query, **fields)


def sent(pet: Any, **told: Any) -> Entry:
    body = json.dumps(pet).encode()
    return Entry(method="POST", path="/v1/pets", status=201, request_headers=JSON, request_body=body, number=1, **told)


def felt(folder: Path, alter: Callable[[Any], object], *entries: Entry) -> dict[str, int]:
    """How many of the exchanges feel each change that is not harmless."""
    counts: dict[str, int] = {}
    for one in report(folder, alter, entries):
        counts[one["code"]] = counts.get(one["code"], 0) + sum(hit["exchanges"] for hit in one["consumers"])
    return counts


def report(folder: Path, alter: Callable[[Any], object], entries: tuple[Entry, ...]) -> list[Any]:
    after = deepcopy(DOCUMENT)
    alter(after)
    contracts = []
    for name, document in (("old", DOCUMENT), ("new", after)):
        (folder / f"{name}.yaml").write_text(to_yaml(document))
        contracts.append(load_contract(folder / f"{name}.yaml"))
    old, new = contracts
    consumers = Consumers(old, new, [JournalFile("app.jsonl", "", "", entries)])
    changes = data(judged(compared(old, new), consumers), old, new)["changes"]
    return [one for one in changes if one["effect"] != "harmless"]


@pytest.mark.parametrize(
    ("alter", "entry", "feels"),
    [
        pytest.param(lambda d: d["paths"].pop("/pets"), asked(), True, id="who calls an operation that is gone"),
        pytest.param(lambda d: d["paths"].pop("/pets/{id}"), asked(), False, id="not who does not call it"),
        pytest.param(lambda d: d["paths"].pop("/pets"), asked(path="/pets"), True, id="who calls it at the root"),
        pytest.param(lambda d: get(d)["parameters"].pop(0), asked("limit=3"), True, id="who sends what is gone"),
        pytest.param(lambda d: get(d)["parameters"].pop(0), asked("sort=name"), False, id="not who does not send it"),
        pytest.param(
            lambda d: get(d)["parameters"][0].update(required=True),
            asked(),
            True,
            id="who lacks what is wanted",
        ),
        pytest.param(
            lambda d: get(d)["parameters"][0].update(required=True), asked("limit=3"), False, id="not who sends it"
        ),
        pytest.param(
            lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
            asked("limit=70"),
            True,
            id="who sends more than is allowed now",
        ),
        pytest.param(
            lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
            asked("limit=7"),
            False,
            id="not who sends less",
        ),
        pytest.param(
            lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
            asked("limit=700"),
            False,
            id="not who was refused before",
        ),
        pytest.param(
            lambda d: get(d)["parameters"][1]["schema"].update(default="kind"),
            asked(),
            True,
            id="who leaves it out",
        ),
        pytest.param(
            lambda d: pet(d).update(required=["name", "kind"]), sent({"name": "Tom"}), True, id="who sends no property"
        ),
        pytest.param(lambda d: pet(d).update(required=["name", "kind"]), sent(TOM), False, id="not who sends one"),
        pytest.param(
            lambda d: at(d, "components", "schemas", "Owner").update(required=["email"]),
            sent(TOM),
            False,
            id="not who sends no object that lacks it",
        ),
        pytest.param(
            lambda d: pet(d)["properties"]["name"].update(type=["string", "null"]), asked(), True, id="who is given it"
        ),
        pytest.param(
            lambda d: pet(d)["properties"]["name"].update(type=["string", "null"]),
            asked(answer=[]),
            False,
            id="not who is given none",
        ),
        pytest.param(
            lambda d: get(d)["responses"]["200"].pop("headers"),
            asked(response_headers=(*JSON, ("x-total", "1"))),
            True,
            id="who is given a header",
        ),
        pytest.param(
            lambda d: get(d)["responses"].pop("404"), asked(status=404), True, id="who is given a status that is gone"
        ),
        pytest.param(lambda d: get(d)["responses"].pop("404"), asked(), False, id="not who is given another status"),
        pytest.param(
            lambda d: get(d)["responses"]["200"].update(content={"text/csv": {}}), asked(), True, id="who is given JSON"
        ),
        pytest.param(lambda d: d.update(security=[{"key": []}]), asked(), True, id="who has no credentials"),
        pytest.param(
            lambda d: d.update(security=[{"key": []}]),
            asked(request_headers=(("authorization", "Bearer <token:ada>"),)),
            False,
            id="not who has some",
        ),
        pytest.param(
            lambda d: at(d, "paths", "/pets/{id}")["parameters"][0]["schema"].update(maxLength=3),
            Entry(method="DELETE", path="/v1/pets/12345", status=204, number=1),
            True,
            id="who sends more in the path than is allowed now",
        ),
        pytest.param(
            lambda d: at(d, "paths", "/pets/{id}")["parameters"][0]["schema"].update(maxLength=3),
            Entry(method="DELETE", path="/v1/pets/123", status=204, number=1),
            False,
            id="not who sends less in the path",
        ),
        pytest.param(
            lambda d: get(d)["parameters"].pop(0), asked("limit[at]=3"), True, id="who sends a member of what is gone"
        ),
        pytest.param(
            lambda d: pet(d)["properties"]["name"].update(type=["string", "null"]),
            asked(response_body=b"[" * 100_000),
            False,
            id="not who is given what nobody can read",
        ),
        pytest.param(lambda d: d.update(servers=[{"url": "/v2"}]), asked(), True, id="whoever calls anything"),
    ],
)
def test_who_feels_a_change(alter: Callable[[Any], object], entry: Entry, feels: bool, tmp_path: Path) -> None:
    counts = felt(tmp_path, alter, entry)
    assert (1 in counts.values()) is feels, counts


def test_a_breaking_change_that_nobody_feels_breaks_nobody(tmp_path: Path) -> None:
    after = deepcopy(DOCUMENT)
    after["paths"].pop("/pets/{id}")
    for name, document in (("old", DOCUMENT), ("new", after)):
        (tmp_path / f"{name}.yaml").write_text(to_yaml(document))
    old, new = (load_contract(tmp_path / f"{name}.yaml") for name in ("old", "new"))
    found = judged(compared(old, new), Consumers(old, new, [JournalFile("app.jsonl", "", "", (asked(),))]))
    assert not is_breaking(found)
    assert "      felt by no consumer" in list(lines(found, old, new))


def test_what_is_refused_above_a_value_is_not_felt_at_the_value(tmp_path: Path) -> None:
    def alter(document: Any) -> None:
        post = at(document, "paths", "/pets", "post", "requestBody", "content", "application/json")
        post["schema"] = {"type": "object", "properties": {"name": {"maxLength": 2}}, "maxProperties": 1}

    counts = felt(tmp_path, alter, sent({"name": "To", "kind": "cat"}))
    assert (counts["schema-maxproperties"], counts["schema-maxlength"]) == (1, 0)


def test_an_exchange_that_feels_a_change_in_several_places_counts_once(tmp_path: Path) -> None:
    alter = lambda d: at(d, "components", "schemas", "Owner", "properties").update(email={"type": "integer"})  # noqa: E731
    both = sent({**TOM, "owner": {"email": "ada@example.com"}})
    (change,) = [one for one in report(tmp_path, alter, (both,)) if one["consumers"]]
    assert change["consumers"] == [
        {"journal": "app.jsonl", "exchanges": 1, "first": 1, "call": "POST /v1/pets", "world": "default"}
    ]


Alter = Callable[[Any], object]


def altered(folder: Path, before: Alter, alter: Alter, *entries: Entry) -> list[Hit]:
    """Who feels a change of a document that is another one before."""
    old_document = deepcopy(DOCUMENT)
    before(old_document)
    new_document = deepcopy(old_document)
    alter(new_document)
    for name, document in (("old", old_document), ("new", new_document)):
        (folder / f"{name}.yaml").write_text(to_yaml(document))
    old, new = (load_contract(folder / f"{name}.yaml") for name in ("old", "new"))
    consumers = Consumers(old, new, [JournalFile("app.jsonl", "", "", entries)])
    return [hit for change in compared(old, new) for hit in consumers.hits(change)]


def test_the_default_answer_is_not_one_that_is_declared(tmp_path: Path) -> None:
    def declare(document: Any) -> None:
        get(document)["responses"]["default"] = {"description": "else"}

    def leave_out(document: Any) -> None:
        get(document)["responses"].pop("default")

    assert altered(tmp_path, declare, leave_out, asked()) == []
    assert altered(tmp_path, declare, leave_out, asked(status=500)) != []


def test_a_cookie_is_known_by_its_whole_name(tmp_path: Path) -> None:
    def declare(document: Any) -> None:
        get(document)["parameters"].append({"name": "id", "in": "cookie", "schema": {"type": "string"}})

    def leave_out(document: Any) -> None:
        get(document)["parameters"].pop()

    assert altered(tmp_path, declare, leave_out, asked(request_headers=(("Cookie", "paid=1"),))) == []
    assert altered(tmp_path, declare, leave_out, asked(request_headers=(("Cookie", "paid=1; id=7"),))) != []


def test_a_range_of_media_types_that_is_gone_is_felt_by_whatever_was_in_it(tmp_path: Path) -> None:
    def take(document: Any, name: str) -> None:
        body = at(document, "paths", "/pets", "post", "requestBody")
        body["content"] = {name: next(iter(body["content"].values()))}

    assert altered(tmp_path, lambda d: take(d, "*/*"), lambda d: take(d, "text/csv"), sent(TOM)) != []


def test_the_first_exchange_is_the_first_of_the_journal_in_whatever_operation(tmp_path: Path) -> None:
    def give_pets(document: Any) -> None:
        schema = {"$ref": "#/components/schemas/Pet"}
        answer = at(document, "paths", "/pets", "post", "responses", "201")
        answer["content"] = {"application/json": {"schema": schema}}

    def forget_names(document: Any) -> None:
        pet(document)["properties"]["name"]["type"] = ["string", "null"]

    made = replace(sent(TOM), response_body=json.dumps(TOM).encode(), world="other")
    hits = altered(tmp_path, give_pets, forget_names, made, asked())
    assert hits == [Hit("app.jsonl", 2, 1, "POST /v1/pets", "other")]
