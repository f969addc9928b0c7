"""The gateway's own log, whole and as it comes."""

import json
from typing import Any

import pytest

from .people_calls import call, read


@pytest.fixture
async def gateway(api: Any) -> Any:
    return await api("executions")


def messages(lines: list[Any]) -> list[str]:
    return [line["message"] for line in lines]


async def test_a_line_tells_of_an_exchange(gateway: Any) -> None:
    await call(gateway, "DELETE", "/users/nobody?token=secret")
    (line,) = await read(gateway, "/server-logs")
    assert line == {
        "timestamp": "2024-08-01T12:00:00Z",
        "level": "warn",
        "logger": "api/server.go",
        "message": "DELETE /api/users/nobody 404",
        "source": "gateway",
        "fields": {"method": "DELETE", "path": "/api/users/nobody", "status": 404, "user": "ada@example.com"},
    }


async def test_the_last_lines_are_told_oldest_first(gateway: Any) -> None:
    for path in ("/users", "/agents", "/plugins"):
        await read(gateway, path)
    lines = await read(gateway, "/server-logs?limit=2")
    assert messages(lines) == ["GET /api/agents 200", "GET /api/plugins 200"]


@pytest.mark.parametrize("path", ["/server-logs", "/server-logs/stream"])
@pytest.mark.parametrize("token", ["erin", "otto"], ids=["standard", "auditor"])
async def test_the_log_is_for_admins(gateway: Any, path: str, token: str) -> None:
    assert (await call(gateway, "GET", path, None, token)).said == (403, "access denied")


async def frames(response: Any, count: int) -> list[Any]:
    """So many events of a stream, comments left out."""
    found: list[Any] = []
    while len(found) < count:
        line = await response.content.readline()
        assert line, found
        if line.startswith(b"data: "):
            found.append(json.loads(line[6:]))
    return found


async def test_a_stream_begins_with_the_last_lines_and_goes_on(gateway: Any) -> None:
    for path in ("/users", "/agents"):
        await read(gateway, path)
    headers = {"Authorization": "Bearer ada"}
    async with gateway.client.get("/api/server-logs/stream?backlog=2", headers=headers) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert messages(await frames(response, 2)) == ["GET /api/agents 200", "GET /api/server-logs/stream 200"]
        await read(gateway, "/plugins")
        assert messages(await frames(response, 1)) == ["GET /api/plugins 200"]


async def test_a_stream_may_begin_without_what_was_before(gateway: Any) -> None:
    await read(gateway, "/users")
    headers = {"Authorization": "Bearer ada"}
    async with gateway.client.get("/api/server-logs/stream?backlog=0", headers=headers) as response:
        await read(gateway, "/plugins")
        assert messages(await frames(response, 1)) == ["GET /api/plugins 200"]
