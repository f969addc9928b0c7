"""Whether a document is valid OpenAPI: what keeps it from being served, and what is only worth a warning."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mockhoop.contract.grammar import Mistake, mistakes, own_dialect
from mockhoop.contract.operations import METHODS
from mockhoop.contract.references import FILES, Steps, bad_references, references, steps, target
from mockhoop.contract.samples import misfits
from mockhoop.contract.sources import Sources
from mockhoop.contract.violations import pointer, shortened
from mockhoop.errors import Problem
from mockhoop.source import Source

_LISTS = {"parameters": "parameter"}
_MAPS = {
    "paths": "path-item",
    "pathItems": "path-item",
    "webhooks": "path-item",
    "parameters": "parameter",
    "responses": "response",
    "requestBodies": "request-body",
    "headers": "header",
    "examples": "example",
    "links": "link",
    "callbacks": "callbacks",
    "securitySchemes": "security-scheme",
}


class Findings:
    """What is wrong with a document, each thing with its place. What nobody asks for is not looked for.

    Places take longest to find: a server that only wants to know of mistakes needs none of the warnings'.
    """

    def __init__(self, document: Mapping[str, Any], source: Source, prefix: str = "") -> None:
        self._document = document
        self._source = source
        self._prefix = prefix

    @cached_property
    def mistakes(self) -> tuple[Problem, ...]:
        """That for which it is refused."""
        wrong = [one for one in self._by_the_grammar if not one.harmless]
        return self._problems([*wrong, *_dangling(self._document, self._source)])

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What keeps nobody from serving it."""
        doubtful = [one for one in self._by_the_grammar if one.harmless]
        return self._problems([*doubtful, *_repeated(self._document), *misfits(self._document)])

    @cached_property
    def _by_the_grammar(self) -> list[Mistake]:
        return list(_grammar(self._document))

    def _problems(self, found: list[Mistake]) -> tuple[Problem, ...]:
        problems = [
            self._source.problem(pointer(*one.at), self._prefix + one.message, one.advice, at_key=one.at_key)
            for one in found
        ]
        return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line, problem.column)))


def _dangling(document: Mapping[str, Any], source: Source) -> Iterator[Mistake]:
    for reference, error in bad_references(document):
        text = source.written(reference.at) if isinstance(source, Sources) else reference.text
        yield Mistake(reference.at, f"the reference {shortened(text or reference.text)} {error}", error.advice)


def _grammar(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """What the grammar says of the document and of those parts of its other files that it refers to."""
    version, schemas = str(document.get("openapi")), not own_dialect(document)
    main = {key: value for key, value in document.items() if key != FILES}
    yield from mistakes(version, main, schemas=schemas)
    if FILES not in document:
        return
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[Any, str]] = [(main, "")]
    while waiting:
        node, kind = waiting.pop()
        for reference in references(node):
            part = "schema" if reference.named else _part(reference.at[:-1], kind)
            text = reference.text
            if not text.startswith(f"#/{FILES}/") or (text, part) in seen:
                continue
            seen.add((text, part))
            try:
                found = target(document, text)
            except LookupError:
                continue  # told with the other references that lead nowhere
            there = tuple(steps(text))
            if not (isinstance(found, Mapping) and "$ref" in found):
                yield from (one._replace(at=there + one.at) for one in mistakes(version, found, part, schemas=schemas))
            waiting.append((found, part))


def _part(holder: Steps, kind: str) -> str:
    """What a reference must lead to, from the steps to it within a part of the given kind."""
    if not holder:
        return kind
    last, above, over = holder[-1], holder[-2:-1], holder[-3:-2]
    if over == ("callbacks",):
        return "path-item"
    if isinstance(last, int):
        return _LISTS.get(str(above[0]) if above else "", "schema")
    if above and over != ("properties",) and str(above[0]) in _MAPS:
        return _MAPS[str(above[0])]
    if kind == "callbacks" and len(holder) == 1:
        return "path-item"
    return "request-body" if last == "requestBody" else "schema"


def _repeated(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """Names that should be there only once."""
    yield from _twice(_operation_ids(document), "another operation has the operationId")
    tags = document.get("tags")
    listed = enumerate(tags) if isinstance(tags, list) else ()
    yield from _twice(
        ((("tags", index, "name"), tag.get("name")) for index, tag in listed if isinstance(tag, Mapping)),
        "another tag has the name",
    )


def _operation_ids(document: Mapping[str, Any]) -> Iterator[tuple[Steps, Any]]:
    paths = document.get("paths")
    for template, item in paths.items() if isinstance(paths, Mapping) else ():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(operation, Mapping):
                yield ("paths", template, method, "operationId"), operation.get("operationId")


def _twice(named: Iterator[tuple[Steps, Any]], message: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for at, name in named:
        if isinstance(name, str) and name in seen:
            yield Mistake(at, f"{message} {name}", "rename one of them")
        elif isinstance(name, str):
            seen.add(name)
