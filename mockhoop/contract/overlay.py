"""OpenAPI Overlay 1.0: corrections to a contract, each with its reason."""

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath import CompoundJSONPath, JSONPath

    Target = JSONPath | CompoundJSONPath

from mockhoop.contract.references import Steps
from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source, read_source


@dataclass(frozen=True, slots=True)
class OverlayReport:
    """What an overlay did: how many actions it has, and which of them matched nothing.

    ``updates`` are the places in the document over which something was laid, each with the number of the action.
    """

    file: str
    applied: int
    unmatched: tuple[Problem, ...]
    updates: tuple[tuple[Steps, int], ...] = field(default=(), repr=False)


def apply_overlay(document: dict[str, Any], path: Path) -> OverlayReport:
    """Correct ``document`` in place with the overlay in the file, action by action.

    Raises:
        SourceError: the file is not an overlay; every mistake with its place.
    """
    source = read_source(path)
    actions = _actions(source)
    misfits: list[Problem] = []
    unmatched: list[Problem] = []
    updates: list[tuple[Steps, int]] = []
    for number, (action, target) in enumerate(actions):
        place = f"/actions/{number}"
        try:
            matched = _apply(document, action, target)
        except _Misfit as error:
            misfits.append(source.problem(place, str(error)))
            continue
        updates += [(at, number) for at in matched if "update" in action]
        if not matched:
            what = f"the overlay's target {action['target']} matches nothing"
            hint = "the contract may have been corrected; drop the action if so"
            unmatched.append(source.problem(f"{place}/target", what, hint))
    if misfits:
        raise SourceError(misfits)
    return OverlayReport(source.name, len(actions) - len(unmatched), tuple(unmatched), tuple(updates))


def _actions(source: Source) -> list[tuple[dict[str, Any], "Target"]]:
    """The actions, each with its target."""
    from jsonpath import JSONPathError, compile

    data = source.data
    if not isinstance(data, dict) or not str(data.get("overlay", "")).startswith("1."):
        raise SourceError([source.problem("", "not an OpenAPI Overlay 1.x document", "start it with overlay: 1.0.0")])
    actions = data.get("actions")
    if not isinstance(actions, list) or not actions:
        raise SourceError([source.problem("/actions", "an overlay needs a list of actions")])
    problems = []
    found = []
    for number, action in enumerate(actions):
        place = f"/actions/{number}"
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            problems.append(source.problem(place, "an action needs a target, a JSONPath such as $.paths['/a'].get"))
        elif "update" not in action and action.get("remove") is not True:
            problems.append(source.problem(place, "an action needs update or remove: true"))
        else:
            try:
                found.append((action, compile(action["target"])))
            except JSONPathError as error:
                problems.append(source.problem(f"{place}/target", f"not a JSONPath: {error}".splitlines()[0]))
    if problems:
        raise SourceError(problems)
    return found


class _Misfit(Exception):
    """An action that cannot be done to what its target found."""


def _apply(document: dict[str, Any], action: dict[str, Any], target: "Target") -> list[Steps]:
    """Do what an action says; the places that its target found."""
    matches = list(target.finditer(document))
    # From the back, so that removing from a list moves nothing that is still to come.
    for match in reversed(matches):
        if action.get("remove") is not True:
            _update(match.obj, action["update"])
        elif match.parent is None:
            raise _Misfit("the whole document cannot be removed")
        else:
            del match.parent.obj[match.parts[-1]]  # type: ignore[attr-defined]
    return [tuple(match.parts) for match in matches]


def _update(target: Any, update: Any) -> None:
    """Merge as Overlay 1.0 says: mappings by key, lists by concatenation, all else by replacement."""
    if isinstance(target, list):
        target.extend(deepcopy(update) if isinstance(update, list) else [deepcopy(update)])
        return
    if not isinstance(target, dict) or not isinstance(update, dict):
        raise _Misfit("a target is a list, or a mapping that is updated with a mapping")
    for key, value in update.items():
        old = target.get(key)
        if (isinstance(old, dict) and isinstance(value, dict)) or (isinstance(old, list) and isinstance(value, list)):
            _update(old, value)
        else:
            target[key] = deepcopy(value)
