"""`mockhoop record`: what a client was told is told again."""

import base64
import json
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import Run, Serve
from .processes import Answer, Server

BINARY = bytes(range(256))
SCENARIO = """\
mockhoop: 1
clock: {start: 2024-07-25T15:56:35Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: a-token-of-ada-0001}
  - {name: John Wick, email: john.wick@bad.org, groups: [sre], token: a-token-of-john-0002}
  - {name: Dora, email: dora@example.com, groups: [dba], token: a-token-of-dora-0003}
connections:
  - {name: pg, type: database, subtype: postgres, reviewers: [dba]}
sessions:
  - {generate: 40}
  - id: 1cbc8db5-fbf8-4293-8e35-59a6eea40207
    user: john.wick@bad.org
    connection: pg
    script: SELECT 1
    review: {status: PENDING, groups: [dba]}
    events: []
  - id: 00000000-0000-4000-8000-000000000002
    user: john.wick@bad.org
    connection: pg
    events: [[0.1, o, {base64: %s}]]
timeline:
  - when: {operation: "GET /sessions/{session_id}", session: 1cbc8db5-fbf8-4293-8e35-59a6eea40207, nth: 3}
    do: [{approve: 1cbc8db5-fbf8-4293-8e35-59a6eea40207}]
faults:
  - {when: {operation: GET /reviews}, skip: 1, times: 1, respond: {status: 503, body: away}}
"""
OWN = {"ada": "a-token-of-ada-0001", "john": "a-token-of-john-0002", "dora": "a-token-of-dora-0003"}
RECORDED = {"ada": "recorded-token-1", "john": "recorded-token-2", "dora": "recorded-token-3"}
SESSION = "/sessions/1cbc8db5-fbf8-4293-8e35-59a6eea40207"


@dataclass
class Client:
    """What a program does that lists, polls, approves, runs and downloads; it remembers what it was told."""

    server: Server
    tokens: dict[str, str]
    told: list[tuple[str, Answer]] = field(default_factory=list)

    def call(self, who: str, method: str, target: str, sent: Any = None) -> Answer:
        """One call; ``target`` is a path of the API, or a link that it was told."""
        parts = urlsplit(target)
        path = parts.path if parts.netloc else f"/api{parts.path}"
        body = None if sent is None else json.dumps(sent).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = self.server.ask(
            method, f"{path}?{parts.query}" if parts.query else path, self.tokens.get(who, who), headers, body
        )
        self.told.append((f"{method} {target}", answer))
        return answer

    def story(self) -> None:
        """Everything that it does."""
        for who in ("ada", "john", "dora", ""):
            self.call(who, "GET", "/userinfo")
        for page in range(3):
            self.call("ada", "GET", f"/sessions?limit=20&offset={20 * page}&count=exact")
        while self.call("john", "GET", SESSION).json["review"]["status"] == "PENDING":
            pass
        assert self.call("john", "POST", f"{SESSION}/exec").status == 200
        for script in ("SELECT 1", "SELECT * FROM customers -- [x]?"):
            made = self.call("john", "POST", "/sessions", {"connection": "pg", "script": script}).json
            review = f"/sessions/{made['session_id']}/review"
            self.call("john", "PUT", review, {"status": "APPROVED"})
            self.call("dora", "PUT", review, {"status": "APPROVED"})
            self.call("john", "GET", f"/sessions/{made['session_id']}")
        for _ in range(3):
            self.call("ada", "GET", "/reviews")
        link = self.call("john", "GET", "/sessions/00000000-0000-4000-8000-000000000002?extension=csv").json
        assert urlsplit(link["download_url"]).port == self.server.port
        for _ in range(2):
            self.call("", "GET", link["download_url"])
        self.call("ada", "GET", "/sessions/00000000-0000-4000-8000-00000000dead")
        self.call("ada", "GET", "/sessions?limit=0")
        self.call("ada", "POST", "/sessions", {"script": 1})
        self.call("ada", "GET", "/nowhere")
        signed_in = self.call("", "POST", "/localauth/login", {"email": "john.wick@bad.org", "password": "hoop"})
        self.call(signed_in.headers["token"], "GET", "/userinfo")
        self.call("", "POST", "/localauth/login", {"email": "john.wick@bad.org", "password": "guess"})


def plain(answer: Answer, server: Server, told: Callable[[bytes], bytes]) -> tuple[int, str, bytes]:
    """An answer as it is compared: without where it came from, and without the token of a link."""
    body = answer.body.replace(f"http://127.0.0.1:{server.port}".encode(), b"<origin>")
    return answer.status, answer.headers.get("content-type", ""), told(body)


def without_token(body: bytes) -> bytes:
    """The body without the token of a download."""
    before, token, rest = body.partition(b"download?token=")
    return before + token + rest[rest.find(b"\\u0026") :] if token else body


def test_a_client_is_told_the_same_by_the_scenario_that_was_recorded_of_it(
    serve: Serve, mockhoop: Run, tmp_path: Path
) -> None:
    (tmp_path / "real.yaml").write_text(SCENARIO % base64.b64encode(BINARY).decode())
    real = serve("--scenario", "real.yaml")
    recorder = serve(real.url, "-o", "recorded.yaml", verb="record")
    first = Client(recorder, OWN)
    first.story()
    assert recorder.stop() == 0

    text = (tmp_path / "recorded.yaml").read_text()
    assert not [secret for secret in (*OWN.values(), "hoop\n", str(real.port)) if secret in text]
    assert mockhoop("check", "recorded.yaml").code == 0

    replayed = serve("--scenario", "recorded.yaml")
    again = Client(replayed, RECORDED)
    again.story()
    assert len(again.told) == len(first.told) > 30
    for (call, before), (_, after) in zip(first.told, again.told, strict=True):
        assert plain(after, replayed, without_token) == plain(before, recorder, without_token), call
    assert any(BINARY[128:] in answer.body for _, answer in again.told)


