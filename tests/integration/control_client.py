"""What the tests of the control API share: a scenario, and a client whose every answer is held against the contract."""

import json
from typing import Any

from aiohttp.test_utils import TestClient
from jsonschema import Draft202012Validator

from mockhoop.contract.document import load_contract
from mockhoop.messages import Reply
from mockhoop.resources import spec_dir
from mockhoop.server.control.calls import PROBLEM

CONTRACT = load_contract(spec_dir() / "control.yaml")
PROBLEMS = Draft202012Validator({**CONTRACT.document, "$ref": "#/components/schemas/Problem"})
SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
SCENARIO = f"""
mockhoop: 1
title: Two groups approve
seed: 7
clock: {{start: 2024-07-25T15:56:35Z, frozen: true}}
users:
  - {{name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}}
  - {{name: John Wick, email: john@bad.org, groups: [sre], token: john}}
  - {{name: Dora, email: dora@example.com, groups: [dba], token: dora}}
connections: [{{name: pg, type: database, subtype: postgres, reviewers: [sre, dba]}}]
sessions:
  - {{id: {SESSION}, user: ada@example.com, connection: pg, script: SELECT 1, review: {{status: PENDING}}}}
states: [waiting, {{name: over, final: true}}]
timeline:
  - {{name: sre, after: 30s, do: [{{approve: {SESSION}, group: sre}}]}}
  - {{name: dba, after: 1h, do: [{{approve: {SESSION}, group: dba}}]}}
  - {{name: end, reached: {{session: {SESSION}, review: APPROVED}}, do: [{{enter: over}}]}}
  - {{name: by hand, told: true, do: [{{reject: {SESSION}, reason: no}}]}}
"""


class Control:
    """A client of the control API, and of the gateway behind it."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client

    async def __call__(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """The status and the body, read as JSON where it is."""
        if isinstance(body, str):
            sent: dict[str, Any] = {"data": body.encode(), "headers": {"Content-Type": "application/yaml", **headers}}
        else:
            sent = {"json": body, "headers": headers} if body is not None else {"headers": headers}
        async with self.client.request(method, f"/__mockhoop{path}", **sent) as response:
            content_type = response.headers.get("Content-Type", "")
            check(method, path, Reply(response.status, await response.read(), content_type))
            text = await response.text()
            return response.status, json.loads(text) if "json" in content_type else text

    async def call(self, path: str, token: str = "ada", method: str = "GET", **more: Any) -> tuple[int, bytes]:
        """A call of the gateway: the status and the body."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.client.request(method, path, headers=headers, **more) as response:
            return response.status, await response.read()


def check(method: str, path: str, reply: Reply) -> None:
    """Fail where an answer is not one that the contract has."""
    match = CONTRACT.operations.match(method, path.partition("?")[0])
    if reply.status >= 400:
        assert reply.content_type == PROBLEM
        PROBLEMS.validate(json.loads(reply.body))
        assert match is None or str(reply.status) in match.operation.definition["responses"], (method, path, reply)
    elif match is not None:
        assert CONTRACT.validator.response(match.operation, reply) == (), (method, path, reply)
