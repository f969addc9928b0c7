"""Calls that nobody thought of: schemathesis makes them up from the contract."""

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from math import ceil
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from mockhoop.contract.document import served_document
from mockhoop.contract.operations import Operation
from mockhoop.transport import TransportError
from mockhoop.verify.asking import over
from mockhoop.verify.existing import Existing
from mockhoop.verify.outcome import Part
from mockhoop.verify.reading import CHANGING_PARAMETERS
from mockhoop.verify.secrets import Cover
from mockhoop.verify.target import Target, Wanted
from mockhoop.verify.watching import SECOND_OPINION, Watching, in_a_line

_CREDENTIALS = "ignored_auth"
_PATIENCE = 3
"""So many operations in a row without an answer, and the server is taken for gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """How calls are made up and where they go. ``rate`` and ``seconds`` are limits, 0 and None for none.

    ``any_token_will_do`` at a mock of a document of which nobody knows who may call it.
    """

    target: Target
    wanted: Wanted
    url: str
    token: str
    operations: tuple[Operation, ...]
    existing: Existing
    cover: Cover
    any_token_will_do: bool = False
    rate: float = 0.0
    seconds: float | None = None
    stop: Event = field(default_factory=Event)
    done: Callable[[], None] = lambda: None


def make_up_calls(campaign: Campaign, part: Part) -> None:
    """Make calls of each operation; what comes of them is added to the part.

    Raises:
        TransportError: the server answers no longer, or no calls can be made up at all.
    """
    watching = Watching(campaign.target.contract, campaign.operations, campaign.url, campaign.cover)
    try:
        _watch(campaign, watching)
    finally:
        part.steps += watching.steps()


def _watch(campaign: Campaign, watching: Watching) -> None:
    with TemporaryDirectory() as folder:
        # What hypothesis remembers would else be left behind where the command was called.
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", folder)
        _run(campaign, watching)


def _run(campaign: Campaign, watching: Watching) -> None:
    import schemathesis
    from schemathesis.engine import events, from_schema

    config = schemathesis.Config.from_dict(_settings(campaign))
    document = deepcopy(served_document(campaign.target.contract, campaign.url))
    schema = schemathesis.openapi.from_dict(document, config=config)
    wanted = schema.include(name=[one.key for one in campaign.operations])
    _listen(wanted, watching, campaign)
    stream = from_schema(wanted).execute()
    silent = 0
    for event in stream:
        if campaign.stop.is_set() or silent == _PATIENCE:
            stream.stop()
        label = getattr(event, "label", None)
        if isinstance(event, events.ScenarioFinished) and label in watching.seen:
            watching.checks(label, event.recorder.checks)
            if event.phase.name == "FUZZING":
                silent = 0 if watching.seen[label].calls else silent + 1
                campaign.done()
        elif isinstance(event, events.NonFatalError) and label in watching.seen:
            _note(event.value, label, watching, campaign)
        elif isinstance(event, events.FatalError):
            raise TransportError(f"no calls can be made up: {in_a_line(event.exception)}")
    if silent == _PATIENCE:
        raise TransportError(f"{campaign.target.upstream.base_url} answers no longer")


def _note(error: object, label: str, watching: Watching, campaign: Campaign) -> None:
    """Take note of what kept a call from being made, or its answer from coming."""
    import requests

    if isinstance(error, requests.exceptions.Timeout):
        seconds = campaign.target.upstream.seconds
        watching.trouble(label, f"no answer came in {seconds:g} seconds (--timeout waits longer)")
    elif isinstance(error, requests.exceptions.RequestException):
        watching.trouble(label, "no whole answer came")
    else:
        watching.seen[label].obstacle = in_a_line(error)


def _settings(campaign: Campaign) -> dict[str, Any]:
    upstream, wanted = campaign.target.upstream, campaign.wanted
    checks = SECOND_OPINION if campaign.any_token_will_do else (*SECOND_OPINION, _CREDENTIALS)
    headers = over(campaign.target.headers, {"Authorization": f"Bearer {campaign.token}"} if campaign.token else {})
    told: dict[str, Any] = {
        "base-url": campaign.url,
        "seed": wanted.seed,
        "headers": dict(headers),
        "continue-on-failure": True,
        "suppress-health-check": ["all"],
        "output": {"sanitization": {"enabled": False}},
        "request-timeout": upstream.seconds,
        "max-redirects": 0,
        "tls-verify": str(upstream.ca_file) if upstream.ca_file else upstream.verify_tls,
        "checks": {"enabled": False, **{name: {"enabled": True} for name in checks}},
        "generation": {"max-examples": wanted.examples, "database": "none", "no-shrink": True},
        "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
        "warnings": False,
    }
    if campaign.seconds is not None:
        told["max-time"] = max(1, ceil(campaign.seconds))
    if campaign.rate:
        told["rate-limit"] = _rate(campaign.rate)
    return told


def _rate(rate: float) -> str:
    for unit, seconds in (("s", 1), ("m", 60), ("h", 3600)):
        if rate * seconds >= 1:
            return f"{int(rate * seconds)}/{unit}"
    return "1/h"


def _listen(schema: Any, watching: Watching, campaign: Campaign) -> None:
    """Hooks are known by their names and those of their parameters."""

    def after_call(context: Any, case: Any, response: Any) -> None:  # noqa: ARG001
        watching.answer(case, response)

    def map_path_parameters(context: Any, path_parameters: Any) -> Any:
        return _named(campaign.existing, context.operation, path_parameters)

    def map_query(context: Any, query: Any) -> Any:  # noqa: ARG001
        return {name: value for name, value in query.items() if name not in CHANGING_PARAMETERS} if query else query

    schema.hook(after_call)
    schema.hook(map_path_parameters)
    if not campaign.target.may_write:
        schema.hook(map_query)


def _named(existing: Existing, operation: Any, path_parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a call that reads with the id of something that there is, mostly."""
    if not path_parameters or operation.method.upper() not in ("GET", "HEAD"):
        return path_parameters
    for name, value in path_parameters.items():
        found = existing.value(operation.path, name, str(value))
        if found is not None:
            return {**path_parameters, name: found}
    return path_parameters
