"""Who may use the control API: callers on this machine or with its token, under its own names."""

from typing import Any

import pytest

from mockhoop.server.app import make_app
from mockhoop.server.control.calls import Refused
from mockhoop.server.control.guard import Guard

from .control_client import Control

LOCAL = {"Host": "localhost"}


def status(guard: Guard, headers: dict[str, str], peer: str | None = "127.0.0.1", own: str | None = None) -> int:
    """200, or the status with which a caller is refused."""
    try:
        guard.check(peer, headers, own)
    except Refused as refused:
        return refused.status
    return 200


@pytest.mark.parametrize(
    ("peer", "wanted"),
    [
        ("127.0.0.1", 200),
        ("127.9.9.9", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("10.0.0.1", 403),
        ("::ffff:10.0.0.1", 403),
        ("", 403),
        (None, 403),
    ],
)
def test_without_a_token_only_this_machine_is_let_in(peer: str | None, wanted: int) -> None:
    assert status(Guard(), LOCAL, peer) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Bearer s3cret", 200),
        ("Bearer s3cre", 401),
        ("Bearer s3cret ", 401),
        ("bearer s3cret", 401),
        ("Basic s3cret", 401),
        ("Bearer s3cr\udcffet", 401),
        (None, 401),
    ],
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1"])
def test_with_a_token_everybody_needs_it_and_anybody_may_have_it(peer: str, given: str | None, wanted: int) -> None:
    headers = LOCAL | ({"Authorization": given} if given is not None else {})
    assert status(Guard("s3cret"), headers, peer) == wanted


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("localhost:1", 200),
        ("LOCALHOST", 200),
        ("one.localhost:8009", 200),
        ("127.0.0.1", 200),
        ("[::1]:8009", 200),
        ("build.example:8009", 200),
        ("192.168.1.5:8009", 200),
        ("192.168.1.6:8009", 403),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("notlocalhost", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_foreign_names_are_refused_and_own_ones_let_in(host: str, wanted: int) -> None:
    guard = Guard(hosts=frozenset({"Build.example"}))
    assert status(guard, {"Host": host}, own="192.168.1.5") == wanted
    assert status(guard, LOCAL | {"Origin": f"http://{host}"}, own="192.168.1.5") == wanted


@pytest.mark.parametrize("origin", ["null", "", "file://", "http://[", "localhost"])
def test_what_is_no_origin_of_ours_is_refused(origin: str) -> None:
    assert status(Guard(), LOCAL | {"Origin": origin}) == 403


def test_a_foreign_name_is_refused_even_with_the_token() -> None:
    assert status(Guard("s3cret"), {"Host": "evil.example", "Authorization": "Bearer s3cret"}) == 403


async def test_a_caller_without_the_token_is_told_of_it_and_nothing_happens(aiohttp_client: Any, service: Any) -> None:
    made = service("empty")
    client = await aiohttp_client(make_app(made, guard=Guard("s3cret")))
    async with client.put("/__mockhoop/worlds/mine", json={}) as response:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "Authorization: Bearer" in (await response.json())["detail"]
    assert made.worlds.find("mine") is None


async def test_the_control_api_sends_no_cors_headers(control: Control) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PUT"}
    for method, path in (("GET", "/health"), ("OPTIONS", "/worlds/one"), ("GET", "/nothing")):
        async with control.client.request(method, f"/__mockhoop{path}", headers=headers) as response:
            assert not [name for name in response.headers if name.startswith("Access-Control")]
