"""Reading a contract: the document, the overlay of corrections beside it, and what profile it asks for."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockhoop.contract.operations import Operations
from mockhoop.contract.overlay import OverlayReport, apply_overlay
from mockhoop.errors import SourceError
from mockhoop.source import Source, read_source

if TYPE_CHECKING:
    from mockhoop.contract.validation import Validator

PROFILES = ("hoop",)


@dataclass(frozen=True)
class Contract:
    """An OpenAPI document with its corrections.

    ``document`` is the corrected one, ``published`` is as it stands in the file. ``profile`` is empty for a
    document that asks for none. ``base_path`` is the path part of its first server, such as ``/api``. ``source``
    knows the place of everything in the file.
    """

    path: Path
    name: str
    source: Source
    published: Mapping[str, Any]
    document: Mapping[str, Any]
    operations: Operations
    overlays: tuple[OverlayReport, ...]
    profile: str
    release: str
    base_path: str

    @cached_property
    def validator(self) -> "Validator":
        """What checks messages against the contract. Made when first asked for: openapi-core takes long to import."""
        from mockhoop.contract.validation import Validator

        return Validator(self.document)


def load_contract(path: Path) -> Contract:
    """Read a contract, with the overlay of the same name from the folder ``overlays`` beside it, if there is one.

    Raises:
        SourceError: a file cannot be read or is not what it should be; every mistake with its place.
    """
    source = read_source(path)
    _refuse_what_is_no_openapi(source)
    published = source.data
    document = deepcopy(published)
    overlay = path.parent / "overlays" / path.name
    reports = (apply_overlay(document, overlay),) if overlay.is_file() else ()
    settings = _settings(source)
    operations, base_path = _what_is_served(document, source)
    return Contract(
        path=path,
        name=source.name,
        source=source,
        published=published,
        document=document,
        operations=operations,
        overlays=reports,
        profile=settings.get("profile", ""),
        release=str(settings.get("release", document["info"].get("version", ""))),
        base_path=base_path,
    )


def refuse_unsound(contract: Contract) -> None:
    """Refuse a contract that is not valid OpenAPI once it is corrected.

    Takes half a second, for what it imports.

    Raises:
        SourceError: every mistake with its place in the document.
    """
    from mockhoop.contract.soundness import document_problems

    source = contract.source
    # What the overlay corrects may be that the document is not valid at all.
    if contract.overlays:
        problems = document_problems(contract.document, source, "with the overlay: ")
    else:
        problems = document_problems(contract.published, source)
    if problems:
        raise SourceError(problems)


def _what_is_served(document: dict[str, Any], source: Source) -> tuple[Operations, str]:
    try:
        return Operations(document), _base_path(document)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        from mockhoop.contract.soundness import document_problems

        problems = document_problems(document, source)
        raise SourceError(problems or [source.problem("", f"it cannot be read: {error!r}")]) from error


def _refuse_what_is_no_openapi(source: Source) -> None:
    data = source.data
    if not isinstance(data, dict) or not str(data.get("openapi", "")).startswith("3."):
        hint = "its first line is usually openapi: 3.0.3"
        if isinstance(data, dict) and "mockhoop" in data:
            hint = "it is a scenario, which is given with --scenario"
        raise SourceError([source.problem("", "not an OpenAPI 3 document", hint)])
    problems = [
        source.problem("", f"the document has no {key}")
        for key in ("info", "paths")
        if not isinstance(data.get(key), dict)
    ]
    if problems:
        raise SourceError(problems)


def _settings(source: Source) -> dict[str, Any]:
    settings = source.data.get("x-mockhoop", {})
    if not isinstance(settings, dict):
        raise SourceError([source.problem("/x-mockhoop", "x-mockhoop is a mapping: {profile: hoop, release: 1.148.0}")])
    profile = settings.get("profile", "")
    if profile and profile not in PROFILES:
        raise SourceError(
            [source.problem("/x-mockhoop/profile", f"unknown profile {profile!r}", f"known: {', '.join(PROFILES)}")]
        )
    return settings


def _base_path(document: Mapping[str, Any]) -> str:
    """The path part of the first server, its variables standing for their defaults."""
    server: Mapping[str, Any] = next(iter(document.get("servers") or ()), {})
    url = str(server.get("url", ""))
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    path = url.split("://", 1)[-1]
    return ("/" + path.split("/", 1)[1] if "/" in path else "").rstrip("/")


def served_document(contract: Contract, server_url: str) -> dict[str, Any]:
    """The corrected document with the address under which it is being served."""
    return {**contract.document, "servers": [{"url": server_url}]}
