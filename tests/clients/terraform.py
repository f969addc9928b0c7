"""The Terraform provider and its fork (section 5): statuses that it insists on, fields that it decodes strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .gateway import Gateway
from .shapes import base64_text, words
from .wire import NOTHING, Reply

SECTION = "5"
SWITCH = words("enabled", "disabled")
TEXTS = ([str], None)
CONNECTION = {
    "id": str,
    "name": str,
    "command": TEXTS,
    "type": str,
    "subtype": (str, None),
    "secret": ({str: base64_text}, None),
    "agent_id": str,
    "reviewers": TEXTS,
    "redact_enabled": (bool, None),
    "redact_types": TEXTS,
    "connection_tags": ({str: str}, None),
    "access_mode_runbooks": SWITCH,
    "access_mode_exec": SWITCH,
    "access_mode_connect": SWITCH,
    "access_schema": SWITCH,
    "guardrail_rules": TEXTS,
    "jira_issue_template_id": (str, None),
}
USER = {"id": str, "email": str, "name": str, "groups": TEXTS, "status": str}
MASKING = {
    "id": str,
    "name": str,
    "description": (str, None),
    "connection_ids": TEXTS,
    "supported_entity_types": ([{"name": str, "entity_types": [str]}], None),
    "custom_entity_types": ([{"name": str, "score": float}], None),
    "score_threshold": (float, None),
}
RUNBOOK_RULE = {
    "id": str,
    "name": str,
    "description": (str, None),
    "connections": TEXTS,
    "user_groups": TEXTS,
    "runbooks": ([{"name": str, "repository": str}], None),
}
RUNBOOKS = {"id": str, "repositories": ([{"repository": str, "git_url": str}], None)}
PLUGIN = {"name": str, "connections": ([{"id": str, "name": str, "config": TEXTS}], None), "config": (dict, None)}
PLUGIN_CONNECTION = {"connection_id": str, "config": TEXTS}
AGENT = {"id": str, "name": str, "status": str}

CREATED, MADE = (201,), (200, 201)


@dataclass(frozen=True)
class Terraform:
    """The provider with its key. ``auth_scheme`` is the fork's: keys of an organization go as bearer tokens."""

    gateway: Gateway
    key: str
    is_fork: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        """One header or the other, never both: the gateway looks at Api-Key when it is there, and at nothing else."""
        if self.is_fork and self.key.startswith("hpk_"):
            return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return {"Api-Key": self.key, "Content-Type": "application/json"}

    async def call(self, method: str, path: str, body: Any = NOTHING) -> Reply:
        """One call."""
        return await self.gateway.wire(self.headers).ask(SECTION, method, path, body)

    async def read(self, path: str, shape: Any) -> Any:
        """A resource as it is."""
        return (await self.call("GET", path)).read(shape)

    async def create(self, path: str, body: Any, shape: Any, statuses: tuple[int, ...] = CREATED) -> Any:
        """A new resource, as the answer tells it."""
        return (await self.call("POST", path, body)).read(shape, *statuses)

    async def update(self, path: str, body: Any, shape: Any, statuses: tuple[int, ...] = (200,)) -> Any:
        """A resource after a change, as the answer tells it."""
        return (await self.call("PUT", path, body)).read(shape, *statuses)

    async def delete(self, path: str) -> None:
        """Remove a resource."""
        (await self.call("DELETE", path)).check(204)
