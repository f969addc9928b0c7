"""Bodies of several parts: written with a boundary that their content decides, read in linear time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from mockhoop.media.kinds import media_type
from mockhoop.media.unreadable import Unreadable

MOST_PARTS = 1000
_MOST_HEADERS = 64 * 1024
_BOUNDARY = re.compile(r"[ -~]{1,200}")
_NAME = re.compile(r';\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)
_FILE = re.compile(r";\s*filename\*?\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a body: the field that it is for, if any, and what is in it."""

    content: bytes
    name: str | None = None
    content_type: str = ""
    is_file: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def written(parts: Iterable[Part], essence: str) -> tuple[bytes, str]:
    """The body of the parts and its media type, which names the boundary."""
    pieces = [_heading(part) + b"\r\n\r\n" + part.content for part in parts]
    boundary = "mockhoop-" + sha256(b"\r\n".join(pieces)).hexdigest()[:24]
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + piece + b"\r\n" for piece in pieces) + line + b"--\r\n"
    return body, f"{essence}; boundary={boundary}"


def parsed(body: bytes, content_type: str) -> list[Part]:
    """Every part of a body.

    Raises:
        Unreadable: the boundary is not named or not closed, a part has no headers, or there are too many.
    """
    boundary = media_type(content_type).parameters.get("boundary", "").rstrip()
    if not _BOUNDARY.fullmatch(boundary):
        raise Unreadable("the media type names no boundary between the parts")
    if b"\r\n" not in body:  # as text editors end lines
        body = body.replace(b"\n", b"\r\n")
    # A boundary stands at the start of a line; one in front of all makes the first like the others.
    pieces = (b"\r\n" + body).split(f"\r\n--{boundary}".encode(), MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise Unreadable(f"more than {MOST_PARTS} parts")
    found: list[Part] = []
    offset = len(pieces[0]) - 2
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return found
        offset += len(boundary) + 4
        found.append(_part(piece, len(found) + 1, offset))
        offset += len(piece)
    raise Unreadable(f"no closing boundary --{boundary[:80]}-- before the end at offset {len(body)}")


def _heading(part: Part) -> bytes:
    lines = []
    if part.name is not None:
        file = f'; filename="{_escaped(part.name)}"' if part.is_file else ""
        lines.append(f'Content-Disposition: form-data; name="{_escaped(part.name)}"{file}')
    if part.content_type:
        lines.append(f"Content-Type: {part.content_type}")
    return "\r\n".join(lines).encode(errors="replace")


def _escaped(name: str) -> str:
    # As browsers write names.
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _part(piece: bytes, number: int, offset: int) -> Part:
    where = f"part {number} at offset {max(offset, 0)}"
    line, newline, rest = piece.partition(b"\r\n")
    if not newline or line.strip():
        raise Unreadable(f"{where}: a boundary is not the whole of its line")
    if rest.startswith(b"\r\n"):
        return Part(rest[2:])
    heading, empty, content = rest.partition(b"\r\n\r\n")
    if not empty or len(heading) > _MOST_HEADERS:
        raise Unreadable(f"{where}: no empty line after its headers")
    headers = dict(_header(text, where) for text in heading.decode(errors="replace").split("\r\n"))
    disposition = headers.get("content-disposition", "")
    name = _NAME.search(disposition)
    return Part(
        content,
        None if name is None else _unescaped(name[1] if name[1] is not None else name[2]),
        headers.get("content-type", ""),
        _FILE.search(disposition) is not None,
        headers,
    )


def _header(text: str, where: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise Unreadable(f"{where}: a header without a colon")
    return name.strip().lower(), value.strip()


def _unescaped(name: str) -> str:
    plain = re.sub(r'\\(["\\])', r"\1", name)
    return plain.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
