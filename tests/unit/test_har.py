"""HAR files as browsers write them, whole and cut off, as recordings."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockhoop.errors import SourceError, UsageError
from mockhoop.journals.entry import Entry
from mockhoop.recording.har import HarFile, of_api, read_har

from .recorded import CONTRACT, Client, recording

BASE = "https://gateway.acme.test/api"
CHROME: dict[str, Any] = {
    "_initiator": {"type": "script"},
    "_priority": "High",
    "_resourceType": "fetch",
    "cache": {},
    "pageref": "page_1",
    "request": {
        "method": "GET",
        "url": f"{BASE}/sessions?limit=1",
        "httpVersion": "http/2.0",
        "headers": [
            {"name": ":authority", "value": "gateway.acme.test"},
            {"name": ":method", "value": "GET"},
            {"name": "accept", "value": "application/json"},
        ],
        "queryString": [{"name": "limit", "value": "1"}],
        "cookies": [],
        "headersSize": -1,
        "bodySize": 0,
    },
    "response": {
        "status": 200,
        "statusText": "",
        "httpVersion": "http/2.0",
        "headers": [
            {"name": "content-encoding", "value": "br"},
            {"name": "content-type", "value": "application/json; charset=utf-8"},
            {"name": "date", "value": "Sat, 28 Nov 2026 05:16:09 GMT"},
        ],
        "cookies": [],
        "content": {"size": 13, "mimeType": "application/json", "text": '{"data":[]}\r\n'},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_transferSize": 210,
    },
    "serverIPAddress": "192.0.2.7",
    "startedDateTime": "2026-11-28T05:16:09.706Z",
    "time": 12.1,
    "timings": {"send": 0.1, "wait": 11, "receive": 1},
}
FIREFOX: dict[str, Any] = {
    "pageref": "page_1",
    "startedDateTime": "2026-11-28T06:16:09.706+01:00",
    "request": {
        "bodySize": 30,
        "method": "POST",
        "url": f"{BASE}/sessions",
        "httpVersion": "HTTP/1.1",
        "headers": [
            {"name": "Host", "value": "gateway.acme.test"},
            {"name": "Content-Type", "value": "application/json"},
            {"name": "Authorization", "value": "Bearer of-nobody-here-1234"},
        ],
        "cookies": [],
        "queryString": [],
        "postData": {"mimeType": "application/json", "params": [], "text": '{"connection":"pg","script":"1"}'},
    },
    "response": {
        "status": 201,
        "headers": [{"name": "Location", "value": f"{BASE}/sessions/1"}],
        "content": {
            "mimeType": "image/png",
            "size": 4,
            "encoding": "base64",
            "text": "iVBO\nRw==",
        },
    },
    "cache": {},
    "timings": {},
}


def changed(one: dict[str, Any], *, url: str = "", status: int | None = None, **content: Any) -> dict[str, Any]:
    """An entry with another address, status or content."""
    made: dict[str, Any] = json.loads(json.dumps(one))
    made["request"]["url"] = url or made["request"]["url"]
    made["response"]["status"] = made["response"]["status"] if status is None else status
    if content:
        made["response"]["content"] = content
    return made


def har(*entries: dict[str, Any]) -> str:
    """The text of a file with some entries."""
    told = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": entries}
    return json.dumps({"log": told}, indent=2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file of a test is."""
    return tmp_path / "calls.har"


def read(file: Path, text: str | bytes) -> HarFile:
    """What is in a file with a text."""
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_har(file)


def test_calls_of_chrome_and_firefox_become_exchanges(file: Path) -> None:
    base, entries = of_api(read(file, har(CHROME, FIREFOX)), CONTRACT.operations, "/api")
    assert base == BASE
    listed, made = entries
    assert (listed.method, listed.path, listed.query) == ("GET", "/api/sessions", "limit=1")
    assert listed.request_headers == (("Host", "gateway.acme.test"), ("accept", "application/json"))
    assert listed.response_body == b'{"data":[]}\r\n'
    assert (made.request_body, made.status) == (b'{"connection":"pg","script":"1"}', 201)
    assert made.response_body == b"\x89PNG"
    assert made.response_headers[-1] == ("Content-Type", "image/png")


def test_what_was_exported_is_answered_again(file: Path) -> None:
    base, entries = of_api(read(file, har(CHROME, FIREFOX)), CONTRACT.operations, "/api")
    made = recording(*entries, base_url=base)
    client = Client(made.text)
    assert client.replies(entries) == [
        (200, "application/json; charset=utf-8", b'{"data":[]}\r\n'),
        (201, "image/png", b"\x89PNG"),
    ]
    assert "of-nobody-here" not in made.text
    assert ("Location", "http://mock.test/api/sessions/1") in client.call(entries[1]).reply.headers


