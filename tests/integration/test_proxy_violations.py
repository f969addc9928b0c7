"""What breaks the contract on its way through the proxy is told: in the header, to observers, in the journal."""

import asyncio
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from mockhoop.journals.file import JournalWriter, read_journal
from mockhoop.testing import Mockhoop

from .little_servers import answer, chunked, saying
from .proxied import THINGS, broken, header, proxied, violations

JSON = "Content-Type: application/json"
TOTAL = "X-Total: 1"
FINE = answer(b"[]", JSON, TOTAL)


@pytest.fixture
def things(tmp_path: Path) -> Path:
    path = tmp_path / "things.yaml"
    path.write_text(THINGS)
    return path


async def test_a_call_and_an_answer_that_break_nothing_have_no_header(things: Path) -> None:
    async with saying(FINE) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things?limit=3")
    assert header(given, "X-Mockhoop-Violations") is None
    assert proxy.entries[0].violations == ()


async def test_both_sides_of_an_exchange_are_told_of_in_one_header(things: Path) -> None:
    async with saying(answer(b'[{"name": 1}]', JSON, TOTAL)) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things?limit=x")
    assert violations(given) == ["query /limit type", "response.body /0/name type"]
    assert broken(proxy.entries[0]) == violations(given)
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer(b"[]", JSON), "response.header /X-Total required"),
        (answer(b"[]", JSON, "x-total: many"), "response.header /X-Total type"),
        (answer(b"[", JSON, TOTAL), "response.body malformed"),
        (answer(b"<html>", "Content-Type: text/html", TOTAL), "response.body media-type"),
        (answer(b"", TOTAL), "response.body required"),
        (answer(b"{}", JSON, status="500 Oh"), "response.status status"),
        (chunked(b"[1", b"]", headers=(JSON, TOTAL)), "response.body /0 type"),
        (answer(gzip.compress(b"[1]"), JSON, TOTAL, "Content-Encoding: gzip"), "response.body /0 type"),
    ],
    ids=["no header", "bad header", "no JSON", "HTML", "nothing", "status", "chunks", "compressed"],
)
async def test_an_answer_that_is_not_as_declared_is_told(things: Path, said: bytes, expected: str) -> None:
    async with saying(said) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things")
    assert violations(given) == [expected]


async def test_names_of_headers_are_looked_up_without_regard_to_case(things: Path) -> None:
    said = answer(b"[]", "content-type: application/json", "x-total: 3")
    async with saying(said) as server, proxied(server.url, things) as proxy:
        assert violations(await proxy.get("/v1/things")) == []


@pytest.mark.parametrize("status", ["304 Not Modified", "206 Partial Content", "416 Range Not Satisfiable"])
async def test_what_http_itself_answers_needs_no_declaration(things: Path, status: str) -> None:
    async with saying(answer(b"", JSON, status=status)) as server, proxied(server.url, things) as proxy:
        assert violations(await proxy.get("/v1/things", ("Range", "bytes=0-1"))) == []


async def test_a_body_is_looked_into_although_it_is_passed_on(things: Path) -> None:
    said = answer(b'{"name": "x"}', JSON, status="201 Made")
    async with saying(said) as server, proxied(server.url, things) as proxy:
        sent = [("Content-Type", "application/json")]
        given = await proxy.ask("POST", "/v1/things", sent, b'{"name": 7}')
    assert violations(given) == ["body /name type"]
    assert proxy.entries[0].request_body == b'{"name": 7}'


async def test_an_operation_that_the_contract_does_not_have_is_doubtful(things: Path) -> None:
    async with saying(answer(b"x")) as server, proxied(server.url, things) as proxy:
        inside, outside = await proxy.get("/v1/nothing"), await proxy.get("/elsewhere")
    assert (violations(inside), violations(outside)) == (["path unknown"], [])
    assert json.loads(str(header(inside, "X-Mockhoop-Violations")))[0]["severity"] == "warning"


@pytest.mark.parametrize("mode", ["enforce", "strict"])
async def test_a_call_is_refused_when_the_contract_is_enforced(things: Path, mode: str) -> None:
    async with saying(FINE) as server, proxied(server.url, things, validation=mode) as proxy:
        given = await proxy.get("/v1/things?limit=x")
    assert (given.status, header(given, "X-Mockhoop-Answered-By")) == (422, "proxy")
    assert (violations(given), server.heads) == (["query /limit type"], [])
    assert json.loads(given.body)["detail"].startswith("the request breaks the contract: query /limit")


async def test_an_answer_goes_through_when_the_contract_is_enforced(things: Path) -> None:
    async with (
        saying(answer(b"[1]", JSON, TOTAL)) as server,
        proxied(server.url, things, validation="enforce") as proxy,
    ):
        given = await proxy.get("/v1/things")
    assert (given.status, given.body, violations(given)) == (200, b"[1]", ["response.body /0 type"])


@pytest.mark.parametrize(("mode", "status"), [("enforce", 200), ("strict", 404)])
async def test_only_a_strict_proxy_refuses_what_is_doubtful(things: Path, mode: str, status: int) -> None:
    async with saying(answer(b"x")) as server, proxied(server.url, things, validation=mode) as proxy:
        given = await proxy.get("/v1/nothing")
    assert (given.status, len(server.heads)) == (status, status == 200)


async def test_nobody_looks_when_validation_is_off(things: Path) -> None:
    async with saying(answer(b"[1]", JSON)) as server, proxied(server.url, things, validation="off") as proxy:
        given = await proxy.get("/v1/things?limit=x")
    assert (violations(given), proxy.entries[0].operation) == ([], "GET /things")


