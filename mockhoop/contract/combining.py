"""Making one document of several: their paths side by side, everything else kept apart."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from mockhoop.contract.bundling import Bundle, BundledFile
from mockhoop.contract.opening import Opened, open_document, overlay_of
from mockhoop.contract.operations import METHODS
from mockhoop.contract.overlay import OverlayReport, apply_overlay
from mockhoop.contract.recognition import refuse_what_is_no_openapi
from mockhoop.contract.references import FILES, DanglingReference, followed, resolved
from mockhoop.contract.servers import base_path
from mockhoop.contract.sources import Sources
from mockhoop.contract.violations import pointer
from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source


class Combined(NamedTuple):
    """The document, where everything in it stands, the local files it was made of, and what the overlays did."""

    document: dict[str, Any]
    sources: Sources
    files: tuple[Path, ...]
    overlays: tuple[OverlayReport, ...]


class _Part(NamedTuple):
    prefix: str
    file: BundledFile


def combined(parts: Sequence[tuple[str, Path | str]], *, allow_remote: bool = False) -> Combined:
    """One document of several, each given with the prefix of its paths.

    Raises:
        SourceError: a file cannot be read or is not what it should be; documents that do not go together.
    """
    bundle = Bundle(allow_remote=allow_remote)
    overlays: list[tuple[Path, OverlayReport]] = []
    taken = []
    for prefix, asked in parts:
        opened = open_document(asked)
        refuse_what_is_no_openapi(opened.source)
        taken.append(_Part(prefix.rstrip("/"), bundle.add(_corrected(opened, overlays))))
    _refuse_mixed(taken)
    bundle.follow()
    main = _main(taken, bundle)
    sources = bundle.places(main)
    document = _Whole(main.data, sources).with_all(taken)
    files = tuple(dict.fromkeys((*bundle.paths(), *(path for path, _ in overlays))))
    return Combined(document, sources, files, tuple(report for _, report in overlays))


class _Whole:
    """The document that the parts are added to."""

    def __init__(self, document: dict[str, Any], sources: Sources) -> None:
        self.document = document
        self.sources = sources
        self.problems: list[Problem] = []

    def with_all(self, parts: Sequence[_Part]) -> dict[str, Any]:
        """The document with all parts; raises SourceError for what two of them have in common."""
        for part in parts:
            self._add(part)
        if self.problems:
            raise SourceError(self.problems)
        return self.document

    def _add(self, part: _Part) -> None:
        data, root = part.file.data, (FILES, part.file.number)
        self._settings(part)
        renamed = self._schemes(part)
        begin = part.prefix + self._base_path(part)
        where, paths = followed(self.document, (*root, "paths"), data.get("paths"))
        for template, item in paths.items() if isinstance(paths, Mapping) else ():
            if template.startswith("x-"):
                continue
            place, node = followed(self.document, (*where, template), item)
            path = begin + template
            if path in self.document["paths"]:
                advice = "give one of them another prefix"
                message = f"another document has the path {path} too"
                self.problems.append(self.sources.problem(pointer(*where, template), message, advice, at_key=True))
            else:
                whole = isinstance(node, Mapping)
                self.sources.add(("paths", path), *self.sources.origin(place))
                self.document["paths"][path] = _secured(node, data.get("security"), renamed) if whole else item

    def _base_path(self, part: _Part) -> str:
        try:
            return base_path(part.file.data)
        except (AttributeError, LookupError, TypeError, ValueError):
            message, advice = "servers is not a list of servers", "write it as servers: [{url: /api}]"
            self.problems.append(self.sources.problem(pointer(FILES, part.file.number, "servers"), message, advice))
            return ""

    def _settings(self, part: _Part) -> None:
        settings = part.file.data.get("x-mockhoop")
        if not isinstance(settings, Mapping):
            return
        if "profile" in settings:
            place = pointer(FILES, part.file.number, "x-mockhoop", "profile")
            advice = "serve it alone, or take the profile out"
            message = "a document with a profile cannot be served together with others"
            self.problems.append(self.sources.problem(place, message, advice))
        self.document["x-mockhoop"] = {**self.document.get("x-mockhoop", {}), **settings}

    def _schemes(self, part: _Part) -> dict[str, str]:
        """Take over the security schemes; the names by which the whole document knows them."""
        components = part.file.data.get("components")
        own = components.get("securitySchemes") if isinstance(components, Mapping) else None
        known = self.document["components"]["securitySchemes"]
        renamed = {}
        for name, node in own.items() if isinstance(own, Mapping) else ():
            try:
                scheme = resolved(self.document, node)
            except DanglingReference:
                scheme = node
            new = name
            while known.get(new, scheme) != scheme:
                new = f"{new}_{part.file.number}"
            known[new] = scheme
            renamed[name] = new
            there = (FILES, part.file.number, "components", "securitySchemes", name)
            self.sources.add(("components", "securitySchemes", new), *self.sources.origin(there))
        return renamed


def _main(parts: Sequence[_Part], bundle: Bundle) -> Source:
    first = parts[0].file
    told = [part.file.data.get("info") for part in parts]
    titles = [str(info.get("title", "API")) for info in told if isinstance(info, Mapping)]
    document = {
        "openapi": str(first.data["openapi"]),
        "info": {"title": ", ".join(titles) or "API", "version": "0"},
        "paths": {},
        "components": {"securitySchemes": {}},
        FILES: bundle.contents(),
    }
    name = ", ".join(part.file.opened.source.name for part in parts)
    return Source(name, first.opened.source.text, document)


def _refuse_mixed(parts: Sequence[_Part]) -> None:
    old = [str(part.file.data["openapi"]).startswith("3.0") for part in parts]
    if any(old) and not all(old):
        odd = parts[old.index(not old[0])].file
        message = f"OpenAPI {odd.data['openapi']} cannot be served together with {parts[0].file.data['openapi']}"
        advice = "convert one of the documents; 3.0 and 3.1 mean different things by the same schema"
        raise SourceError([odd.opened.source.problem("/openapi", message, advice)])


def _corrected(opened: Opened, overlays: list[tuple[Path, OverlayReport]]) -> Opened:
    overlay = overlay_of(opened)
    if overlay is None:
        return opened
    source = opened.source.with_data(deepcopy(opened.source.data))
    overlays.append((overlay, apply_overlay(source.data, overlay)))
    return Opened(source, opened.location, opened.private)


def _secured(item: Mapping[str, Any], usual: Any, renamed: Mapping[str, str]) -> dict[str, Any]:
    """The path item, each operation asking for what its own document asks for, by the new names."""
    changed = {}
    for method in METHODS:
        operation = item.get(method)
        if not isinstance(operation, Mapping):
            continue
        security = operation.get("security", usual)
        if security is not None:
            changed[method] = {**operation, "security": _renamed(security, renamed)}
    return {**item, **changed}


def _renamed(security: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(security, list):
        return security
    return [
        {names.get(name, name): scopes for name, scopes in one.items()} if isinstance(one, Mapping) else one
        for one in security
    ]
