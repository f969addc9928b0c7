"""Signing in through the built-in identity provider, from the beginning to the end (section 2.5)."""

import json
import re
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

OIDC = """
mockhoop: 1
sign_in: {method: oidc}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: Bob, email: bob@example.com, subject: "auth0|bob"}
  - {name: Ina Invited, email: ina@example.com, status: invited}
"""
HERE = "http://localhost:5173/auth/callback"
Client = TestClient[Any, Any]


@pytest.fixture
async def client(api: Callable[..., Awaitable[Any]], tmp_path: Path) -> Client:
    file = tmp_path / "oidc.yaml"
    file.write_text(OIDC)
    return (await api(str(file))).client  # type: ignore[no-any-return]


async def login_url(client: Client, redirect: str = HERE, prefix: str = "") -> str:
    answer = await client.get(f"{prefix}/api/login", params={"redirect": redirect})
    assert answer.status == 200, await answer.text()
    return str((await answer.json())["login_url"])


async def page(client: Client, url: str, find: str = "") -> tuple[int, str]:
    answer = await client.get(url[url.index("/__mockhoop") :] + (f"&find={find}" if find else ""))
    return answer.status, await answer.text()


async def back(client: Client, url: str, name: str) -> Any:
    """What the gateway says to the person who is chosen on the page."""
    _, text = await page(client, url)
    link = next(unescape(one) for one in re.findall(r'href="([^"]+)"', text) if name in text.split(one)[1][:120])
    return await client.get(link, allow_redirects=False)


async def test_who_is_chosen_is_signed_in_with_a_cookie(client: Client) -> None:
    answer = await back(client, await login_url(client), "Ada Admin")
    assert (answer.status, answer.headers["Location"]) == (307, HERE)
    token = answer.cookies["hoop_access_token"].value
    me = await client.get("/api/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (await me.json())["email"] == "ada@example.com"


async def test_the_command_line_gets_the_token_in_the_address(client: Client) -> None:
    answer = await back(client, await login_url(client, "http://127.0.0.1:3587/callback"), "Ada Admin")
    assert answer.headers["Location"].startswith("http://127.0.0.1:3587/callback?token=ey")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_the_names_of_this_machine_are_one(client: Client, host: str) -> None:
    assert await login_url(client, f"http://{host}:5173/")


async def test_another_host_is_not_led_back_to(client: Client) -> None:
    answer = await client.get("/api/login", params={"redirect": "http://evil.test/"})
    assert (answer.status, (await answer.json())["message"]) == (422, "redirect attribute does not match with api url")


async def test_who_is_not_active_comes_back_with_an_error(client: Client) -> None:
    answer = await back(client, await login_url(client), "Ina Invited")
    assert (answer.status, answer.headers["Location"]) == (307, f"{HERE}?error=unexpected_error")


async def test_a_code_is_good_for_its_own_sign_in_only(client: Client) -> None:
    first, second = await login_url(client), await login_url(client)
    _, text = await page(client, first)
    code = re.search(r"code=([0-9a-f]+)", text)[1]  # type: ignore[index]
    state = second.partition("state=")[2]
    answer = await client.get("/api/callback", params={"state": state, "code": code}, allow_redirects=False)
    assert "unexpected_error" in answer.headers["Location"]


async def test_a_state_that_nobody_knows_is_told(client: Client) -> None:
    answer = await client.get("/api/callback?state=x&code=y")
    assert (answer.status, (await answer.json())["message"]) == (400, "failed to retrieve login state internally")
    assert (await client.get("/__mockhoop/worlds/default/identity?state=x")).status == 404


async def test_the_page_runs_nothing(client: Client) -> None:
    url = await login_url(client)
    answer = await client.get(url[url.index("/__mockhoop") :])
    assert "<script" not in await answer.text()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_person_can_be_looked_for(client: Client) -> None:
    _, text = await page(client, await login_url(client), "bob")
    assert "bob@example.com" in text
    assert "ada@example.com" not in text


async def test_a_world_of_its_own_has_its_own_page(client: Client) -> None:
    url = await login_url(client, prefix="/~mine")
    assert "/__mockhoop/worlds/mine/identity?" in url
    assert (await back(client, url, "Ada Admin")).headers["Location"] == HERE
    assert (await page(client, url.replace("/mine/", "/default/")))[0] == 404


async def test_an_expired_token_is_renewed_by_the_call_that_brings_it(client: Client) -> None:
    answer = await back(client, await login_url(client), "Ada Admin")
    headers = {"Authorization": f"Bearer {answer.cookies['hoop_access_token'].value}"}
    assert "X-New-Access-Token" not in (await client.get("/api/userinfo", headers=headers)).headers
    await client.post("/__mockhoop/worlds/default/clock/advance", json={"by": "12h"})
    renewed = await client.get("/api/userinfo", headers=headers)
    assert renewed.status == 200
    fresh = {"Authorization": f"Bearer {renewed.headers['X-New-Access-Token']}"}
    again = await client.get("/api/userinfo", headers=fresh)
    assert (again.status, "X-New-Access-Token" in again.headers) == (200, False)


async def test_only_the_newest_sign_ins_are_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockhoop.responders.hoop.signing_in._MOST_BEGUN", 2)
    urls = [await login_url(client) for _ in range(4)]
    assert [(await page(client, url))[0] for url in urls] == [404, 404, 200, 200]


@pytest.mark.parametrize("password", ["guess", "\\ud800", ""])
async def test_a_password_that_is_not_the_one_is_refused(client: Client, password: str) -> None:
    body = json.dumps({"email": "ada@example.com", "password": password}).replace("\\\\", "\\")
    assert (await client.post("/api/localauth/login", data=body)).status in (400, 401)


async def test_looking_for_nothing_shows_everybody(client: Client) -> None:
    status, text = await page(client, f"{await login_url(client)}&find=")
    assert status == 200
    assert "ada@example.com" in text
