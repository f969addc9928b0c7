"""Exchanges that become a scenario: folded, disguised, written down."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.journals.entry import Entry
from mockhoop.recording.json_texts import leaves
from mockhoop.recording.recorder import Recorder
from mockhoop.scenario.loader import parse_scenario

from .recorded import CONTRACT, SERVER, TOKEN, Client, answers, entry, recording, scenario

JSON = (("Content-Type", "application/json"),)
JOHN = {"name": "John Wick", "email": "john@acme.test", "groups": ["sre"], "role": "standard"}


def told(found: list[Entry]) -> list[tuple[int, str, bytes]]:
    """What was answered in exchanges, as a client of the recording sees it."""
    return [(one.status, dict(one.response_headers).get("Content-Type", ""), one.response_body) for one in found]


# Folding


def test_the_same_answer_again_and_again_is_one_answer() -> None:
    assert answers(*[entry("GET /reviews", []) for _ in range(9)]) == [
        {"call": "GET /reviews", "respond": {"status": 200, "body": []}}
    ]


def test_a_client_that_polls_finds_the_same_change_after_as_many_calls() -> None:
    pending, approved = {"status": "PENDING"}, {"status": "APPROVED"}
    calls = [entry("GET /reviews/1", pending) for _ in range(3)] + [entry("GET /reviews/1", approved)] * 2
    assert answers(*calls)[0]["sequence"] == [
        {"times": 3, "status": 200, "body": pending},
        {"status": 200, "body": approved},
    ]


def test_what_was_sent_tells_calls_apart_that_differ_in_nothing_else() -> None:
    one = entry("POST /sessions", "one", sent={"script": "SELECT *", "n": [1]})
    two = entry("POST /sessions", "two", sent="a?b")
    found = answers(one, two, one)
    assert [(answer["send"], answer["respond"]["body"]) for answer in found] == [
        ({"script": "SELECT [*]", "n": [1]}, "one"),
        ("a[?]b", "two"),
    ]


def test_what_was_sent_does_not_matter_where_it_was_always_the_same() -> None:
    assert "send" not in answers(*[entry("POST /sessions", "one", sent={"script": "SELECT 1"})] * 2)[0]


def test_bodies_that_are_no_text_do_not_tell_calls_apart() -> None:
    found = answers(
        entry("POST /upload", "one", sent=b"\xff\x01"),
        entry("POST /upload", "two", sent=b"\xff\x02"),
        entry("POST /upload", "text", sent="text"),
    )
    assert [("send" in one, "sequence" in one) for one in found] == [(True, False), (False, True)]


def test_who_calls_matters_where_people_were_answered_otherwise() -> None:
    found = answers(
        entry("GET /sessions", "all", token="a" * 20),
        entry("GET /sessions", "mine", token="b" * 20),
        entry("GET /sessions", "nothing", status=401),
        entry("GET /reviews", "same", token="a" * 20),
        entry("GET /reviews", "same", token="b" * 20),
    )
    assert [(one["call"], one.get("headers")) for one in found] == [
        ("GET /sessions", {"Authorization": "Bearer recorded-token-1"}),
        ("GET /sessions", {"Authorization": "Bearer recorded-token-2"}),
        ("GET /sessions", {"Authorization": None}),
        ("GET /reviews", None),
    ]


def test_the_query_stands_as_it_was_asked_first() -> None:
    found = answers(entry("GET /sessions?offset=2&limit=1", "a"), entry("GET /sessions?limit=1&offset=2", "b"))
    assert [(one["call"], len(one["sequence"])) for one in found] == [("GET /sessions?offset=2&limit=1", 2)]


TEXTS = st.text("ab*?[]{}$\\\"'é\n\t :#-\ud800\ue000\x00", max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BODIES = VALUES | TEXTS | st.binary(max_size=12)
CALLS = st.builds(
    lambda verb, target, body, sent, status, token: entry(
        f"{verb} {target}", body, sent=sent, status=status, token=token
    ),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["/sessions", "/sessions?a=1&b=%2a", "/sessions?b=%2A&a=1", "/x/%2Fy", "/x//y", "/reviews?${a}"]),
    BODIES,
    st.sampled_from([b"", "a", "a*"]) | VALUES,
    st.sampled_from([200, 404, 503]),
    st.sampled_from([None, "recorded-token-1", "recorded-token-2"]),
)


@given(st.lists(CALLS, max_size=12))
def test_whatever_was_asked_and_answered_is_answered_so_again(calls: list[Entry]) -> None:
    # Tokens as the recording has them: here nobody needs to be disguised. The first who calls is the first.
    calls = [entry("GET /first", "x", token=f"recorded-token-{number}") for number in (1, 2)] + calls
    assert Client(recording(*calls).text).replies(calls) == told(calls)


@pytest.mark.parametrize(("depth", "kept_apart"), [(30, False), (60, True), (700, True), (100_000, True)])
def test_what_is_sent_deeply_nested_is_told_apart_as_a_text(depth: int, kept_apart: bool) -> None:
    deep = "[" * depth + "]" * depth
    calls = [entry("POST /a", said, sent=sent) for said, sent in (("a", deep), ("b", f"{deep} "), ("c", "x"))]
    found = answers(*calls)
    assert [one["respond"]["body"] for one in found if "respond" in one] == (["a", "b", "c"] if kept_apart else ["c"])
    assert Client(recording(*calls).text).replies(calls) == told(calls)


@given(st.lists(CALLS, max_size=8))
def test_the_same_exchanges_give_the_same_file(calls: list[Entry]) -> None:
    assert recording(*calls).text == recording(*calls).text


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        '{"b":1,"a":{"c":[true,null,"ü"]}}',
        '{"b": 1, "a": 2}\n',
        '{"a":"\\u003cb\\u003e","c":1.0}',
        '{"a":1,"a":2}',
        '"text"',
        "null",
        '{"a":"${HOME} $${b} $$${c}"}',
        '{"cut": [1,',
        "[" * 90 + "]" * 90,
        '{"<<":1,"":2,"yes":"no","1":"1e3"}',
        '{"a":"\\ud800"}',
        "",
    ],
)
def test_json_is_answered_to_the_byte(body: str) -> None:
    one = entry("GET /a", body, headers=JSON)
    assert Client(recording(one).text).replies([one])[0][2].decode() == body


def test_of_very_many_values_only_the_first_are_written_as_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.recording.bodies.MOST_VALUES", 5)
    calls = [entry(f"GET /{name}", [1, 2]) for name in "abc"]
    assert [type(one["respond"]["body"]) for one in answers(*calls)] == [list, str, str]
    assert Client(recording(*calls).text).replies(calls) == told(calls)


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x00", "däta\r\n\ttab \n".encode(), "\ufeffbom".encode(), b"\xff"])
def test_other_bodies_are_answered_to_the_byte(body: bytes) -> None:
    one = entry("GET /a", body, headers=(("Content-Type", "image/png"),))
    assert Client(recording(one).text).replies([one]) == [(200, "image/png", body)]


def test_headers_belong_to_an_answer_unless_they_are_of_the_connection_or_the_moment() -> None:
    (answer,) = answers(
        entry(
            "GET /a",
            "text",
            headers=(
                ("Date", "Sat, 28 Nov 2026 05:16:09 GMT"),
                ("Server", "nginx"),
                ("Content-Length", "4"),
                ("X-Request-Id", "1"),
                ("Access-Control-Allow-Origin", "*"),
                ("X-Total-Count", "7"),
                ("Link", "<a>"),
                ("link", "<b>"),
            ),
        )
    )
    assert answer["respond"]["headers"] == {"X-Total-Count": "7", "Link": "<a>\n<b>"}


# Hosts


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("https://gateway.acme.test/api/sessions/1", "${origin}/api/sessions/1"),
        ("https://gateway.acme.test", "${origin}"),
        ("HTTPS://gateway.acme.test:443/x", "${origin}/x"),
        (r"https:\/\/gateway.acme.test\/api", r"${origin}\/api"),
        ("http://127.0.0.1:8011/api", "${origin}/api"),
        ("grpcs://gateway.acme.test:8443", "grpcs://${host}:8443"),
        ("https://gateway.acme.test:8443/x", "https://${host}:8443/x"),
        ("https://gateway.acme.test.evil.test/x", "https://gateway.acme.test.evil.test/x"),
        ("https://www.gateway.acme.test/x", "https://www.gateway.acme.test/x"),
        ("ada@gateway.acme.test", "ada@gateway.acme.test"),
        ("http://127.0.0.1:80112/api", "http://127.0.0.1:80112/api"),
        ("echo ${HOME}", "echo $${HOME}"),
    ],
)
def test_the_servers_own_addresses_become_those_of_whoever_replays(said: str, written: str) -> None:
    (answer,) = answers(entry("GET /a", said, headers=(("Location", said),)))
    assert answer["respond"] == {"status": 200, "headers": {"Location": written}, "body": written}


def test_a_server_with_another_path_in_front_has_links_to_ours() -> None:
    found = recording(
        entry("GET /a", "https://acme.test/gateway/api/x https://acme.test/gateway/apis https://acme.test/"),
        base_url="https://acme.test/gateway/api/",
    )
    assert "body: ${origin}/api/x ${origin}/gateway/apis ${origin}/" in found.text


def test_an_address_in_what_was_asked_may_be_any() -> None:
    found = answers(
        entry("GET /login?redirect=https%3A%2F%2Fgateway.acme.test%2Fx&a=1", "a"),
        entry("POST /a", "a", sent={"to": "https://gateway.acme.test/x"}),
        entry("POST /a", "b", sent={"to": "elsewhere"}),
    )
    assert found[0]["call"] == "GET /login?redirect=*&a=1"
    assert [one["send"] for one in found[1:]] == [{"to": "*/x"}, {"to": "elsewhere"}]


# People and secrets


def test_each_token_is_a_user_with_another_one() -> None:
    found = scenario(
        entry("GET /sessions", [], token=TOKEN),
        entry("GET /sessions", [], token="b" * 20),
        entry("GET /userinfo", JOHN, token=TOKEN),
    )
    assert found.sources[0].data["users"] == [
        {"name": "John Wick", "email": "john@acme.test", "groups": ["sre"], "token": "recorded-token-1"},
        {"name": "caller-2", "email": "caller-2", "token": "recorded-token-2"},
    ]
    assert "# John Wick signs in with the token recorded-token-1\n" in found.sources[0].text


def test_several_tokens_of_one_person_are_one() -> None:
    found = scenario(
        entry("GET /userinfo", JOHN, token=TOKEN),
        entry("GET /userinfo", {**JOHN, "role": "admin"}, token="c" * 20),
    )
    (user,) = found.sources[0].data["users"]
    assert user["token"] == "recorded-token-1"


def test_who_is_an_admin_there_is_one_here() -> None:
    found = scenario(entry("GET /userinfo", {**JOHN, "role": "admin"}, token=TOKEN))
    assert found.sources[0].data["users"][0]["groups"] == ["sre", "admin"]


def test_where_nobody_signed_in_there_is_somebody_who_can() -> None:
    assert scenario(entry("GET /sessions", [])).sources[0].data["users"][0]["token"] == "recorded-token-1"


def test_a_token_that_was_given_fits_where_it_is_used() -> None:
    token = "0123456789abcdef0123456789abcdef"
    link = f"https://gateway.acme.test/api/sessions/1/download?token={token}\\u0026extension=csv"
    calls = [
        entry(
            "GET /sessions/1?extension=csv",
            f'{{"download_url":"{link}"}}',
            headers=(("Content-Type", "application/json"),),
        ),
        entry(f"GET /sessions/1/download?token={token}&extension=csv", "a,b\n"),
    ]
    text = recording(*calls).text
    assert token not in text
    client = Client(text)
    url = json.loads(client.call(calls[0]).reply.body)["download_url"]
    assert url == "http://mock.test/api/sessions/1/download?token=redacted0001&extension=csv"
    again = replace(calls[1], query=url.partition("?")[2])
    assert client.call(again).reply.body == b"a,b\n"


def test_who_signed_in_goes_on_with_the_token_of_the_answer() -> None:
    login = {"email": "john@acme.test", "password": "let me in"}
    calls = [
        entry("POST /localauth/login", {}, sent=login, headers=(("Token", TOKEN),)),
        entry("POST /localauth/login", {}, status=401, sent={**login, "email": "eve@acme.test"}),
        entry("GET /userinfo", JOHN, token=TOKEN),
        entry("GET /userinfo", {"message": "no"}, status=401),
    ]
    text = recording(*calls).text
    assert TOKEN not in text
    assert "let me in" not in text
    client = Client(text)
    assert dict(client.call(calls[0]).reply.headers)["Token"] == "recorded-token-1"
    assert client.call(calls[2], [("Authorization", "Bearer recorded-token-1")]).reply.status == 200
    assert client.call(calls[3]).reply.status == 401
    other = replace(calls[1], request_body=calls[1].request_body.replace(b"let me in", b"another"))
    assert client.call(other).reply.status == 401


SECRET = "s3cr3t-0f-4cme-1234"


@pytest.mark.parametrize(
    "one",
    [
        entry("GET /a", {"password": SECRET}),
        entry("GET /a", {"secret": {"envvar:HOST": SECRET, "filesystem:KEY": [SECRET]}}),
        entry("GET /a", {"list": [{"api_key": SECRET, "name": SECRET}]}),
        entry("GET /a", {"key": SECRET}),
        entry("GET /a", f"HOME=/root\nexport DB_PASSWORD={SECRET}\n"),
        entry("GET /a", {"output": f"HOME=/root\nDB_PASSWORD={SECRET}"}),
        entry("GET /a", {"token": SECRET, "log": f"line\n{SECRET}\tx"}),
        entry("GET /a", {"token": SECRET, "to": f"/x?then=%2Fy%3Ft%3D{SECRET}", "or": f"a<{SECRET}>"}),
        entry("GET /a", f'{{"token":"{SECRET}","x":"\\u003d{SECRET}"}}', headers=JSON),
        entry("GET /a", {"said": json.dumps({"token": SECRET})}),
        entry("GET /a", f"postgres://ada:{SECRET}@db/x"),
        entry("GET /a", f"see http://x.test/?access_token={SECRET}&b=1"),
        entry("GET /a", "x", headers=(("Set-Cookie", f"sid={SECRET}; Path=/; HttpOnly"),)),
        entry("GET /a", "x", headers=(("X-Auth-Token", SECRET),)),
        entry("GET /a", status=302, headers=(("Location", f"https://app.test/#access_token={SECRET}&x=1"),)),
        entry("GET /a", f"echo {SECRET}", asked=(("Cookie", f"a=b; sid={SECRET}"),)),
        entry("GET /a", f"echo {SECRET}", asked=(("Authorization", f"Basic {SECRET}"),)),
        entry("GET /a", f"echo {SECRET}", asked=(("Api-Key", SECRET),)),
        entry(f"GET /a?api_key={SECRET}", "x"),
        entry("POST /a", f"done {SECRET}", sent={"password": SECRET}),
        entry("POST /a", "x", sent=f"grant=x&client_secret={SECRET}"),
        entry(
            "POST /a", "x", sent={"password": SECRET}, asked=(("Content-Type", "application/x-www-form-urlencoded"),)
        ),
    ],
)
def test_secrets_are_nowhere_in_the_file_and_told_without_their_value(one: Entry) -> None:
    found = recording(one, replace(one, request_body=b"other"))
    assert SECRET not in found.text
    assert found.redactions
    assert all(SECRET not in f"{redaction}" for redaction in found.redactions)
    parse_scenario(found.text, "recorded.yaml")


def test_a_secret_that_only_the_client_knows_may_be_any_wherever_it_was_sent() -> None:
    one = entry("POST /a", "one", sent={"password": SECRET, "script": f"login {SECRET}"})
    found = answers(one, entry("POST /a", "two", sent={"script": "x"}))
    assert found[0]["send"] == {"password": "*", "script": "login *"}


def test_a_text_by_its_looks_is_a_secret_wherever_it_stands() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2huIn0.c2lnbmF0dXJl"
    pem = "-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----"
    found = recording(entry("GET /a", {"output": f"{token} x {pem} AKIAIOSFODNN7EXAMPLE"}))
    assert "output: redacted0001 x redacted0002 redacted0003" in found.text.replace('"', "")


@pytest.mark.parametrize(
    "body",
    [
        {"tags": [{"key": "team", "value": "banking"}]},
        {"token_type": "Bearer", "has_secret": True, "password": "", "secret": None, "api_key": "***"},
        {"secret": {"port": 5432}},
        "https://example.test/?page=2&sort=name",
    ],
)
def test_what_is_no_secret_stays(body: object) -> None:
    found = recording(entry("GET /a", body))
    assert found.redactions == ()


def test_what_is_among_credentials_is_no_secret_elsewhere_unless_it_looks_so() -> None:
    found = answers(
        entry("GET /a", {"credentials": {"database": "orders2024", "password": "orders9x"}}),
        entry("GET /orders2024", "orders2024 orders9x"),
    )
    assert found[0]["respond"]["body"] == {"credentials": {"database": "redacted0001", "password": "redacted0002"}}
    assert (found[1]["call"], found[1]["respond"]["body"]) == ("GET /orders2024", "orders2024 redacted0002")


def test_a_header_that_the_command_added_is_a_secret_in_answers_too() -> None:
    recorder = Recorder(CONTRACT, SERVER, "", sent=(("Authorization", f"Bearer {SECRET}"),))
    recorder.add(entry("GET /a", {"you": f"sent {SECRET}"}))
    assert SECRET not in recorder.recording().text


@pytest.mark.parametrize("form", ["a/b+c=1234567890", "ä1234567890äaäääääää", 'a"b\\c1234567890'])
def test_a_secret_is_known_however_it_is_encoded(form: str) -> None:
    quoted = quote(form, safe="")
    found = recording(entry("GET /a", {"token": form, "url": f"/x?token={quoted}", "said": f"it is {form}"}))
    assert (form in found.text, quoted in found.text, json.dumps(form)[1:-1] in found.text) == (False, False, False)


def test_a_short_password_is_not_taken_out_of_other_words() -> None:
    found = answers(entry("POST /a", {"type": "postgres"}, sent={"password": "postgres"}))
    assert found[0]["respond"]["body"] == {"type": "postgres"}


def test_the_list_of_what_was_redacted_counts_and_tells_where() -> None:
    found = recording(
        *[entry("GET /sessions/1", {"password": "x1"}, token=TOKEN)] * 3,
        entry("GET /nowhere?token=abc", "x"),
    )
    assert [(one.what, one.where, one.count) for one in found.redactions] == [
        ("bearer token", "the header Authorization of requests", 3),
        ("password", "answers of GET /sessions/{session_id}", 3),
        ("token", "the query of other calls", 1),
    ]
    assert "#   password in answers of GET /sessions/{session_id}: 3 times\n" in found.text


# What cannot be replayed


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (replace(entry("GET /a", "x"), responder="proxy"), "that the server did not answer"),
        (replace(entry("GET /a", "x"), cut=True), "with a body that was too long or broke off"),
        (entry("GET /a", status=304), "answered with 304, as their client had the answer"),
        (entry("GET /a", status=101), "answered with 101, which cannot be replayed"),
        (
            entry("OPTIONS /a", status=204, asked=(("Access-Control-Request-Method", "GET"),)),
            "that only asked whether a page may call",
        ),
        (entry("get /a", "x"), "with a method or path that cannot be written down"),
    ],
)
def test_what_cannot_be_replayed_is_counted_and_the_rest_kept(one: Entry, why: str) -> None:
    found = recording(entry("GET /b", "kept"), one)
    assert (found.calls, found.left_out) == (1, {why: 1})


def test_uploads_are_not_told_apart_by_the_boundaries_of_their_parts() -> None:
    first, second = (
        entry(
            "POST /upload",
            "stored",
            sent=f'--{mark}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{mark}--\r\n'.encode(),
            asked=(("Content-Type", f"multipart/form-data; boundary={mark}"),),
        )
        for mark in ("one", "two")
    )
    assert [one["respond"]["body"] for one in answers(first, second)] == ["stored"]
    assert ["send" in one for one in answers(first, second)] == [False]


def test_what_is_gathered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.recording.recorder.MOST_BYTES", 10_000)
    found = recording(*[entry("GET /a", "x" * 1_000)] * 9)
    assert (found.calls, found.left_out) == (3, {"that came when there was no more room": 6})


# JSON texts


def test_the_texts_of_json_are_found_with_the_keys_above_them() -> None:
    text = '{"a": {"b": ["x", {"c": "y"}], "d": 1}, "e:": "{\\"z\\"", "f": "g'
    found = list(leaves(text))
    assert [(one.keys, one.value) for one in found] == [
        (("a", "b"), "x"),
        (("a", "b", "c"), "y"),
        (("e:",), '{"z"'),
    ]
    assert [text[one.start : one.end] for one in found[:2]] == ['"x"', '"y"']