def test_what_was_recorded_and_redacted_is_told_when_it_is_written(serve: Serve, one_session: Path) -> None:
    real = serve("--scenario", f"./{one_session.name}")
    recorder = serve(real.url, "-o", "recorded.yaml", verb="record")
    for _ in range(2):
        recorder.get("/sessions", "johns-secret")
    recorder.ask("OPTIONS", "/api/sessions", None, {"Access-Control-Request-Method": "GET"})
    recorder.signal(signal.SIGINT)
    assert recorder.ended() == 0
    assert recorder.out.splitlines()[2:] == [
        "2 calls recorded as 1 answer in recorded.yaml",
        "left out: 1 call that only asked whether a page may call",
        "redacted:",
        "  bearer token in the header Authorization of requests: 2 times",
        "serve it with: mockhoop serve --scenario recorded.yaml",
    ]


def test_what_was_gathered_is_written_though_the_server_is_gone(serve: Serve, tmp_path: Path) -> None:
    real = serve()
    recorder = serve(real.url, "-o", "recorded.yaml", verb="record")
    assert recorder.get("/sessions?limit=1").status == 200
    real.stop()
    away = recorder.get("/sessions?limit=2")
    assert away.status == 502
    assert "cannot be reached" in away.json["message"]
    assert recorder.stop() == 0
    text = (tmp_path / "recorded.yaml").read_text()
    assert "call: GET /sessions?limit=1\n" in text
    assert "limit=2" not in text
    assert "left out: 1 call that the server did not answer" in recorder.out


def test_what_was_gathered_is_kept_elsewhere_if_its_place_is_gone(serve: Serve, mockhoop: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    recorder = serve(serve().url, "-o", "folder/recorded.yaml", verb="record")
    recorder.get("/sessions?limit=1")
    (tmp_path / "folder").rmdir()
    assert recorder.stop() == 2
    said = r"Error: folder/recorded\.yaml cannot be written: .* \(what was recorded is kept in (.*)\)"
    told = re.search(said, recorder.log)
    assert told is not None
    assert "call: GET /sessions?limit=1\n" in Path(told[1]).read_text()
    Path(told[1]).unlink()


def test_nothing_is_written_where_nothing_was_recorded(serve: Serve, tmp_path: Path) -> None:
    recorder = serve("http://127.0.0.1:9/api", "-o", "recorded.yaml", verb="record")
    assert recorder.stop() == 1
    assert not (tmp_path / "recorded.yaml").exists()
    assert "nothing was recorded, and nothing is written" in recorder.log


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("-o", "x.yaml"),
            "calls come from UPSTREAM, such as https://use.hoop.dev/api, or from --har FILE; give",
        ),
        (("http://x.test", "--har", "a.har", "-o", "x.yaml"), "leave one of them out"),
        (("http://x.test", "--base-url", "http://x.test", "-o", "x.yaml"), "it goes with --har"),
        (("http://x.test", "-o", "."), ". is a folder; -o names the file to write"),
        (
            ("http://x.test", "-o", "there.yaml"),
            "there.yaml is there already; write another file, or over this one",
        ),
        (("http://x.test", "-o", "none/x.yaml"), "none/x.yaml cannot be written: none is no folder"),
        (("--har", "none.har", "-o", "x.yaml"), "none.har: cannot be read: no such file or directory"),
        (("--har", "there.yaml", "-o", "x.yaml"), "there.yaml: this is no HAR file"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_done(
    mockhoop: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "there.yaml").write_text("mine")
    done = mockhoop("record", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err
    assert (tmp_path / "there.yaml").read_text() == "mine"


def test_a_har_file_that_is_cut_off_gives_a_scenario_of_what_is_in_it(mockhoop: Run, tmp_path: Path) -> None:
    one = {
        "request": {"method": "GET", "url": "https://gate.test/api/sessions?limit=1", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"mimeType": "text/csv", "text": "a,b"}},
    }
    (tmp_path / "calls.har").write_text(json.dumps({"log": {"entries": [one, one]}}, indent=1)[:-40])
    (tmp_path / "old.yaml").write_text("old")
    done = mockhoop("record", "--har", "calls.har", "-o", "old.yaml", "--force")
    assert done.code == 0
    assert "Warning: calls.har:" in done.err
    assert "cut off or broken here (1 entry before that is read)" in done.err
    assert done.out.splitlines()[0] == "1 call recorded as 1 answer in old.yaml"
    assert "call: GET /sessions?limit=1" in (tmp_path / "old.yaml").read_text()
    assert mockhoop("check", "old.yaml").code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_another_contract_is_recorded_as_well(serve: Serve, mockhoop: Run, tmp_path: Path) -> None:
    shop = Path(__file__).parents[1] / "documents" / "shop.yaml"
    real = serve(shop)
    recorder = serve(real.url, "-o", "shop.scenario.yaml", "--contract", shop, verb="record")
    asked = [(recorder, target) for target in ("/products", "/products/1", "/nothing")]
    before = [one.get(target, "a-token-of-mine-1234") for one, target in asked]
    assert recorder.stop() == 0
    assert mockhoop("check", "shop.scenario.yaml", "--contract", shop).code == 0
    replayed = serve(shop, "--scenario", "./shop.scenario.yaml")
    after = [replayed.get(target, "recorded-token-1") for _, target in asked]
    assert [(one.status, one.body) for one in after] == [(one.status, one.body) for one in before]
