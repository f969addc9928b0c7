"""Agents: those that a gateway knows, and how a new one gets in (section 5 of the clients)."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.records import Refusal

TAKEN: Final = Refusal(409, "agent already exists")
BAD_MODE: Final = Refusal(422, "mode must be standard or embedded")
_MODES: Final = ("standard", "embedded")
_AGENT: Final = Struct(
    "AgentRequest", "openapi", (Field("Name", "name", go.TEXT, required=True), Field("Mode", "mode", go.TEXT))
)


@dataclass(frozen=True, slots=True)
class NewAgent:
    """Who is to be an agent."""

    name: str
    mode: str


def read_agent(body: bytes) -> NewAgent | Refusal:
    """The agent that a client wants."""
    told = decode(body, _AGENT)
    if isinstance(told, Refusal):
        return told
    mode = told["mode"] or _MODES[0]
    return NewAgent(told["name"], mode) if mode in _MODES else BAD_MODE


def silent(told: NewAgent, own_id: str) -> dict[str, Any]:
    """An agent that has not come yet, as the wire has it."""
    unknown = dict.fromkeys(
        ("hostname", "machine_id", "kernel_version", "version", "goversion", "compiler", "platform"), ""
    )
    return {
        "id": own_id,
        "token": "",
        "name": told.name,
        "mode": told.mode,
        "status": "DISCONNECTED",
        "metadata": {},
        **unknown,
    }


def way_in(told: NewAgent, secret: str, grpc_url: str) -> str:
    """The address with the key by which an agent gets in; it is told only once."""
    parts = urlsplit(grpc_url)
    return f"{parts.scheme or 'grpc'}://{told.name}:xagt-{secret}@{parts.netloc}?mode={told.mode}"
