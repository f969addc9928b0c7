"""Schemathesis against the real app on a real socket: what it asked, what it was told, what it has to say."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from aiohttp import web
from hypothesis import strategies as st
from jsonschema_rs import Draft4Validator
from schemathesis import BaseSchema, Case, HookContext, Response
from schemathesis.core.jsonschema import make_validator
from schemathesis.engine import Status, events, from_schema

from mockhoop.contract.document import served_document
from mockhoop.exchange import Exchange
from mockhoop.gateway.sessions import session_id
from mockhoop.pipeline import Pipeline
from mockhoop.responders.hoop.reviews import find_reviewed
from mockhoop.server.app import make_app
from mockhoop.service import Service
from mockhoop.world.world import World

from .deviations import DECIDED, DEVIATIONS, PROVISION, Deviation, Finding
from .supplies import ADMIN, KEY, Supplier

SETTINGS: dict[str, Any] = {
    "seed": 20240725,
    "headers": ADMIN,
    "operations": [
        {"include-name": PROVISION, "headers": KEY},
        {"include-name": sorted(DECIDED), "generation": {"max-examples": 15}},
    ],
    "continue-on-failure": True,
    "suppress-health-check": ["all"],
    "output": {"sanitization": {"enabled": False}},
    "checks": {"enabled": True, "max_response_time": 10},
    "generation": {"max-examples": 3, "database": "none", "no-shrink": True},
    "phases": {"stateful": {"generation": {"max-examples": 10}}},
}

LASTING = "GET /server-logs/stream"
"""An answer that never ends, so that nobody can read it whole; its tests are in integration/test_server_logs.py."""

schemathesis.openapi.format(
    "RFC3339", st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z")
)


@dataclass
class Campaign:
    """All that happened while schemathesis went through a contract.

    ``answers`` counts by operation and status; ``broken`` holds violations in our own answers; ``phases`` and
    ``checks`` are those that were really carried out.
    """

    contract: str
    mode: str
    operations: frozenset[str] = frozenset()
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    checks: set[str] = field(default_factory=set)
    phases: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def expected(self) -> list[Deviation]:
        """The listed deviations that concern this campaign."""
        return [deviation for deviation in DEVIATIONS if deviation.concerns(self.contract, self.mode)]

    def succeeded(self, operation: str) -> int:
        """How often an operation succeeded; where it sends one elsewhere, that is its success."""
        return sum(count for (key, status), count in self.answers.items() if key == operation and 200 <= status < 400)

    def observe(self, exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:
        """Keep what our answer to a call did wrong."""
        call = exchange.call
        wrong = [str(found) for found in exchange.violations if found.location.startswith("response.")]
        if exchange.reply.status == 500 and not exchange.operation:
            wrong.append("no answer at all")
        self.broken += [f"{call.method} {call.raw_path}?{call.raw_query}: {found}" for found in wrong]


@contextmanager
def served(service: Service, campaign: Campaign) -> Iterator[str]:
    """The service on a port of its own, from a thread of its own; gives the address of its API."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="served")
    thread.start()

    def finish(work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(timeout=20)

    quiet = logging.getLogger("mockhoop.campaign")  # schemathesis also tries what is not even HTTP
    quiet.disabled = True
    app = make_app(service, observers=[campaign.observe])
    runner = web.AppRunner(app, access_log=None, logger=quiet, max_line_size=65536, max_field_size=65536)
    try:
        finish(runner.setup())
        finish(web.TCPSite(runner, "127.0.0.1", 0).start())
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    finally:
        finish(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def run(campaign: Campaign, service: Service) -> None:
    """Let schemathesis go through the contract of the service, in all its phases, with all its checks."""
    campaign.operations = frozenset(operation.key for operation in service.contract.operations) - {LASTING}
    with served(service, campaign) as url:
        config = schemathesis.Config.from_dict({**SETTINGS, "base-url": url})
        document = deepcopy(served_document(service.contract, url))
        schema = schemathesis.openapi.from_dict(document, config=config)
        supplier = Supplier(url, service.world, campaign.expected)
        _listen(schema, campaign, service.world)
        with _supplied_by(supplier, schema):
            for event in from_schema(schema.exclude(name=LASTING)).execute():
                _take_note(campaign, event)


@contextmanager
def _supplied_by(supplier: Supplier, schema: BaseSchema) -> Iterator[None]:
    def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
        examples += supplier.examples(context.operation)

    # This hook exists for all schemas only, so that it has to go when the campaign is over.
    def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
        supplier.complete(case)

    schema.hook(before_add_examples)
    schemathesis.hook(before_call)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)


def _listen(schema: BaseSchema, campaign: Campaign, world: World) -> None:
    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        if response.request.method == case.operation.method.upper():
            campaign.answers[case.operation.label, response.status_code] += 1

    def filter_failure(context: HookContext, failure: Any, case: Case[Any], response: Response) -> bool:
        campaign.findings.append(_finding(failure, case, response, world))
        return False  # it is judged later, by the list of deviations

    schema.hook(after_call)
    schema.hook(filter_failure)


def _finding(failure: Any, case: Case[Any], response: Response, world: World) -> Finding:
    text = next(map(str, case.path_parameters.values()), "")
    key = session_id(text)
    session = None if key is None else find_reviewed(world, key)
    return Finding(
        checks=frozenset(failure.checks),
        operation=case.operation.label,
        method=str(response.request.method),
        status=response.status_code,
        session_id=text,
        declared=_is_declared(case, response.request.body),
        review=None if session is None else session.review,
        sent=_object(response.request.body),
        query=_first_values(urlsplit(str(response.request.url)).query),
        headers={name.title(): values[0] for name, values in response.headers.items()},
        body=response.content.decode(errors="replace"),
        message=failure.message,
        reproduce=case.as_curl_command(),
    )


def _is_declared(case: Case[Any], sent: Any) -> bool:
    """Whether the body goes out as JSON, in the form that is declared for JSON.

    Beside it stands ``*/*``, of which anything is made, and which goes out as of any type, also as JSON.
    """
    json_body = case.operation.get_body_for_media_type("application/json")
    if json_body is None or case.media_type != "application/json":
        return False
    try:
        return make_validator(json_body.validation_schema, Draft4Validator).is_valid(json.loads(sent))
    except (ValueError, TypeError):
        return False


def _object(body: Any) -> Mapping[str, Any] | None:
    try:
        value = json.loads(body or "null")
    except (ValueError, TypeError):
        return None
    return value if isinstance(value, dict) else None


def _first_values(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, value)
    return values


def _take_note(campaign: Campaign, event: events.EngineEvent) -> None:
    if isinstance(event, events.ScenarioFinished):
        campaign.checks |= {check.name for checks in event.recorder.checks.values() for check in checks}
    elif isinstance(event, events.PhaseFinished):
        if event.status is Status.SUCCESS:
            campaign.phases.add(event.phase.name.value.lower())
    elif isinstance(event, events.NonFatalError):
        campaign.errors.append(f"{event.phase} {event.label}: {event.value!r}")
    elif isinstance(event, events.FatalError):
        campaign.errors.append(repr(event.exception))
    elif isinstance(event, events.SchemaAnalysisWarnings):
        campaign.errors += [f"{warning.kind} {warning.message}" for warning in event.warnings]
