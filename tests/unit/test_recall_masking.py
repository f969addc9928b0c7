"""Secrets stand behind placeholders wherever they are, and behind the same ones."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.contract.document import load_contract
from mockhoop.exchange import LONGEST_BODY, Exchange
from mockhoop.messages import Call, Reply
from mockhoop.recall.masking import Mask, masked
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import spec_dir
from mockhoop.scenario.loader import parse_scenario
from mockhoop.scenario.matching import Miss
from mockhoop.scenario.population import populate
from mockhoop.service import Service
from mockhoop.world.world import World

SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
SCENARIO = """
mockhoop: 1
api_key: xapi-own
users:
  - {name: Ada, email: ada@example.com, groups: [admin], token: t-ada}
  - {name: John, email: john@example.com, token: t-john}
  - {name: John, email: john@other.org, token: t-other}
api_keys: [{name: deployer, key: hpk_deploy, groups: [admin]}]
"""
MASK = Mask(World(populate(parse_scenario(SCENARIO, "s.yaml"))))
SECRET = "s3cr3t"


def exchange(caller: str = "") -> Exchange:
    return Exchange(Call("GET", "/"), Reply(200), caller=caller)


@pytest.mark.parametrize(
    ("authorization", "caller", "shown"),
    [
        ("Bearer t-ada", "ada@example.com", "Bearer <token:ada>"),
        ("Bearer t-ada", "", "Bearer <token:ada>"),  # nobody looked, such as where the contract has no operation
        ("Bearer t-old", "ada@example.com", "Bearer <token:ada>"),  # it was hers then
        ("Bearer t-john", "", "Bearer <token:john@example.com>"),
        ("Bearer t-other", "", "Bearer <token:john@other.org>"),
        ("Bearer t-nobody", "", "Bearer <token:unknown>"),
        ("Bearer hpk_deploy", "", "Bearer <key:deployer>"),
        ("Bearer hpk_deploy", "deployer", "Bearer <key:deployer>"),
        ("Bearer hpk_other", "", "Bearer <key:unknown>"),
        ("Basic YTpi", "", "<credentials>"),
    ],
)
def test_a_token_is_told_by_who_has_it(authorization: str, caller: str, shown: str) -> None:
    assert MASK.headers(exchange(caller), [("Authorization", authorization)]) == {"Authorization": shown}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Api-Key", "xapi-own", "<api-key>"),
        ("Api-Key", "xapi-other", "<api-key:unknown>"),
        ("Cookie", SECRET, "<cookie>"),
        ("Cookie", f"sid={SECRET}; theme={SECRET}", "sid=<cookie>; theme=<cookie>"),
        ("Set-Cookie", SECRET, "<set-cookie>"),
        ("Token", SECRET, "<token>"),
        ("X-New-Access-Token", SECRET, "<x-new-access-token>"),
        ("X-Api-Key", SECRET, "<x-api-key>"),
        ("Proxy-Authorization", SECRET, "<proxy-authorization>"),
        ("Location", f"/x?token={SECRET}&a=1", "/x?token=<token>&a=1"),
        ("Idempotency-Key", "7", "7"),
        ("Accept", "*/*", "*/*"),
    ],
)
def test_headers_that_hold_secrets_do_not_show_them(name: str, value: str, shown: str) -> None:
    assert MASK.headers(exchange(), [(name, value)]) == {name: shown}


@pytest.mark.parametrize(
    "text",
    [
        "token={}&a=1",
        "?__token={}",
        "a=1&password={}&b",
        "&amp;token={} x",
        '{{"password": "{}"}}',
        '{{"Token":"{}","a":1}}',
        '{{"access_token": "{}", "key" : "{}"}}',
        '{{"url": "http://h/api/x?token={}\\u0026extension=csv"}}',
        '{{"next": "/login?to=%2Fx%3Ftoken%3D{}%26a%3D1"}}',
        '{{"inner": "{{\\"client_secret\\": \\"{}\\"}}"}}',
        '{{"cut": 1, "secret": "{}',
        f"http://h/api/sessions/{SESSION}/download?token={{}}&blob-type=x",
        f"http://h/api/sessions/{SESSION}/download/input?token={{}}",
    ],
)
def test_secrets_in_texts_are_covered_and_nothing_else(text: str) -> None:
    covered = MASK.text(text.replace("{}", SECRET).format() if "{{" in text else text.replace("{}", SECRET))
    assert SECRET not in covered
    plain = text.replace("{{", "{").replace("}}", "}")
    before, after = plain.split("{}")[0], plain.split("{}")[-1]
    assert covered.startswith(before)
    assert covered.endswith(after)


@given(st.recursive(st.text(max_size=6), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=4))
def test_a_secret_of_any_characters_is_covered_however_deep_json_stands_in_json(other: Any) -> None:
    secret = '"s3cr3t"\\'
    told = {"x": other, "password": secret, "y": other}
    for _ in range(3):
        text = json.dumps(told)
        shown = json.loads(MASK.text(text))
        while "inner" in shown:
            shown = json.loads(shown["inner"])
        assert shown == {"x": other, "password": "<secret>", "y": other}
        told = {"inner": text}


@pytest.mark.parametrize(
    "told",
    [
        {"secret": {"envvar:PASSWORD": SECRET, "HOST": SECRET, "more": ["}", {"a": SECRET}]}},
        {"tokens": 1, "trusted_token": [SECRET, '"]', SECRET]},
        {"connection_credentials": {"username": "u", "command": f"sshpass -p '{SECRET}' ssh"}},
        {"env_vars": {"PGPASSWORD": SECRET}},
        {"parameters": {"envvar:HOST": SECRET, "filesystem:KUBECONFIG": SECRET}},
        {"aws_secret_access_key": SECRET, "hosts_key": SECRET, "private_key": SECRET, "passphrase": SECRET},
        {"ssh_key": SECRET, "ssh_keypass": SECRET, "admin_credentials_json": SECRET},
        {"dsn": f"postgres://someone:{SECRET}@host:5432/db", "redis": f"redis://:{SECRET}@host"},
    ],
)
def test_what_holds_secrets_is_covered_as_a_whole(told: Any) -> None:
    inner = {"a": 1, **told, "z": [1, {"b": 2}]}
    for text in (json.dumps(inner), json.dumps({"inner": json.dumps(inner)})):
        shown = MASK.text(text)
        assert SECRET not in shown
        outer = json.loads(shown)
        read = json.loads(outer["inner"]) if "inner" in outer else outer
        assert (read["a"], read["z"], list(read)) == (1, [1, {"b": 2}], list(inner))


def test_an_object_of_secrets_that_was_cut_is_covered_to_its_end() -> None:
    assert MASK.text('{"secret": {"a": "s3cr3t", "b": "s3c') == '{"secret": "<secret>'


def test_a_link_is_told_by_its_session() -> None:
    path = f"/api/sessions/{SESSION}/download"
    assert MASK.text(f"http://h{path}?token={SECRET}&x=1") == f"http://h{path}?token=<link:{SESSION}>&x=1"
    assert MASK.query(path, f"x=1&token={SECRET}") == f"x=1&token=<link:{SESSION}>"


@pytest.mark.parametrize("query", ["token=a", "%74oken=a", "x=1&to%6ben=a", "__token=a", "API_KEY=a", "password=a"])
def test_a_parameter_is_covered_however_its_name_is_written(query: str) -> None:
    assert masked(query, "***") == query.removesuffix("a") + "***"


@pytest.mark.parametrize("query", ["", "limit=20", "tokens=3", "user=token", "a=%20", "token", "keyword=x"])
def test_other_parameters_stay(query: str) -> None:
    assert masked(query, "***") == query


def test_the_code_of_a_sign_in_is_covered_and_no_other_code() -> None:
    assert masked("state=x&code=a", "***") == "state=x&code=***"
    assert masked("page=x&code=a", "***") == "page=x&code=a"


def test_a_body_that_is_no_text_is_covered_too() -> None:
    (covered,) = MASK.body(b'\xff{"password": "s3cr3t"}').values()  # type: ignore[union-attr]
    assert base64.b64decode(covered) == b'\xff{"password": "<secret>"}'


def test_a_body_that_was_cut_within_a_character_is_still_text() -> None:
    body = ('{"password": "s3cr3t", "x": "' + "é" * LONGEST_BODY).encode()[:LONGEST_BODY]
    assert body[-1] == 0xC3
    covered = MASK.body(body)
    assert isinstance(covered, str)
    assert covered.startswith('{"password": "<secret>", "x": "éé')


@pytest.mark.parametrize(
    ("miss", "wanted", "found"),
    [
        (Miss("header Authorization", "Bearer t-ada", "Bearer t-john"), "Bearer <token:ada>", "Bearer <token:john>"),
        (Miss("header Authorization", "Bearer *", ""), "Bearer *", ""),
        (Miss("header Accept", "a/b", "c/d"), "a/b", "c/d"),
        (Miss("query token", "s3", "s4"), "<token>", "<token>"),
        (Miss("query limit", "20", "5"), "20", "5"),
        (Miss("body password", "s3", "s4"), "<secret>", "<secret>"),
        (Miss("body url", "a", f"/x?token={SECRET}"), "a", "/x?token=<token>"),
        (Miss("path", "/a", f"/b?token={SECRET}"), "/a", "/b?token=<token>"),
    ],
)
def test_what_is_missed_shows_no_secrets(miss: Miss, wanted: str, found: str) -> None:
    shown = MASK.miss(exchange(), miss)
    expected = found.replace("<token:john>", "<token:john@example.com>")
    assert (shown.condition, shown.wanted, shown.found) == (miss.condition, wanted, expected)


@pytest.mark.parametrize(
    "part",
    ['"token":"', "\\", '\\"', "&token", "token", "_", "sessions/", '"token" ', '"secret":{', "://:", '"token":"\\"'],
)
def test_no_body_takes_long(part: str) -> None:
    body = (part * LONGEST_BODY)[:LONGEST_BODY]
    assert len(MASK.text(body)) <= 2 * LONGEST_BODY  # where it took quadratic time, this would not end in time


def test_a_world_of_any_contract_has_a_mask() -> None:
    told = Settings(contract=spec_dir() / "control.yaml")
    service = Service(Repertoire(told, load_contract(told.contract), parse_scenario("mockhoop: 1\n", "s.yaml")))
    assert Mask(service.world).headers(exchange(), [("Authorization", "Bearer x")]) == {
        "Authorization": "Bearer <token:unknown>"
    }
