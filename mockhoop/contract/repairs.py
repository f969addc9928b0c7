"""Mending what is wrong with a document where there is no doubt of what is meant; each time with a warning."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockhoop.contract.drafting import Draft
from mockhoop.contract.operations import METHODS
from mockhoop.contract.references import Steps, followed, node_at
from mockhoop.contract.sources import Sources
from mockhoop.contract.violations import pointer
from mockhoop.errors import Problem

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SHORT_VERSION = {"3": "3.0.3", "3.0": "3.0.3", "3.1": "3.1.0", "3.2": "3.2.0"}


class Repair:
    """A document while it is being mended, and the warnings so far."""

    def __init__(self, document: dict[str, Any], sources: Sources) -> None:
        self.draft = Draft(document)
        self.sources = sources
        self.warnings: list[Problem] = []
        self._dropped: list[tuple[Steps, int]] = []

    @property
    def document(self) -> dict[str, Any]:
        """The document as it is by now."""
        return self.draft.document

    def warn(self, at: Steps, message: str, done: str, *, at_key: bool = True) -> None:
        """Tell what is wrong and what was done about it."""
        self.warnings.append(self.sources.problem(pointer(*at), message, done, at_key=at_key))

    def drop(self, at: Steps, indexes: Iterable[int]) -> None:
        """Take items out of the list at the steps; places are told as they were before."""
        for index in sorted(indexes, reverse=True):
            del self.draft.at(at)[index]
            self._dropped.append((at, index))

    def finish(self) -> None:
        """Nothing more will be dropped: from now on places are asked for by what is left."""
        for at, index in self._dropped:
            self.sources.drop(at, index)


def repaired(document: dict[str, Any], sources: Sources) -> tuple[dict[str, Any], list[Problem]]:
    """The document with what is certain mended, which is itself if nothing is, and a warning for each mend."""
    repair = Repair(document, sources)
    for mend in _MENDS:
        mend(repair)
    repair.finish()
    return repair.document, repair.warnings


def _version(repair: Repair) -> None:
    told = repair.document.get("openapi")
    version = _SHORT_VERSION.get(str(told), str(told))
    if told != version:
        repair.warn(("openapi",), f"the version {told} is not a whole one", f"read as {version!r}", at_key=False)
        repair.draft.put(("openapi",), version)


def _info(repair: Repair) -> None:
    info = repair.document.get("info")
    if info is None:
        repair.warn(("info",), "the document has no info", "read as info: {title: API, version: '0'}")
        repair.draft.put(("info",), {"title": "API", "version": "0"})
        return
    if not isinstance(info, Mapping):
        return
    for key, usual in (("title", "API"), ("version", "0")):
        value = info.get(key)
        if value is None:
            repair.warn(("info",), f"info has no {key}", f"read as {usual!r}")
            repair.draft.put(("info", key), usual)
        elif isinstance(value, int | float):
            repair.warn(("info", key), f"the {key} is a number", "put it in quotes", at_key=False)
            repair.draft.put(("info", key), str(value))


def _containers(repair: Repair) -> None:
    """Bring in what stands in another file as a whole, where OpenAPI wants the entries themselves."""
    components = repair.document.get("components")
    inner = components.items() if isinstance(components, Mapping) else ()
    waiting = [(("paths",), repair.document.get("paths")), (("components",), components)]
    for at, node in [*waiting, *((("components", key), value) for key, value in inner)]:
        if not (isinstance(node, Mapping) and isinstance(node.get("$ref"), str)):
            continue
        origin, found = followed(repair.document, at, node)
        if isinstance(found, Mapping) and origin != at:
            repair.warn(at, f"{at[-1]} may not be a reference", "read as what it leads to")
            repair.sources.add(at, *repair.sources.origin(origin))
            repair.draft.put(at, {**found, **{key: value for key, value in node.items() if key != "$ref"}})


def _paths(repair: Repair) -> None:
    document = repair.document
    if document.get("paths") is None and ("paths" in document or not str(document["openapi"]).startswith("3.0")):
        repair.draft.put(("paths",), {})  # a document of webhooks or of components only


def _servers(repair: Repair) -> None:
    servers = repair.document.get("servers", ...)
    if servers is None or servers == []:
        if servers is None:
            repair.warn(("servers",), "servers is empty", "left out")
        del repair.draft.at(())["servers"]


def _operations(repair: Repair) -> None:
    paths = repair.document.get("paths")
    for template, item in list(paths.items()) if isinstance(paths, Mapping) else ():
        if not template.startswith("x-"):
            _path_item(repair, ("paths", template), item)


def _path_item(repair: Repair, at: Steps, item: Any) -> None:
    origin, item = followed(repair.document, at, item)
    if not isinstance(item, Mapping):
        return
    where = _Item(repair, at, origin)
    for part in (origin, *((*origin, method) for method in METHODS if isinstance(item.get(method), Mapping))):
        where.parameters(part)
    where.undeclared()
    for method in METHODS:
        if isinstance(item.get(method), Mapping):
            _responses(repair, (*origin, method))


class _Item:
    """The parameters of a path and of its operations. What its reference leads to is mended where it stands."""

    def __init__(self, repair: Repair, at: Steps, origin: Steps) -> None:
        self.repair = repair
        self.origin = origin
        self.variables = dict.fromkeys(name for name in _VARIABLE.findall(str(at[-1])) if name)
        self.declared: dict[Steps, set[str]] = {}

    def parameters(self, at: Steps) -> None:
        """Mend the parameters that stand at the steps, and remember which variables of the path they declare."""
        listed = node_at(self.repair.document, at).get("parameters")
        found = self.declared[at] = set()
        if not isinstance(listed, list):
            return
        seen: set[tuple[str, str]] = set()
        drop: list[int] = []
        for index, entry in enumerate(listed):
            place, parameter = followed(self.repair.document, (*at, "parameters", index), entry)
            if not isinstance(parameter, Mapping):
                continue
            name, location = parameter.get("name"), parameter.get("in")
            if not (isinstance(name, str) and isinstance(location, str)):
                continue
            if self._superfluous((*at, "parameters", index), (name, location), seen):
                drop.append(index)
            elif location == "path":
                found.add(name)
                self._required(place, parameter, name)
            seen.add((name, location))
        self.repair.drop((*at, "parameters"), drop)

    def _superfluous(self, at: Steps, key: tuple[str, str], seen: set[tuple[str, str]]) -> bool:
        name, location = key
        if key in seen:
            self.repair.warn(at, f"the parameter {name} in {location} is declared twice", "the first one counts")
        elif location == "path" and name not in self.variables:
            self.repair.warn(at, f"the path has no {{{name}}}, which a parameter declares", "left out")
        else:
            return False
        return True

    def _required(self, at: Steps, parameter: Mapping[str, Any], name: str) -> None:
        if parameter.get("required") is not True:
            self.repair.warn(at, f"the path parameter {name} is not required: true", "read as if it were")
            self.repair.draft.put((*at, "required"), True)

    def undeclared(self) -> None:
        """Declare the variables of the path that nothing declares: with the path if no operation knows them."""
        shared = self.declared.pop(self.origin)
        for name in self.variables:
            lacking = [at for at, names in self.declared.items() if name not in names | shared]
            if lacking and len(lacking) == len(self.declared):
                lacking = [self.origin]
            for at in lacking:
                self._declare(at, name)

    def _declare(self, at: Steps, name: str) -> None:
        self.repair.warn(at, f"the path parameter {name} is not declared", "read as a required text")
        holder = self.repair.draft.at(at)
        made = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        listed = holder.get("parameters")
        if listed is None or isinstance(listed, list):
            holder["parameters"] = [*(listed or ()), made]


def _responses(repair: Repair, at: Steps) -> None:
    operation = node_at(repair.document, at)
    responses = operation.get("responses")
    if responses is None or responses == {}:
        # From 3.1 on an operation may leave open what it answers.
        if "responses" in operation or str(repair.document.get("openapi")).startswith("3.0"):
            repair.warn(at, "the operation has no responses", "read as default: {description: ''}")
        repair.draft.put((*at, "responses"), {"default": {"description": ""}})
        return
    for status, entry in list(responses.items()) if isinstance(responses, Mapping) else ():
        if not status.startswith("x-"):
            _description(repair, *followed(repair.document, (*at, "responses", status), entry))


def _shared_responses(repair: Repair) -> None:
    components = repair.document.get("components")
    responses = components.get("responses") if isinstance(components, Mapping) else None
    for name, response in list(responses.items()) if isinstance(responses, Mapping) else ():
        _description(repair, *followed(repair.document, ("components", "responses", name), response))


def _description(repair: Repair, at: Steps, response: Any) -> None:
    if isinstance(response, Mapping) and response.get("description") is None and "$ref" not in response:
        repair.warn(at, "the response has no description", "read as an empty one")
        repair.draft.put((*at, "description"), "")


_MENDS: tuple[Callable[[Repair], None], ...] = (
    _version,
    _info,
    _containers,
    _paths,
    _servers,
    _operations,
    _shared_responses,
)
