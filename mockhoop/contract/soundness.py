"""Whether a document is valid OpenAPI at all (only importer of openapi_spec_validator)."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from mockhoop.contract.references import bad_references
from mockhoop.contract.violations import pointer, shortened
from mockhoop.errors import Problem
from mockhoop.source import Source

# Else the texts of mistakes would be others wherever jsonschema-rs happens to be installed.
os.environ.setdefault("OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND", "jsonschema")

_ADVICE = "see the OpenAPI specification for what may stand here"


class _Mistake(NamedTuple):
    at: str
    message: str
    advice: str = _ADVICE


def document_problems(document: Mapping[str, Any], source: Source, prefix: str = "") -> list[Problem]:
    """Everything that is wrong with an OpenAPI document, each with its place in the source."""
    problems = [
        source.problem(mistake.at, prefix + mistake.message, mistake.advice)
        for mistake in dict.fromkeys(_mistakes(document))
    ]
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def _mistakes(document: Mapping[str, Any]) -> Iterator[_Mistake]:
    found = False
    for at, message, advice in bad_references(document):
        found = True
        yield _Mistake(at, message, advice)
    try:
        for error in _validator(document).iter_errors():
            found = True
            yield _Mistake(pointer(*error.absolute_path), shortened(error.message.splitlines()[0]))
    except Exception as error:
        # Its later checks take for granted what its first ones have just found to be wrong.
        if not found:
            yield _Mistake("", f"cannot be checked: {type(error).__name__}: {shortened(str(error))}")


def _validator(document: Mapping[str, Any]) -> Any:
    kind = OpenAPIV30SpecValidator if str(document["openapi"]).startswith("3.0") else OpenAPIV31SpecValidator
    paths = document.get("paths")
    if isinstance(paths, dict):  # extensions may hold anything, for which it is not prepared
        paths = {key: item for key, item in paths.items() if not str(key).startswith("x-")}
        document = {**document, "paths": paths}
    validator = kind(document)
    registry = validator.keyword_validators_registry
    registry.keyword_validators = {
        name: _placing(check, ("default",) if name == "default" else ())
        for name, check in kind.keyword_validators.items()
    }
    return validator


def _placing(check: type[Any], within: tuple[str, ...]) -> type[Any]:
    """The check, made to tell where in the document it found something; by itself it tells where in the part."""

    def call(self: Any, *args: Any, **options: Any) -> Iterator[Any]:
        part = next(arg for arg in args if hasattr(arg, "parts"))
        for error in check.__call__(self, *args, **options):
            if not hasattr(error, "placed"):  # by a check of a part of this part
                error.placed = True
                error.path.extendleft(reversed((*part.parts, *within)))
            yield error

    return type(check.__name__, (check,), {"__call__": call})