async def test_a_refusal_has_the_gateways_shape() -> None:
    async with saying(answer()) as server, proxied(server.url, validation="enforce") as proxy:
        given = await proxy.get("/api/sessions?limit=x")
    body = json.loads(given.body)
    assert (given.status, body.keys()) == (422, {"message", "validation"})
    assert header(given, "Access-Control-Allow-Origin") == "*"


async def test_an_upstreams_own_header_is_kept_where_the_proxy_has_nothing_to_tell() -> None:
    async with saying(answer(b"x", 'X-Mockhoop-Violations: [{"theirs":1}]')) as server, proxied(server.url) as proxy:
        given = await proxy.get("/")
    assert header(given, "X-Mockhoop-Violations") == '[{"theirs":1}]'


async def test_a_download_goes_through_at_once_and_is_judged_afterwards(things: Path) -> None:
    said = answer(b"<html>", "Content-Type: text/html", "Content-Disposition: attachment; filename=x", TOTAL)
    async with saying(said) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things")
    assert violations(given) == []
    assert broken(proxy.entries[0]) == ["response.body media-type"]


async def test_a_long_answer_goes_through_at_once_and_is_judged_afterwards(things: Path) -> None:
    body = json.dumps([{"name": "x" * 1000}] * 2000 + [{"name": 1}]).encode()
    async with saying(answer(body, JSON, TOTAL)) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things")
    assert (given.body == body, violations(given)) == (True, [])
    assert broken(proxy.entries[0]) == ["response.body /2000/name type"]


async def test_what_is_wrong_with_the_head_of_a_long_answer_is_told_in_its_header(things: Path) -> None:
    body = b"[" + b" " * (2 << 20) + b"1]"
    async with saying(answer(body, JSON)) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things")
    assert violations(given) == ["response.header /X-Total required"]
    assert broken(proxy.entries[0]) == ["response.body /0 type", "response.header /X-Total required"]


async def test_a_body_that_is_too_long_to_keep_is_counted_and_said_to_be_cut(things: Path) -> None:
    body = b"[" + b" " * (2 << 20) + b"1]"
    async with saying(answer(body, JSON, TOTAL)) as server, proxied(server.url, things, most_copied=1000) as proxy:
        given = await proxy.get("/v1/things")
    (entry,) = proxy.entries
    assert (given.body == body, len(entry.response_body), entry.cut) == (True, 1000, True)
    assert "1 with a body that was not looked into" in proxy.running.tally.text(6)


async def test_an_encoding_that_is_not_known_is_no_violation(things: Path) -> None:
    said = answer(b"\x0b\x02\x80[]\x03", JSON, TOTAL, "Content-Encoding: br")
    async with saying(said) as server, proxied(server.url, things) as proxy:
        given = await proxy.get("/v1/things")
    assert (violations(given), given.body) == ([], b"\x0b\x02\x80[]\x03")
    assert "1 with a body that was not looked into" in proxy.running.tally.text(6)


async def journalled(said: bytes, things: Path, target: str, method: str = "GET", **more: Any) -> Any:
    """The entry that the journal gets, and the whole text of it."""
    out = io.StringIO()
    async with saying(said) as server, proxied(server.url, things, journal=JournalWriter(out, "things", "1")) as proxy:
        await proxy.ask(method, target, more.get("headers", ()), more.get("body", b""))
    path = things.with_name("journal")
    path.write_text(out.getvalue())
    file = await asyncio.to_thread(read_journal, path)
    assert file.problems == ()
    return file.entries[0], out.getvalue(), proxy.entries[0]


async def test_the_journal_has_what_observers_are_told_without_secrets(things: Path) -> None:
    said = answer(b'{"name": "x", "password": "hunter2"}', JSON, "Set-Cookie: sid=s3cr3t", status="201 Made")
    sent = [("Authorization", "Bearer s3cr3t"), ("Cookie", "sid=s3cr3t"), ("Content-Type", "application/json")]
    body = b'{"name": "x", "password": "hunter2"}'
    target = "/v1/things?access_token=s3cr3t"
    entry, text, told = await journalled(said, things, target, "POST", headers=sent, body=body)
    assert [word for word in ("s3cr3t", "hunter2") if word in text] == []
    assert told.request_body == told.response_body == body
    assert dict(told.request_headers)["Authorization"] == "Bearer s3cr3t"
    assert entry.request_body == b'{"name": "x", "password": "<secret>"}'
    assert dict(entry.response_headers)["Set-Cookie"] == "<set-cookie>"
    assert (entry.operation, entry.status, entry.responder) == ("POST /things", 201, "upstream")
    assert len(entry.violations) == len(told.violations) == 3


async def test_a_message_about_a_secret_does_not_repeat_it(things: Path) -> None:
    said = answer(b'[{"name": "x", "password": "hunter2"}]', JSON, TOTAL)
    entry, text, told = await journalled(said, things, "/v1/things")
    assert "hunter2" in told.violations[0]["message"]
    assert "hunter2" not in text
    assert broken(entry) == ["response.body /0/password minLength"]


async def test_what_is_compressed_and_cannot_be_read_is_not_written_down(things: Path) -> None:
    said = answer(b"hunter2", JSON, TOTAL, "Content-Encoding: br")
    entry, _, told = await journalled(said, things, "/v1/things")
    assert (entry.response_body, entry.cut, told.response_body) == (b"", True, b"hunter2")


async def test_a_gateway_that_keeps_its_contract_is_told_to() -> None:
    async with Mockhoop("documented-example") as gateway, proxied(gateway.url) as proxy:
        signed_in = ("Authorization", "Bearer ada")
        for target in ("/api/sessions?limit=5", "/api/connections", "/api/users", "/api/serverinfo"):
            assert violations(await proxy.get(target, signed_in)) == []
        text = proxy.running.tally.text(222)
    assert text == "4 calls to 4 of 222 operations\nnothing broke the contract"
