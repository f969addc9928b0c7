"""Refusals in the shape that a document gives its errors."""

from collections.abc import Mapping
from typing import Any

from mockhoop.errors import ContractError
from mockhoop.values.plausible import Plausible

_TEXTS = frozenset(
    (
        *("message", "detail", "details", "description", "error", "errormessage"),
        *("errordescription", "reason", "msg", "title", "info", "text"),
    )
)
_STATUSES = frozenset(["status", "statuscode", "code", "errorcode", "httpstatus"])
_CODES = frozenset(["code", "errorcode", "type", "kind", "name", "error"])
_LISTS = frozenset(["errors", "validation", "violations", "details", "issues", "causes"])
_RESPONSE = "response"


def shaped(schema: Any, problem: Mapping[str, Any], plausible: Plausible, key: tuple[str, ...]) -> Any:
    """The problem as a schema wants it told: as it is, or else in the fields that are meant for it.

    Raises:
        ContractError: the schema allows nothing.
    """
    if schema is None or _fits(plausible, schema, problem):
        return dict(problem)
    made = plausible.value(schema, "refusal", *key, prefer_examples=True, direction=_RESPONSE)
    if isinstance(made, str):
        text = str(problem["detail"])
        return text if _fits(plausible, schema, text) else made
    if isinstance(made, dict):
        return _filled(schema, made, problem, plausible, (made,))
    return made


def _filled(schema: Any, made: Any, problem: Mapping[str, Any], plausible: Plausible, whole: tuple[Any, ...]) -> Any:
    """The object with each of its fields that can tell a part of the problem telling it."""
    for name in list(made):
        for value in _tellings(name, made[name], problem):
            before = made[name]
            made[name] = value
            if _fits(plausible, schema, whole[0]):
                break
            made[name] = before
        if isinstance(made[name], dict) and len(whole) < 3:
            _filled(schema, made[name], problem, plausible, (*whole, made[name]))
    return made


def _tellings(name: str, value: Any, problem: Mapping[str, Any]) -> list[Any]:
    """What a field of this name could say, the best first."""
    word = "".join(letter for letter in name.lower() if letter.isalnum())
    found: list[Any] = [problem[name]] if name in problem else []
    violations = problem.get("validation") or ()
    if isinstance(value, list) and word in _LISTS:
        texts = [f"{one['location']} {one['pointer']}: {one['message']}" for one in violations]
        found += [list(violations), texts, []]
    elif isinstance(value, int) and not isinstance(value, bool) and word in _STATUSES:
        found.append(problem["status"])
    elif isinstance(value, str):
        found += [problem["detail"], problem["title"]] if word in _TEXTS else []
        found += [str(problem["status"])] if word in _STATUSES else []
        found += [str(problem["title"]).lower().replace(" ", "_")] if word in _CODES else []
    return found


def _fits(plausible: Plausible, schema: Any, value: Any) -> bool:
    try:
        return plausible.fits(schema, value, direction=_RESPONSE)
    except (ContractError, RecursionError):
        return False
