"""Opening documents, from files and from URLs, and what a reference in one of them leads to."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from mockhoop.contract.recognition import refuse_html
from mockhoop.source import Source, read_source

_REMOTE = "save it beside the document, or permit it with --allow-remote"


def is_url(location: str) -> bool:
    """Whether a text is a URL from which a document can be read."""
    return location.lower().startswith(("http://", "https://"))


def origin(url: str) -> tuple[str, str, int | None]:
    """What two URLs of one server have in common."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


class ForbiddenReferenceError(Exception):
    """A reference that is not followed; the texts are for the user."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read, or what stood at a URL. ``location`` tells it from all others."""

    source: Source
    location: str
    private: bool = False

    @property
    def remote(self) -> bool:
        """Whether it comes from a URL."""
        return is_url(self.location)


def open_document(asked: Path | str) -> Opened:
    """Read the document that a person asked for by path or URL; raises SourceError."""
    if isinstance(asked, str) and is_url(asked):
        from mockhoop.contract.fetching import fetch  # what it needs of the standard library takes long to import

        fetched = fetch(asked, asked=True, private=False)
        return Opened(fetched.source, fetched.url, fetched.private)
    path = Path(asked)
    return Opened(_read(path), str(path))


def overlay_of(opened: Opened) -> Path | None:
    """The overlay beside a file; what comes from the web has none."""
    if opened.remote:
        return None
    path = Path(opened.location)
    overlay = path.parent / "overlays" / path.name
    return overlay if overlay.is_file() else None


def leads_to(opened: Opened, address: str, *, allow_remote: bool) -> str:
    """The location that the address of a reference in a document means.

    Raises:
        ForbiddenReferenceError: it must not be read from there.
    """
    if opened.remote:
        return _from_url(opened.location, address, allow_remote=allow_remote)
    parts = urlsplit(address)
    if is_url(address) or parts.netloc:
        if not allow_remote:
            raise ForbiddenReferenceError("leads to the web, from which nothing is read unasked", _REMOTE)
        return address if is_url(address) else "https:" + address
    if len(parts.scheme) > 1:
        raise ForbiddenReferenceError("is neither the path of a file nor a URL", "write a path relative to this file")
    return os.path.normpath(Path(opened.location).parent / unquote(address))


def identity(location: str) -> str:
    """What is the same for two ways to write one location."""
    return location if is_url(location) else str(Path(location).resolve())


def open_reference(opened: Opened, location: str, *, allow_remote: bool) -> Opened:
    """Read what a reference in a document leads to; raises SourceError."""
    if is_url(location):
        from mockhoop.contract.fetching import fetch

        private = allow_remote or (opened.private and origin(location) == origin(opened.location))
        fetched = fetch(location, asked=False, private=private)
        return Opened(fetched.source, fetched.url, opened.private)
    return Opened(_read(Path(location)), location)


def _from_url(base: str, address: str, *, allow_remote: bool) -> str:
    location = urljoin(base, address)
    if not is_url(location):
        raise ForbiddenReferenceError("leads to a file, which a document from the web may not", _REMOTE)
    if origin(location) != origin(base) and not allow_remote:
        message = f"leads to {urlsplit(location).netloc}, another server than its document's"
        raise ForbiddenReferenceError(message, "permit it with --allow-remote")
    return location


def _read(path: Path) -> Source:
    with suppress(OSError), path.open("rb") as file:
        refuse_html(file.read(512), str(path))
    return read_source(path)
