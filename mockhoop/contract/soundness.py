"""Whether a document is valid OpenAPI at all (only importer of openapi_spec_validator)."""

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from mockhoop.contract.violations import pointer, shortened
from mockhoop.errors import Problem
from mockhoop.source import Source


def document_problems(document: Mapping[str, Any], source: Source, prefix: str = "") -> list[Problem]:
    """Everything that is wrong with an OpenAPI document, each with its place in the source."""
    return [
        source.problem(at, prefix + message, "see the OpenAPI specification for what may stand here")
        for at, message in dict.fromkeys(_mistakes(document))
    ]


def _mistakes(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    version = str(document["openapi"])
    validator = OpenAPIV30SpecValidator if version.startswith("3.0") else OpenAPIV31SpecValidator
    found = False
    try:
        for error in validator(document).iter_errors():
            found = True
            yield pointer(*error.absolute_path), shortened(error.message.splitlines()[0])
    except Exception as error:
        # Its later checks take for granted what its first ones have just found to be wrong.
        if not found:
            yield "", f"cannot be checked: {type(error).__name__}: {shortened(str(error))}"
