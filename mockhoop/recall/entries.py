"""Exchanges as entries of a journal in a file; secrets masked."""

from dataclasses import replace

from mockhoop.contract.violations import as_dicts
from mockhoop.exchange import LONGEST_BODY, Exchange
from mockhoop.gateway.access import bearer_token
from mockhoop.gateway.times import rfc3339
from mockhoop.gateway.tokens import claimed_email
from mockhoop.journals.entry import Entry
from mockhoop.pipeline import Pipeline
from mockhoop.recall.masking import Mask
from mockhoop.recall.transitions import transitions


def entry_of(exchange: Exchange, pipeline: Pipeline, mask: Mask | None = None, *, kept: bool = False) -> Entry:
    """The exchange, with what its answer said itself: the headers on all answers are left out.

    One that was ``kept`` by the journal in memory may have been cut there.
    """
    mask = mask or Mask(pipeline.world)
    call, reply = exchange.call, exchange.reply
    known = exchange if exchange.caller else replace(exchange, caller=_refused(exchange))
    cut = kept and LONGEST_BODY in (len(call.body), len(reply.body))
    headers = (*reply.headers, *([("Content-Type", reply.content_type)] if reply.content_type else ()))
    return Entry(
        method=call.method,
        path=mask.text(call.raw_path),
        query=mask.query(call.raw_path, exchange.asked or call.raw_query),
        request_headers=mask.pairs(known, call.headers.items()),
        request_body=mask.content(call.body, whole=not cut, in_shape=True),
        status=reply.status,
        response_headers=mask.pairs(exchange, headers),
        response_body=mask.content(reply.body, whole=not cut),
        number=exchange.number,
        at=rfc3339(exchange.at, "ns"),
        world=pipeline.world.name,
        prefix=call.prefix,
        operation=exchange.operation,
        caller=exchange.caller,
        responder=exchange.responder,
        violations=tuple(as_dicts(exchange.violations)),
        transitions=transitions(exchange),
        cut=cut,
    )


def _refused(exchange: Exchange) -> str:
    """Who was refused for a role; that the token was good is known then."""
    token = bearer_token(exchange.call.headers.get("Authorization")) if exchange.reply.status == 403 else None
    return claimed_email(token) if token is not None else ""
