"""What a scenario needs that only a mock has."""

from collections.abc import Iterator
from dataclasses import fields

from mockhoop.scenario.model import Downloads, Scenario

_MEANS = {
    "sessions": "sessions that are there already",
    "executions": "scripts whose outcome is told",
    "api_key": "the gateway's own key",
    "api_keys": "keys that are known",
    "service_accounts": "service accounts",
    "items": "things that are there already",
    "timeline": "things that happen by themselves",
    "faults": "faults",
    "answers": "answers of its own",
    "progress": "reviews or runs that go on by themselves",
}


def needs(scenario: Scenario) -> list[str]:
    """Why a scenario can only be played in a world of a mockhoop; nothing where any gateway will do."""
    return list(_needs(scenario))


def _needs(scenario: Scenario) -> Iterator[str]:
    for field in fields(Scenario):
        if field.name in _MEANS and getattr(scenario, field.name) != field.default:
            yield _MEANS[field.name]
    if scenario.downloads != Downloads():
        yield "download links of its own"
    if any(one.advance is not None for one in scenario.expect):
        yield "a clock that can be moved"
