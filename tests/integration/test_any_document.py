"""Any document: what is answered by taste, what is refused and how, who is let in."""

import base64
import json
from pathlib import Path

import pytest

from mockhoop.pipeline import Validation

from .strangers import Stranger


def jwt(claims: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return f"Bearer {'.'.join(parts)}.sig"


def test_an_unknown_path_is_compared_with_what_begins_as_it_does(tmp_path: Path) -> None:
    paths = "".join(
        f"  /part{number}/thing: {{get: {{responses: {{'204': {{description: x}}}}}}}}\n" for number in range(900)
    )
    file = tmp_path / "large.yaml"
    file.write_text(f"openapi: 3.0.3\ninfo: {{title: Large, version: '1'}}\npaths:\n{paths}")
    detail = json.loads(Stranger(file, base="").exchange("GET", "/part877/thin").reply.body)["detail"]
    assert "did you mean GET /part877/thing" in detail


# Media types


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("application/json;q=0.2, text/*;q=0.9", "text/csv"),
        ("text/*, text/csv;q=0", "text/event-stream"),
        ("application/*;q=0.5, text/csv;q=0.5", "application/json"),
    ],
)
def test_the_media_type_is_the_one_that_is_wanted_most(accept: str, given: str) -> None:
    assert Stranger().exchange("GET", "/weather", Accept=accept).reply.content_type == given


def test_what_cannot_be_had_in_any_wanted_media_type_is_406() -> None:
    reply = Stranger().exchange("GET", "/weather", Accept="image/png").reply
    assert reply.status == 406
    assert "application/json, text/csv" in json.loads(reply.body)["detail"]


def test_a_table_is_written_with_a_header_line() -> None:
    assert Stranger().exchange("GET", "/weather", Accept="text/csv").reply.body.startswith(b"sky\r\nblue")


# Taste


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_named_example_is_given(way: str) -> None:
    api = Stranger()
    found = (
        api.ask("GET", "/weather", Prefer="example=rain")
        if way == "header"
        else api.ask("GET", "/weather?__example=rain")
    )
    assert found == {"sky": "grey"}


def test_the_first_example_that_keeps_the_contract_is_the_usual_answer() -> None:
    assert Stranger().ask("GET", "/weather") == {"sky": "blue"}


def test_examples_are_passed_over_when_asked() -> None:
    api = Stranger()
    assert api.ask("GET", "/weather", Prefer="dynamic=true")["sky"] not in ("blue", "grey")
    assert Stranger(dynamic=True).ask("GET", "/weather")["sky"] not in ("blue", "grey")


def test_another_seed_makes_another_value_and_the_same_one_the_same() -> None:
    api = Stranger()
    values = [api.ask("GET", f"/weather?__seed={seed}") for seed in (1, 2, 1)]
    assert values[0] == values[2] != values[1]


def test_what_was_preferred_is_told() -> None:
    assert Stranger().exchange("GET", "/weather", Prefer="dynamic=true, seed=4").preferred == "dynamic=true, seed=4"


def test_another_status_comes_with_its_headers() -> None:
    reply = Stranger().exchange("GET", "/weather", Prefer="code=503").reply
    assert (reply.status, reply.headers) == (503, (("Retry-After", "7"),))


@pytest.mark.parametrize("preference", ["dynamic=perhaps", "seed=x", "code=99"])
def test_a_preference_that_is_none_is_a_400(preference: str) -> None:
    assert Stranger().status("GET", "/weather", Prefer=preference) == 400


# Refusals


def test_an_invalid_call_is_refused_in_the_shape_that_the_document_declares() -> None:
    reply = Stranger().exchange("POST", "/pets", {"nam": 1}).reply
    told = json.loads(reply.body)
    assert (reply.status, told["code"]) == (400, 400)
    assert told["details"] == ["body : 'name' is a required property"]


def test_where_nothing_is_declared_it_is_a_problem_document_with_every_violation() -> None:
    reply = Stranger().exchange("PATCH", "/pets/x", b"[", Content_Type="application/merge-patch+json").reply
    told = json.loads(reply.body)
    assert (reply.status, reply.content_type) == (422, "application/problem+json")
    assert told.keys() == {"type", "title", "status", "detail", "validation"}
    assert [(one["location"], one["pointer"]) for one in told["validation"]] == [("path", "/petId"), ("body", "")]
    assert all(one.keys() >= {"location", "pointer", "severity", "code", "message"} for one in told["validation"])


