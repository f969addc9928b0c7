"""A server in the same process: started, used and stopped from any thread and from any event loop."""

import asyncio
import shutil
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from mockhoop.errors import UsageError
from mockhoop.testing import Mockhoop
from mockhoop.testing.http import ControlError


def test_it_serves_while_the_context_lasts_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with Mockhoop("empty") as server:
        world = server.world()
        assert httpx.get(f"{server.api_url}/sessions", headers=world.headers()).json()["data"] == []
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


async def test_it_serves_an_event_loop_that_goes_on() -> None:
    async with Mockhoop("empty") as server, httpx.AsyncClient() as client:
        headers = await asyncio.to_thread(server.world().headers)
        answers = await asyncio.gather(*(client.get(f"{server.api_url}/sessions", headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}


def test_two_servers_run_side_by_side() -> None:
    with Mockhoop("empty") as one, Mockhoop("empty", seed=2) as other:
        assert one.url != other.url


def test_starting_it_twice_is_told() -> None:
    with Mockhoop("empty") as server, pytest.raises(UsageError, match="runs already"):
        server.start()


def test_what_cannot_be_had_is_told_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(UsageError, match="no scenario"):
        Mockhoop("emty").start()
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def server() -> "Mockhoop":
    with Mockhoop("executions") as running:
        yield running  # type: ignore[misc]


def test_a_world_is_steered_through_its_view(server: Mockhoop) -> None:
    world = server.world("steered", scenario="executions", seed=4)
    pending = "00000000-0000-4000-8000-000000000009"
    assert world.clock.now == "2024-08-01T12:00:00Z"
    assert world.perform({"approve": pending})[0]["notes"] == []
    assert world.state.sessions[pending]["status"] == "ready"
    world.state.users.change("ada@example.com", groups=["auditor"])
    assert world.token("auditor") in ("ada", "otto")
    world.snapshots.save("before")
    world.clock.advance("1h")
    world.snapshots.restore("before")
    assert world.clock.now == "2024-08-01T12:00:00Z"
    world.reset()
    assert world.state.sessions[pending]["status"] == "open"
    world.drop()
    with pytest.raises(ControlError, match="404"):
        world.drop()


def test_a_scenario_may_be_a_file_a_name_or_a_text(server: Mockhoop, tmp_path: Path) -> None:
    text = "mockhoop: 1\ntitle: mine\nusers: [{name: Zoe, email: zoe@example.com, groups: [admin], token: zoe}]\n"
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    world = server.world("loaded")
    for told in (file, str(file), text):
        world.scenario(told)
        assert world.token("zoe") == "zoe"
    world.scenario("empty")
    with pytest.raises(LookupError, match="there is no user 'zoe'"):
        world.token("zoe")


def test_the_order_of_calls_is_asserted(server: Mockhoop) -> None:
    world = server.world("ordered", scenario="empty")
    for path in ("/sessions", "/reviews"):
        httpx.get(f"{world.api_url}{path}", headers=world.headers())
    world.journal.assert_order("GET /sessions", "GET /reviews")
    world.journal.assert_not_called("POST /sessions")
    with pytest.raises(AssertionError, match="they came as: GET /sessions, GET /reviews"):
        world.journal.assert_order("GET /reviews", "GET /sessions")
    with pytest.raises(AssertionError, match="of 1 exchanges were there"):
        world.journal.wait("POST /sessions", seconds=0)


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium (Debian: apt-get install chromium)")
@pytest.mark.parametrize("form", ["/~browsed", "browsed.localhost"])
def test_a_browser_sees_the_world_that_its_address_names(server: Mockhoop, tmp_path: Path, form: str) -> None:
    world = server.world("browsed", scenario="empty")
    world.faults.add("GET /sessions", respond={"status": 200, "body": "this is the browsed world"})
    port = server.client.port
    host = f"{form}:{port}" if "localhost" in form else f"127.0.0.1:{port}{form}"
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    command = [
        "chromium",
        *options.split(),
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path}",
    ]
    result = subprocess.run([*command, "--dump-dom", f"http://{host}/api/sessions"], capture_output=True, timeout=60)
    assert b"this is the browsed world" in result.stdout
