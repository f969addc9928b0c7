"""Signing in with the built-in identity provider, with what nobody should send (section 2.5)."""

import json
from html import unescape
from typing import Any

import pytest
from yarl import URL

from .scripted import Stage, stage

MANY = """
mockhoop: 1
sign_in: {method: oidc}
users:
  - {name: "<script>alert(1)</script>", email: odd@example.com}
  - {generate: 1000}
"""


@pytest.fixture
def world() -> Stage:
    return stage("sign_in: {method: oidc}\n")


def state_of(world: Stage, redirect: str = "") -> str:
    told = json.loads(world.call(f"/login?redirect={redirect}", None).reply.body)
    return URL(told["login_url"]).query["state"]


@pytest.mark.parametrize("code", ["", "nonsense", "%C3%A9", "%ED%A0%80", "%00"])
def test_a_code_that_the_provider_never_gave_lets_nobody_in(world: Stage, code: str) -> None:
    reply = world.call(f"/callback?state={state_of(world)}&code={code}", None).reply
    assert dict(reply.headers)["Location"] == "http://127.0.0.1:3587/callback?error=unexpected_error"


def test_the_way_back_holds_no_character_that_a_header_cannot_have(world: Stage) -> None:
    state = state_of(world, "http://gateway.test/a%0D%0AX:%20%C3%A9%23/b?c=%2541")
    reply = world.call(f"/callback?state={state}", None).reply
    where = "http://gateway.test/a%0D%0AX:%20%C3%A9#/b?c=%41&error=unexpected_error"
    assert dict(reply.headers)["Location"] == where


@pytest.mark.parametrize("host", ["[", "]", "[::1"])
@pytest.mark.parametrize("redirect", ["http://gateway.test/", "http://[", "/here"])
def test_nobody_is_sent_on_from_a_host_that_is_none(world: Stage, host: str, redirect: str) -> None:
    reply = world.call(f"/login?redirect={redirect}", None, Host=host).reply
    assert (reply.status, json.loads(reply.body)["message"]) == (422, "redirect attribute does not match with api url")


async def page(api: Any, tmp_path: Any, **query: str) -> str:
    path = tmp_path / "many.yaml"
    path.write_text(MANY)
    client = (await api(path)).client
    told = await (await client.get("/~mine/api/login")).json()
    async with client.get(URL(told["login_url"]).update_query(query).relative()) as response:
        text: str = await response.text()
        return text


async def test_of_many_people_the_first_are_shown_and_how_many_there_are(api: Any, tmp_path: Any) -> None:
    text = await page(api, tmp_path)
    assert (text.count("<li>"), "the first 200 of 1,001" in text) == (200, True)


async def test_a_name_is_never_markup(api: Any, tmp_path: Any) -> None:
    text = await page(api, tmp_path, find="<SCRIPT>")
    assert ("<script" in text.lower(), text.count("<li>")) == (False, 1)
    assert "<script>alert(1)</script>" in unescape(text)
