"""What a journal keeps and tells: bounded, masked, explained."""

import json

import pytest
from multidict import CIMultiDict

from mockhoop.exchange import LONGEST_BODY, Exchange, kept
from mockhoop.messages import Call, Reply
from mockhoop.recall.masking import Mask
from mockhoop.recall.view import exchange_view

from .scripted import ONE, TWO, stage


def exchange(call: Call, caller: str = "", body: bytes = b"") -> Exchange:
    return Exchange(call, Reply(200, body), caller=caller)


@pytest.mark.parametrize("part", ["body", "reply", "header", "path"])
def test_whatever_is_long_is_kept_in_part(part: str) -> None:
    long = "x" * 1_000_000
    headers = CIMultiDict({"Authorization": "Bearer ada", "X-Long": long if part == "header" else ""})
    call = Call("GET", "/" + (long[:60_000] if part == "path" else ""), "", headers, long.encode() * (part == "body"))
    short, size = kept(exchange(call, body=long.encode() * (part == "reply")))
    assert size < 3 * LONGEST_BODY
    assert short.call.headers.get("authorization") == "Bearer ada"
    assert len(call.body) in (0, 1_000_000)  # what is answered with is still whole


@pytest.mark.parametrize(
    ("headers", "caller", "shown"),
    [
        ({"Authorization": "Bearer ada"}, "ada@example.com", {"Authorization": "Bearer <token:ada>"}),
        ({"Authorization": "Bearer what"}, "", {"Authorization": "Bearer <token:unknown>"}),
        ({"Authorization": "Basic YTpi"}, "", {"Authorization": "<credentials>"}),
        ({"Authorization": "Bearer hpk_x"}, "deployer", {"Authorization": "Bearer <key:deployer>"}),
        ({"Api-Key": "xapi-1"}, "API_KEY", {"Api-Key": "<api-key>"}),
        ({"Api-Key": "guess"}, "", {"Api-Key": "<api-key:unknown>"}),
        ({"Cookie": "a=b"}, "", {"Cookie": "a=<cookie>"}),
        ({"Referer": "http://x/?token=abc&y=1"}, "", {"Referer": "http://x/?token=<token>&y=1"}),
        ({"Accept": "*/*"}, "", {"Accept": "*/*"}),
    ],
)
def test_secrets_in_headers_stand_behind_placeholders(
    headers: dict[str, str], caller: str, shown: dict[str, str]
) -> None:
    mask = Mask(stage().pipeline.world)
    assert mask.headers(exchange(Call("GET", "/"), caller), headers.items()) == shown


def test_two_people_of_one_name_have_placeholders_of_their_own() -> None:
    world = stage()
    world.perform("{user: {email: ada@other.org, name: Ada}}")
    mask = Mask(world.pipeline.world)
    assert mask.caller("ada@example.com") == "<token:ada@example.com>"
    assert mask.caller("john@example.com") == "<token:john>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"email": "a", "password": "s3\\"cret"}', '{"email": "a", "password": "<secret>"}'),
        (b"\xff\x00", {"base64": "/wA="}),
        (b"plain", "plain"),
        (
            f'{{"download_url":"http://x/api/sessions/{TWO}/download?token=abc\\u0026extension=csv"}}'.encode(),
            f'{{"download_url":"http://x/api/sessions/{TWO}/download?token=<link:{TWO}>\\u0026extension=csv"}}',
        ),
    ],
)
def test_secrets_in_bodies_stand_behind_placeholders(body: bytes, shown: object) -> None:
    assert Mask(stage().pipeline.world).body(body) == shown


def test_no_secret_of_a_whole_story_is_in_its_journal() -> None:
    world = stage()
    link = json.loads(world.call(f"/sessions/{TWO}?extension=csv", "erin").reply.body)["download_url"]
    world.call(link.partition("/api")[2], None)
    token = link.partition("token=")[2][:64]
    views = [exchange_view(one, world.pipeline) for one in world.pipeline.world.journal]
    assert token not in json.dumps(views)
    assert "Bearer erin" not in json.dumps(views)
    assert views[1]["request"]["query"].startswith(f"token=<link:{TWO}>&")


def test_what_changed_is_told_in_words() -> None:
    world = stage()
    world.call(f"/sessions/{ONE}/review", "dora", "PUT", b'{"status": "APPROVED"}')
    (view,) = (exchange_view(one, world.pipeline) for one in world.pipeline.world.journal)
    (line,) = view["changes"]
    assert line.startswith(
        f"sessions {ONE}: status open → ready, review.status PENDING → APPROVED, review.revoke_at none → "
    )


def test_a_refusal_tells_the_rules_that_it_missed_by_one_condition() -> None:
    world = stage("faults: [{name: late, when: {operation: GET /sessions, query: {offset: '4?'}}, respond: 500}]")
    world.call("/sessions?offset=-1")
    (view,) = (exchange_view(one, world.pipeline) for one in world.pipeline.world.journal)
    assert view["near_rules"] == [{"rule": "late", "condition": "query offset", "wanted": "4?", "found": "-1"}]


def test_a_token_is_masked_however_its_name_is_encoded() -> None:
    mask = Mask(stage().pipeline.world)
    assert mask.query("/api/x", "a=1&%74oken=abc") == "a=1&%74oken=<token>"
    assert mask.query(f"/api/sessions/{TWO}/download", "token=abc&x=%20") == f"token=<link:{TWO}>&x=%20"


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/connections/pg", "PATCH", '{"secret": {"envvar:PASSWORD": "czNjcjN0"}}'),
        ("/users/erin@example.com", "PUT", '{"email": "erin@example.com", "name": "E", "password": "czNjcjN0"}'),
        ("/plugins/slack/config", "PUT", '{"envvars": {"SLACK_BOT_TOKEN": "czNjcjN0"}}'),
        ("/runbooks/configurations", "PUT", '{"repositories": [{"git_url": "https://u:czNjcjN0@x/y"}]}'),
    ],
)
def test_no_secret_is_told_of_what_changed(path: str, method: str, body: str) -> None:
    world = stage()
    for sent in (body.replace("czNjcjN0", "YmVmb3Jl"), body):
        view = exchange_view(world.call(path, method=method, body=sent.encode()), world.pipeline)
        assert view["response"]["status"] == 200, view
        assert "czNjcjN0" not in json.dumps(view)
        assert "YmVmb3Jl" not in json.dumps(view)
