"""The access log of ``mockhoop serve``, on standard error."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Serve
from .processes import SESSION, Server

SECRET = "johns-secret"


def lines(server: Server) -> list[dict[str, Any]]:
    """The log of a server in JSON, once it has stopped; fails on a line that is anything else."""
    server.stop()
    return [json.loads(line) for line in server.log.splitlines()]


def test_each_call_is_a_line_of_facts(serve: Serve, one_session: Path) -> None:
    server = serve("-s", one_session, "--log-format", "json")
    answer = server.get("/sessions?limit=1", token=SECRET)
    (line,) = lines(server)
    assert line.pop("ms") >= 0
    assert line == {
        "time": "2024-07-25T15:56:35Z",
        "method": "GET",
        "path": "/api/sessions",
        "query": "limit=1",
        "status": 200,
        "bytes": len(answer.body),
        "caller": "john.wick@bad.org",
        "operation": "GET /sessions",
    }


def test_violations_are_in_the_line(serve: Serve, one_session: Path) -> None:
    server = serve("-s", one_session, "--log-format", "json")
    server.get(f"/sessions/{SESSION}?event_stream=nonsense")
    (line,) = lines(server)
    assert line["violations"] == "query/event_stream enum"


def test_also_what_is_no_http_is_a_line_of_json(serve: Serve) -> None:
    server = serve("-s", "empty", "--log-format", "json")
    server.say(b"\x00\x01\x02\r\n\r\n")
    (line,) = lines(server)
    assert (line["event"], line["status"]) == ("broken request", 400)


def test_text_is_one_line_of_names_and_values(small: Server) -> None:
    small.get("/sessions?limit=7")
    (line,) = small.logged("limit=7")
    assert re.fullmatch(
        r'time=\S+ method=GET path=/api/sessions query="limit=7" status=200 bytes=\d+ ms=\S+ '
        r'caller=ada@example.com operation="GET /sessions"',
        line,
    )


def test_none_writes_nothing(serve: Serve) -> None:
    server = serve("-s", "empty", "--log-format", "none")
    server.get("/sessions")
    server.say(b"nonsense\r\n\r\n")
    server.stop()
    assert server.log == ""


@pytest.mark.parametrize("name", ["token", "%74oken"])
def test_the_token_of_a_download_is_masked(small: Server, name: str) -> None:
    mark = name.encode().hex()
    small.get(f"/sessions/{SESSION}/download?{name}=s3cr3t&mark={mark}")
    (line,) = small.logged(mark)
    assert f"{name}=***&mark={mark}" in line


HEADERS = {
    "a token that is good": f"Authorization: Bearer {SECRET}",
    "a token that is not": "Authorization: Bearer s3cr3t",
    "another scheme": "Authorization: Basic s3cr3t",
    "a byte that must not be there": "Authorization: Bearer s3cr3t\0",
    "more than fits": f"Authorization: Bearer {'s3cr3t' * 200_000}",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_nothing_of_an_authorization_header_is_logged(small: Server, header: str) -> None:
    small.say(f"GET /api/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n".encode())
    after = f"mark=after-{len(header)}"
    small.get(f"/sessions?{after}")
    small.logged(after)
    assert not re.search(f"s3cr3t|{SECRET}", small.log)


def test_when_nobody_reads_the_log_any_more_the_calls_go_on(serve: Serve, one_session: Path) -> None:
    # A shell in between starts the server with a log whose reader is gone at once.
    command = ("bash", "-c", 'exec "$0" -m mockhoop "$@" 2> >(:)', sys.executable)
    server = serve("-s", one_session, command=command)
    # So many that they last beyond the moment when the first lines are written.
    assert {server.get("/sessions").status for _ in range(300)} == {200}
