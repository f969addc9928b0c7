"""How the tests of executions call: with bodies, as people or with keys, and with every answer held to the contract."""

import json
from typing import Any, NamedTuple

SESSION = "00000000-0000-4000-8000-00000000000"
"""The ids of the sessions in the shipped scenario ``executions``, without their last digit."""
TO_KILL, OVER, REVIEWED, WINDOWED, ASLEEP, BY_RULE, LONG, JIT, PENDING = (f"{SESSION}{n}" for n in range(1, 10))
APPROVE, REJECT = {"status": "APPROVED"}, {"status": "REJECTED"}
OWN_KEY = {"Api-Key": "xapi-gateway"}


class Told(NamedTuple):
    """An answer; ``body`` as it was on the wire."""

    status: int
    body: bytes
    headers: Any

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def said(self) -> tuple[int, str]:
        """The status and the text of a refusal."""
        return self.status, self.json["message"]


async def send(
    api: Any, method: str, target: str, body: Any = None, token: str | None = "erin", **headers: str
) -> Told:
    """One call; ``body`` is bytes, or something that is sent as JSON."""
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    async with api.client.request(method, f"/api{target}", headers=sent, data=data) as response:
        told = Told(response.status, await response.read(), response.headers)
    violations = json.loads(told.headers.get("X-Mockhoop-Violations", "[]"))
    assert not [found for found in violations if found["location"].startswith("response")], violations
    return told


async def run(api: Any, script: str, connection: str = "shell", token: str = "erin", **more: Any) -> Told:
    """``POST /sessions``."""
    return await send(api, "POST", "/sessions", {"script": script, "connection": connection, **more}, token)


async def execute(api: Any, session_id: str, token: str = "erin") -> Told:
    """``POST /sessions/{id}/exec``."""
    return await send(api, "POST", f"/sessions/{session_id}/exec", None, token)


async def review(api: Any, session_id: str, decision: dict[str, Any], *tokens: str) -> None:
    """One decision by each of the callers."""
    for token in tokens:
        told = await send(api, "PUT", f"/sessions/{session_id}/review", decision, token)
        assert told.status == 200, told


async def session(api: Any, session_id: str, rendering: str = "") -> Any:
    """A session with its recording, as the admin sees it."""
    query = "expand=event_stream,session_input" + (f"&event_stream={rendering}" if rendering else "")
    told = await send(api, "GET", f"/sessions/{session_id}?{query}", token="ada")
    assert told.status == 200, told
    return told.json


def now(api: Any) -> int:
    """The world's time in nanoseconds."""
    instant: int = api.service.world.clock.now()
    return instant
