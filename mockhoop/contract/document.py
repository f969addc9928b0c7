"""Reading a contract: the document, the overlay of corrections beside it, and what profile it asks for."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockhoop.contract.bundling import bundled
from mockhoop.contract.opening import open_document, overlay_of
from mockhoop.contract.operations import Operations
from mockhoop.contract.overlay import OverlayReport, apply_overlay
from mockhoop.contract.recognition import refuse_what_is_no_openapi
from mockhoop.contract.repairs import repaired
from mockhoop.contract.servers import base_path
from mockhoop.contract.sources import Sources
from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source

if TYPE_CHECKING:
    from mockhoop.contract.soundness import Findings
    from mockhoop.contract.validation import Validator

PROFILES = ("hoop",)


@dataclass(frozen=True)
class Contract:
    """An OpenAPI document with its corrections.

    ``document`` is the corrected one, ``published`` is as it stands in the file; what neither changes they share.
    ``profile`` is empty for a document that asks for none. ``base_path`` is the path part of its first server, such
    as ``/api``. ``source`` knows the place of everything in the document. ``files`` are all local files that were
    read. ``repairs`` tell what was mended. ``location`` is the path or URL of the document, ``path`` the same as a
    path.
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
    location: str = ""
    files: tuple[Path, ...] = ()
    repairs: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def validator(self) -> "Validator":
        """What checks messages against the contract. Made when first asked for: openapi-core takes long to import."""
        from mockhoop.contract.validation import Validator

        return Validator(self.document)

    @cached_property
    def findings(self) -> "Findings":
        """What is wrong with the document."""
        from mockhoop.contract.soundness import Findings

        # What the overlay corrects may be that the document is not valid at all.
        return Findings(self.document, self.source, "with the overlay: " if self.overlays else "")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is wrong with the document but keeps nobody from serving it, what was mended first."""
        return tuple(dict.fromkeys((*self.repairs, *self.findings.warnings)))


def load_contract(asked: Path | str, *, allow_remote: bool = False) -> Contract:
    """Read a contract from a file or URL, with all that it refers to and with its overlay.

    The overlay is the file of the same name in the folder ``overlays`` beside it, if there is one. References to the
    web are followed only if ``allow_remote`` says so, or on the server that the document itself is from.

    Raises:
        SourceError: a file cannot be read or is not what it should be; every mistake with its place.
    """
    opened = open_document(asked)
    refuse_what_is_no_openapi(opened.source)
    document, sources, files = bundled(opened, allow_remote=allow_remote)
    overlay = overlay_of(opened)
    if overlay is None:
        return _contract(document, sources, opened.location, files)
    document = deepcopy(document)
    report = apply_overlay(document, overlay)
    return _contract(document, sources, opened.location, (*files, overlay), (report,))


def load_contracts(parts: Sequence[tuple[str, Path | str]], *, allow_remote: bool = False) -> Contract:
    """Read several documents as one contract, each with a prefix for its paths; its base path goes in between.

    Raises:
        SourceError: a file cannot be read or is not what it should be; documents that do not go together.
    """
    from mockhoop.contract.combining import combined

    whole = combined(parts, allow_remote=allow_remote)
    location = ", ".join(str(asked) for _, asked in parts)
    return _contract(whole.document, whole.sources, location, whole.files, whole.overlays)


def _contract(
    document: dict[str, Any],
    sources: Sources,
    location: str,
    files: tuple[Path, ...],
    overlays: tuple[OverlayReport, ...] = (),
) -> Contract:
    """The contract that a document makes, what is certain in it mended.

    Raises:
        SourceError: it is no document of which a contract can be made; every mistake with its place.
    """
    document, mended = repaired(document, sources)
    _refuse_incomplete(document, sources)
    settings = _settings(sources, document)
    operations, base_path = _what_is_served(document, sources)
    return Contract(
        path=Path(location),
        name=sources.name,
        source=sources,
        published=sources.data,
        document=document,
        operations=operations,
        overlays=overlays,
        profile=settings.get("profile", ""),
        release=str(settings.get("release", document["info"].get("version", ""))),
        base_path=base_path,
        location=location,
        files=files,
        repairs=tuple(mended),
    )


def refuse_unsound(contract: Contract) -> None:
    """Refuse a contract that is not valid OpenAPI once it is corrected.

    Raises:
        SourceError: every mistake with its place in the document.
    """
    if contract.findings.mistakes:
        raise SourceError(contract.findings.mistakes)


def _what_is_served(document: dict[str, Any], source: Source) -> tuple[Operations, str]:
    try:
        return Operations(document), base_path(document)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        from mockhoop.contract.soundness import Findings

        problems = Findings(document, source).mistakes
        raise SourceError(problems or [source.problem("", f"it cannot be read: {error!r}")]) from error


def _refuse_incomplete(document: Mapping[str, Any], source: Source) -> None:
    problems = [
        source.problem("", f"the document has no {key}")
        if key not in document
        else source.problem(f"/{key}", f"{key} is not a mapping")
        for key in ("info", "paths")
        if not isinstance(document.get(key), dict)
    ]
    if problems:
        raise SourceError(problems)


def _settings(source: Source, document: Mapping[str, Any]) -> dict[str, Any]:
    settings = document.get("x-mockhoop", {})
    if not isinstance(settings, dict):
        raise SourceError([source.problem("/x-mockhoop", "x-mockhoop is a mapping: {profile: hoop, release: 1.148.0}")])
    profile = settings.get("profile", "")
    if profile and profile not in PROFILES:
        raise SourceError(
            [source.problem("/x-mockhoop/profile", f"unknown profile {profile!r}", f"known: {', '.join(PROFILES)}")]
        )
    return settings


def served_document(contract: Contract, server_url: str) -> dict[str, Any]:
    """The corrected document with the address under which it is being served."""
    return {**contract.document, "servers": [{"url": server_url}]}
