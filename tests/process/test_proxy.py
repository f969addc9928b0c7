"""``mockhoop proxy`` as a process: what it says at its start, at each call and at its end."""

import json
import signal
import socket
from pathlib import Path

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.journals.file import read_journal
from mockhoop.resources import spec_dir

from .conftest import Run, Serve
from .processes import SESSION, Server, eventually

OPERATIONS = len(load_contract(spec_dir() / "hoop.yaml").operations)
both_signals = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])


@pytest.fixture
def proxy(serve: Serve, small: Server) -> Serve:
    """Starts proxies in front of a server with one session: ``proxy("--fallback")``."""

    def start(*arguments: object, upstream: str = small.url) -> Server:
        return serve(upstream, *arguments, verb="proxy")

    return start


def nowhere() -> str:
    """The address of a server that is not there."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


def test_it_says_where_it_listens_and_where_calls_go(proxy: Serve, small: Server) -> None:
    server = proxy()
    assert server.out.splitlines()[0].endswith(f"at {server.url} on to {small.url}")
    assert server.ready == {
        "url": f"http://127.0.0.1:{server.port}/api",
        "host": "127.0.0.1",
        "port": server.port,
        "upstream": small.url,
        "pid": server.process.pid,
    }


def test_it_passes_calls_on(proxy: Serve, small: Server) -> None:
    through, direct = proxy().get(f"/sessions/{SESSION}"), small.get(f"/sessions/{SESSION}")
    assert (through.status, through.body) == (200, direct.body)


@both_signals
def test_it_tells_at_the_end_what_broke_the_contract(proxy: Serve, number: signal.Signals) -> None:
    server = proxy()
    for limit in ("1", "x", "y"):
        server.get(f"/sessions?limit={limit}")
    server.signal(number)
    assert server.ended() == 0
    told = server.out.partition("mockhoop-ready ")[2].splitlines()[1:]
    assert told[:3] == [
        f"3 calls to 1 of {OPERATIONS} operations",
        "the contract was broken in 1 way:",
        "  GET /sessions: query /limit type",
    ]
    assert told[4].startswith("      2 times, first at ")
    assert told[4].endswith(" by GET /api/sessions")


@pytest.mark.parametrize(("limit", "code"), [("1", 0), ("x", 1)])
def test_it_fails_on_violations_if_it_is_to(proxy: Serve, limit: str, code: int) -> None:
    server = proxy("--fail-on-violation")
    server.get(f"/sessions?limit={limit}")
    assert server.stop() == code


def test_a_doubt_is_no_failure_but_where_one_is_strict(proxy: Serve) -> None:
    lenient, strict = proxy("--fail-on-violation"), proxy("--fail-on-violation", "--validation", "strict")
    assert (lenient.get("/nothing/here").status, strict.get("/nothing/here").status) == (404, 404)
    assert (lenient.stop(), strict.stop()) == (0, 1)


def test_each_call_is_a_line_of_facts(proxy: Serve) -> None:
    server = proxy("--log-format", "json")
    answer = server.get("/sessions?limit=x&access_token=s3cr3t", token="johns-secret")
    server.stop()
    (line,) = [json.loads(line) for line in server.log.splitlines()]
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "method": "GET",
        "path": "/api/sessions",
        "query": "limit=x&access_token=***",
        "status": 422,
        "bytes": len(answer.body),
        "operation": "GET /sessions",
        "violations": "query/limit type",
    }


def test_the_log_can_be_left_out(proxy: Serve) -> None:
    server = proxy("--log-format", "none")
    server.get("/sessions")
    server.stop()
    assert server.log == ""


def test_the_journal_is_written_as_it_goes_without_secrets(proxy: Serve, tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"
    server = proxy("--journal", journal)
    server.get("/sessions", token="johns-secret")
    eventually(lambda: journal.read_text().count("\n") == 2, "a line of the journal")
    server.kill()
    file = read_journal(journal)
    assert (file.contract, file.problems, len(file.entries)) == ("hoop", (), 1)
    assert "johns-secret" not in journal.read_text()
    assert file.entries[0].operation == "GET /sessions"


def test_a_server_that_is_not_there_is_told_to_its_clients_and_in_the_log(proxy: Serve) -> None:
    url = nowhere()
    server = proxy(upstream=f"{url}/api")
    answer = server.get("/sessions")
    assert (answer.status, answer.headers["x-mockhoop-answered-by"]) == (502, "proxy")
    assert answer.json == {"message": f"{url} cannot be reached: connection refused"}
    assert server.logged("cannot be reached")
    assert server.stop() == 0
    assert f"1 call to 1 of {OPERATIONS} operations, 1 answered by the proxy itself" in server.out


def test_the_mock_answers_with_its_scenario_what_is_not_there(proxy: Serve, one_session: Path) -> None:
    server = proxy("--fallback", "-s", one_session, upstream=nowhere())
    answer = server.get(f"/sessions/{SESSION}")
    assert (answer.status, answer.headers["x-mockhoop-answered-by"]) == (200, "mock")
    assert f"(control API: {server.ready['mock']}/__mockhoop)" in server.out
    assert server.stop() == 0


def test_a_call_is_refused_before_it_is_passed_on(proxy: Serve) -> None:
    server = proxy("--validation", "enforce", upstream=nowhere())
    answer = server.get("/sessions?limit=x")
    assert (answer.status, answer.headers["x-mockhoop-answered-by"]) == (422, "proxy")


def test_a_header_is_sent_with_each_call(proxy: Serve) -> None:
    server = proxy("-H", "Authorization: Bearer ada")
    assert (server.get("/sessions", token=None).status, server.get("/sessions", token="wrong").status) == (200, 200)


def test_another_contract_is_held_against_calls(proxy: Serve, tmp_path: Path) -> None:
    document = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"responses": {}}}}}
    (tmp_path / "t.json").write_text(json.dumps(document))
    server = proxy("--contract", "t.json")
    server.ask("GET", "/x")
    server.stop()
    assert "1 call to 1 of 1 operations" in server.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ftp://x"], '"ftp://x" is no address of a server, such as https://use.hoop.dev/api'),
        (["http://ada:pw@x"], "an address holds no name and password: give http://x, and send them as a header"),
        (
            ["http://x", "-H", "s3cr3t"],
            "--header: what is given is no header (write --header 'Authorization: Bearer …')",
        ),
        (["http://x", "-H", "a b: s3cr3t"], '--header: "a b: …" is no header (write --header'),
        (["http://x", "--timeout", "soon"], '--timeout: "soon" is not a duration'),
        (
            ["https://x", "--ca-file", "none.pem"],
            "none.pem is no file of certificates (PEM): no such file or directory",
        ),
        (["http://x", "--journal", "no/folder"], "the journal no/folder cannot be written: no such file or directory"),
        (["http://x", "-s", "default"], "a scenario is what the mock plays: give --fallback as well, or leave -s out"),
        (["http://localhost:8011"], "is the address of this proxy itself; choose another port with -p"),
        (["http://x", "--contract", "none"], 'there is no contract "none"'),
        (["http://x", "--host", "gateway.invalid"], "no such host is known; --host takes an address of this machine"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_in_a_sentence(mockhoop: Run, arguments: list[str], told: str) -> None:
    done = mockhoop("proxy", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert told in done.err
    assert "s3cr3t" not in done.err
