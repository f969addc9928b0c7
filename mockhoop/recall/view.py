"""An exchange as plain data: what was said, why, and what it changed; secrets masked."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from mockhoop.contract.violations import as_dicts
from mockhoop.exchange import Exchange, Fired
from mockhoop.gateway.times import rfc3339
from mockhoop.pipeline import Pipeline
from mockhoop.recall.effects import told
from mockhoop.recall.masking import Mask
from mockhoop.recall.search import is_refusal, near_operations, near_rules
from mockhoop.world.world import World


def exchange_view(exchange: Exchange, pipeline: Pipeline, mask: Mask | None = None) -> dict[str, Any]:
    """The exchange with everything that explains it, also rules, and operations if need be, that it nearly met."""
    world = pipeline.world
    mask = mask or Mask(world)
    call, reply = exchange.call, exchange.reply
    response_headers = [*reply.headers, *([("Content-Type", reply.content_type)] if reply.content_type else [])]
    view: dict[str, Any] = {
        "number": exchange.number,
        "at": rfc3339(exchange.at, "ns"),
        "request": {
            "method": call.method,
            "path": mask.text(call.raw_path),
            "query": mask.query(call.raw_path, call.raw_query),
            "headers": mask.headers(exchange, call.headers.items()),
            "body": mask.body(call.body),
        },
        "response": {
            "status": reply.status,
            "headers": mask.headers(exchange, response_headers),
            "body": mask.body(reply.body),
        },
        "operation": exchange.operation,
        "caller": exchange.caller,
        "responder": exchange.responder,
        "rules": list(exchange.rules),
        "violations": as_dicts(exchange.violations),
        "fired": fired_view(exchange.fired, world),
        "changes": told(world, exchange.effects),
        "delivery": asdict(exchange.delivery) if exchange.delivery is not None else None,
        "preferred": exchange.preferred,
        "refused": is_refusal(exchange),
        "near_rules": [
            {"rule": name, **asdict(mask.miss(exchange, miss))} for name, miss in near_rules(exchange, pipeline)
        ],
    }
    if not exchange.operation:
        view["near_operations"] = near_operations(exchange, pipeline)
    return view


def fired_view(fired: Iterable[Fired], world: World) -> list[dict[str, Any]]:
    """What happened by itself, in order."""
    return [
        {
            "at": rfc3339(one.at, "ns"),
            "rule": one.rule,
            "about": one.about,
            "changes": told(world, one.effects),
            "notes": list(one.notes),
        }
        for one in fired
    ]