@pytest.mark.parametrize("byte_order_mark", ["", "\ufeff"])
def test_of_a_file_that_is_cut_off_the_whole_entries_are_read(file: Path, byte_order_mark: str) -> None:
    whole = byte_order_mark + har(CHROME, FIREFOX, CHROME)
    last = whole.rindex('"startedDateTime"')
    found = read(file, whole[:last])
    assert len(found.entries) == 2
    line = whole[: whole.rindex('"_initiator"')].count("\n")
    assert found.problem is not None
    assert str(found.problem).startswith(f"{file}:{line}:")
    assert str(found.problem).endswith("the file is cut off or broken here (2 entries before that are read)")


def test_wherever_a_file_is_cut_off_it_is_read_up_to_there(file: Path) -> None:
    whole = har(CHROME, FIREFOX).encode()
    counts = [len(read(file, whole[:at]).entries) for at in range(whole.index(b'"entries": [') + 12, len(whole), 97)]
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2}


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (changed(CHROME, status=0), "without an answer"),
        (changed(CHROME, url="wss://gateway.acme.test/api/ws"), "not made over HTTP"),
        (changed(CHROME, size=7, mimeType="text/plain"), "with an answer whose body is not in the file"),
        (
            changed(CHROME, text="=", encoding="base64"),
            "with an answer whose body is no base64",
        ),
        (
            {**CHROME, "request": {**CHROME["request"], "postData": {"text": "=", "encoding": "base64"}}},
            "with a body that is no base64",
        ),
        ({"request": {}}, "not told as HAR has it"),
        (changed(CHROME, url="https://cdn.acme.test/x.js"), "not of the API"),
        (changed(CHROME, url="https://gateway.acme.test/apis/x"), "not of the API"),
    ],
)
def test_calls_that_cannot_be_used_are_counted_and_the_rest_read(file: Path, one: dict[str, Any], why: str) -> None:
    found = read(file, har(CHROME, one))
    _, entries = of_api(found, CONTRACT.operations, "/api")
    assert (len(entries), dict(found.left_out)) == (1, {why: 1})


def test_what_a_browser_had_already_is_an_answer_like_others(file: Path) -> None:
    found = read(
        file,
        har(changed(CHROME, status=304, text="[]", mimeType="application/json"), changed(CHROME, status=304, size=9)),
    )
    assert [(entry.status, entry.response_body) for _, entry in found.entries] == [(200, b"[]"), (304, b"")]


def test_a_form_is_sent_as_its_fields_say(file: Path) -> None:
    form = json.loads(json.dumps(FIREFOX))
    form["request"]["postData"] = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "a", "value": "1 2"}, {"name": "b", "value": "ü"}],
    }
    ((_, entry),) = read(file, har(form)).entries
    assert entry.request_body == b"a=1+2&b=%C3%BC"


def paths(entries: list[Entry]) -> list[str]:
    """The paths of exchanges."""
    return [entry.path for entry in entries]


def test_the_api_is_where_most_calls_are_of_the_contract(file: Path) -> None:
    found = read(
        file,
        har(
            changed(CHROME, url="https://other.test/api/sessions"),
            changed(CHROME, url="https://gate.test/up/api/sessions"),
            changed(CHROME, url="https://gate.test/up/api/reviews"),
            changed(CHROME, url="https://gate.test/up/api/nothing/like/it"),
        ),
    )
    base, entries = of_api(found, CONTRACT.operations, "/api")
    assert (base, paths(entries)) == (
        "https://gate.test/up/api",
        ["/api/sessions", "/api/reviews", "/api/nothing/like/it"],
    )


def test_who_signed_in_by_the_address_called_the_same_api(file: Path) -> None:
    found = read(file, har(CHROME, changed(CHROME, url="https://ada:hunter2@gateway.acme.test/api/reviews")))
    base, entries = of_api(found, CONTRACT.operations, "/api")
    assert (base, paths(entries)) == (BASE, ["/api/sessions", "/api/reviews"])
    with pytest.raises(UsageError, match=r"called were: https://gateway\.acme\.test \(2\); "):
        of_api(found, CONTRACT.operations, "/api", "https://x.test")


def test_where_the_api_is_may_be_said(file: Path) -> None:
    found = read(file, har(CHROME, changed(CHROME, url="https://other.test/v1/sessions")))
    base, entries = of_api(found, CONTRACT.operations, "/api", "https://other.test/v1/")
    assert (base, paths(entries)) == ("https://other.test/v1", ["/api/sessions"])


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        ("", "no call is one of the contract's API (called were: https://cdn.test (2); "),
        ("https://x.test", "no call goes to https://x.test (called were: https://cdn.test (2); "),
    ],
)
def test_where_no_call_is_of_the_api_it_is_told_what_was_called(file: Path, base_url: str, told: str) -> None:
    one = changed(CHROME, url="https://cdn.test/a.js")
    with pytest.raises(UsageError) as caught:
        of_api(read(file, har(one, one)), CONTRACT.operations, "/api", base_url)
    assert str(caught.value).startswith(told)
    assert "--base-url" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"log": {}}', '{"log": {"entries": 1}}', "mockhoop: 1", b"\xff\xfe"])
def test_what_is_no_har_file_is_refused(file: Path, text: str | bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(file, text)
    assert str(caught.value).startswith(f"{file}: this is no HAR file (it has")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: no such file or directory"):
        read_har(tmp_path / "none.har")
