"""Small files with the right first bytes, for media types that are neither text nor data."""

from base64 import b64decode
from typing import Any

_PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
_GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_JPEG = b64decode("/9j/4AAQSkZJRgABAQEASABIAAD/2Q==")
_WEBP = b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
_ZIP = b"PK\x05\x06" + bytes(18)
_PDF = (
    b"%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
_WAV = (
    b"RIFF$\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00@\x1f\x00\x00\x01\x00\x08\x00data"
    + bytes(4)
)
_ANY = b"mockhoop\x00\x01\x02\x03"

_SAMPLES = {
    "image/png": _PNG,
    "image/gif": _GIF,
    "image/jpeg": _JPEG,
    "image/jpg": _JPEG,
    "image/webp": _WEBP,
    "application/pdf": _PDF,
    "application/zip": _ZIP,
    "application/x-zip-compressed": _ZIP,
    "application/gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00" + bytes(8),
    "audio/wav": _WAV,
    "application/octet-stream": _ANY,
}


def sample(essence: str) -> bytes | None:
    """A small file of a media type, if one is known."""
    return _SAMPLES.get(essence)


def raw(value: Any) -> bytes:
    """A value as the bytes that it stands for; a text is its UTF-8."""
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    return str(value).encode(errors="replace")
