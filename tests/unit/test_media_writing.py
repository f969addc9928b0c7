"""A value becomes the bytes that its media type asks for."""

import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from mockhoop.contract.references import resolved
from mockhoop.media.bodies import write

PET: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"namespace": "http://example.com/schema/sample", "prefix": "sample"}},
        "photos": {"type": "array", "xml": {"wrapped": True, "name": "album"}, "items": {"xml": {"name": "photo"}}},
        "words": {"type": "array", "items": {"type": "string"}},
        "tags": {"type": "array", "xml": {"wrapped": True}, "items": {"type": "string"}},
        "gone": {"type": "string", "nullable": True},
    },
}
DOCUMENT = {"components": {"schemas": {"Pet": PET, "Named": {**PET, "xml": {"name": "pet"}}}}}


def resolve(node: Any) -> Any:
    return resolved(DOCUMENT, node)


def text_of(value: Any, content_type: str, schema: Any = None) -> str:
    return write(value, content_type, schema, resolve).content.decode()


def xml_of(value: Any, schema: Any) -> str:
    declaration, _, rest = text_of(value, "application/xml", schema).partition("\n")
    assert declaration == '<?xml version="1.0" encoding="UTF-8"?>'
    return rest


def test_an_object_is_named_as_its_xml_objects_say() -> None:
    value = {"id": 1, "name": "a<b", "photos": ["x"], "words": ["u", "v"], "tags": ["t"], "gone": None}
    assert xml_of(value, {"$ref": "#/components/schemas/Named"}) == (
        '<pet id="1"><sample:name xmlns:sample="http://example.com/schema/sample">a&lt;b</sample:name>'
        "<album><photo>x</photo></album><words>u</words><words>v</words><tags><tags>t</tags></tags>"
        '<gone xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" /></pet>'
    )


@pytest.mark.parametrize(
    ("schema", "begins"),
    [({"$ref": "#/components/schemas/Pet"}, "<Pet"), (PET, "<root"), ({**PET, "xml": {"name": "cat"}}, "<cat")],
)
def test_the_outermost_element_has_the_name_of_its_schema(schema: Any, begins: str) -> None:
    assert xml_of({"id": 1}, schema) == f'{begins} id="1" />'


def test_items_of_a_document_that_is_an_array_have_the_name_of_their_schema() -> None:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Named"}}
    assert xml_of([{}, {}], schema) == "<root><pet /><pet /></root>"


def test_a_namespace_holds_for_what_is_within() -> None:
    inner = {"type": "integer", "xml": {"prefix": "p"}}
    schema = {"type": "object", "xml": {"prefix": "p", "namespace": "urn:p"}, "properties": {"a": inner}}
    assert xml_of({"a": 1}, schema) == '<p:root xmlns:p="urn:p"><p:a>1</p:a></p:root>'


@pytest.mark.parametrize(
    ("content_type", "value", "text"),
    [
        ("application/json", {"b": 1, "a": "ü"}, '{"b":1,"a":"ü"}'),
        ("application/json", {"big": 10**25}, '{"big":10000000000000000000000000}'),
        ("application/problem+json", None, "null"),
        ("application/x-ndjson", [{"a": 1}, 2], '{"a":1}\n2\n'),
        ("application/json-seq", [1, 2], "\x1e1\n\x1e2\n"),
        ("text/event-stream", [{"a": 1}, "x"], 'data: {"a":1}\n\ndata: "x"\n\n'),
        ("text/event-stream", [{"event": "e", "id": 7, "data": "a\nb"}], "event: e\nid: 7\ndata: a\ndata: b\n\n"),
        ("text/plain", "as it is", "as it is"),
        ("text/plain", 5, "5"),
        ("text/html", True, "true"),
        ("text/plain", {"a": 1}, '{"a":1}'),
        ("text/csv", [{"a": 1, "b": "x,y"}, {"a": None, "b": True}], 'a,b\r\n1,"x,y"\r\n,true\r\n'),
        ("application/x-www-form-urlencoded", {"a": "x y", "b": [1, 2], "c": {"d": 1}},
         "a=x+y&b=1&b=2&c=%7B%22d%22%3A1%7D"),
        ("application/octet-stream", "raw", "raw"),
        ("application/vnd.unknown", "text", "text"),
        ("application/vnd.unknown", [1], "[1]"),
    ],
)  # fmt: skip
def test_each_media_type_has_its_own_form(content_type: str, value: Any, text: str) -> None:
    assert text_of(value, content_type) == text


@pytest.mark.parametrize(
    ("asked", "given"),
    [("*/*", "application/json"), ("application/*", "application/json"), ("text/*", "text/plain"),
     ("image/*", "image/png"), ("text/plain; charset=nope", "text/plain; charset=utf-8")],
)  # fmt: skip
def test_a_range_or_an_unknown_character_set_becomes_one_that_can_be_sent(asked: str, given: str) -> None:
    assert write("a", asked, None, resolve).content_type == given


@pytest.mark.parametrize(
    ("content_type", "begins"),
    [("image/png", b"\x89PNG\r\n\x1a\n"), ("image/gif", b"GIF89a"), ("image/jpeg", b"\xff\xd8\xff"),
     ("application/pdf", b"%PDF-1.4"), ("application/zip", b"PK\x05\x06")],
)  # fmt: skip
def test_a_file_has_the_first_bytes_of_its_kind(content_type: str, begins: bytes) -> None:
    assert write("any", content_type, {"type": "string", "format": "binary"}, resolve).content.startswith(begins)


def test_the_picture_and_the_archive_are_whole() -> None:
    png = write("", "image/png", None, resolve).content
    at, row = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + data) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        row += data if kind == b"IDAT" else b""
        at += 12 + length
    assert zlib.decompress(row)
    assert ZipFile(BytesIO(write("", "application/zip", None, resolve).content)).namelist() == []


def test_a_text_in_base64_stays_text() -> None:
    schema = {"type": "string", "format": "byte"}
    assert text_of("aGk=", "application/octet-stream", schema) == "aGk="


def test_the_parts_of_a_form_say_what_they_are() -> None:
    schema = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    body = write({"a": 1, "o": {"b": 2}, "file": "x"}, "multipart/form-data", schema, resolve)
    boundary = body.content_type.removeprefix("multipart/form-data; boundary=")
    assert body.content.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="o"\r\nContent-Type: application/json\r\n\r\n'
        f'{{"b":2}}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\nx\r\n--{boundary}--\r\n"
    )