def test_a_violation_names_its_place_in_the_document() -> None:
    exchange = Stranger().exchange("PATCH", "/pets/x?a=1", b"[", Content_Type="application/merge-patch+json")
    assert [one["contract"] for one in json.loads(exchange.reply.body)["validation"]] == [
        "/paths/~1pets~1{petId}/parameters/0",
        "/paths/~1pets~1{petId}/patch/requestBody",
        "/paths/~1pets~1{petId}/patch",
    ]


def test_a_media_type_that_is_not_declared_is_415() -> None:
    assert Stranger().status("POST", "/pets", b"name=Rex", Content_Type="text/plain") == 415


def test_an_unknown_path_is_404_with_the_nearest_operations() -> None:
    reply = Stranger().exchange("GET", "/pet").reply
    assert reply.status == 404
    assert "GET /pets" in json.loads(reply.body)["detail"]


def test_a_wrong_method_is_405_with_those_that_there_are() -> None:
    reply = Stranger().exchange("PUT", "/pets").reply
    assert (reply.status, reply.headers) == (405, (("Allow", "GET, POST"),))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"name": 1e999}',
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b"\xff\xfe",
        b'{"name": ' + b"9" * 5_000 + b"}",
    ],
    ids=["deep", "huge", "twice", "nan", "bytes", "digits"],
)
def test_a_hostile_body_is_a_400(body: bytes) -> None:
    assert Stranger().status("POST", "/pets", body) == 400


def test_an_unknown_query_parameter_is_only_doubtful() -> None:
    exchange = Stranger().exchange("GET", "/pets?limti=2")
    assert exchange.reply.status == 200
    assert [(one.code, one.severity) for one in exchange.violations] == [("unknown", "warning")]


def test_what_is_doubtful_is_refused_when_that_is_asked_for() -> None:
    assert Stranger(validation=Validation.STRICT).status("GET", "/pets?limti=2") == 400


# Credentials


def test_a_missing_token_is_401_with_a_challenge_in_the_documents_shape() -> None:
    reply = Stranger().exchange("GET", "/me").reply
    assert (reply.status, json.loads(reply.body)["code"]) == (401, 401)
    assert ("WWW-Authenticate", "Bearer") in reply.headers


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/me", {"Authorization": "Bearer abc"}, 200),
        ("/me", {"Authorization": "bearer abc"}, 200),
        ("/me", {"Authorization": "Bearer"}, 401),
        ("/me", {"Authorization": "Basic YTpi"}, 401),
        ("/login", {"Authorization": "Basic YTpi"}, 200),
        ("/login", {"Authorization": "Basic ????"}, 401),
        ("/login", {"Authorization": "Basic YWI="}, 401),
        ("/login?key=k", {}, 200),
        ("/login?key=", {}, 401),
        ("/both", {"Cookie": "sid=1"}, 401),
        ("/both", {"Cookie": "sid=1", "Authorization": "Bearer a"}, 200),
        ("/scoped", {"Authorization": "Bearer opaque"}, 200),
        ("/scoped", {"Authorization": jwt({"scope": "pets:write x"})}, 200),
        ("/scoped", {"Authorization": jwt({"scope": "pets:read"})}, 403),
        ("/open", {}, 200),
        ("/pets", {}, 200),
    ],
)
def test_credentials_must_be_there_and_look_right(path: str, headers: dict[str, str], status: int) -> None:
    assert Stranger().status("GET", path, None, **headers) == status


def test_nobody_is_asked_when_that_is_switched_off() -> None:
    assert Stranger(require_token=False).status("GET", "/me") == 200


def test_the_base_path_can_be_another_one() -> None:
    assert Stranger(base="", base_path="").status("GET", "/pets") == 200
    assert Stranger(base="/v1", base_path="").status("GET", "/pets") == 404


# Scenarios


def test_a_fault_of_a_scenario_acts_on_any_documents_operation(tmp_path) -> None:
    scenario = tmp_path / "flaky.yaml"
    scenario.write_text(
        "mockhoop: 1\ntitle: Flaky pets\nfaults:\n  - {when: {operation: GET /pets}, times: 1, respond: 503}\n"
    )
    api = Stranger(scenarios=(str(scenario),))
    assert [api.status("GET", "/pets") for _ in range(2)] == [503, 200]
