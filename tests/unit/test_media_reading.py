"""A body that is not what its media type says is refused, in bounded time, with what is wrong and where."""

from time import perf_counter
from typing import Any

import pytest

from mockhoop.contract.operations import Operations
from mockhoop.contract.validation import Validator
from mockhoop.media.bodies import Unreadable, read
from mockhoop.messages import Call, Reply

MEGABYTE = 1_000_000
THING: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
FORM = "multipart/form-data; boundary=X"


def as_it_is(node: Any) -> Any:
    return node


def parts(*contents: str, head: str = 'Content-Disposition: form-data; name="n"') -> bytes:
    return "".join(f"--X\r\n{head}\r\n\r\n{content}\r\n" for content in contents).encode() + b"--X--\r\n"


def checked(body: bytes, content_type: str, content: dict[str, Any], *, response: bool = False) -> Any:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Bodies", "version": "1"},
        "paths": {
            "/": {
                "post": {
                    "requestBody": {"content": content},
                    "responses": {"200": {"description": "fine", "content": content}},
                }
            }
        },
    }
    operation = Operations(document).get("POST /")
    assert operation is not None
    validator = Validator(document)
    if response:
        found = validator.response(operation, Reply(200, body, content_type))
    else:
        found = validator.request(operation, Call("POST", "/", "", {"Content-Type": content_type}, body), {})
    return [(violation.pointer, violation.code) for violation in found]


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b'{"a":1,"b":2,"a":3}', "duplicate-key", 'the key "a" stands twice'),
        (b'{"a":\n  NaN}', "malformed", "NaN is not valid JSON at line 2 column 3"),
        (b'["NaN", -Infinity]', "malformed", "-Infinity is not valid JSON at line 1 column 9"),
        (b"[1e999]", "malformed", "1e999 is beyond every number"),
        (b"1" * 400 + b".5", "malformed", "beyond every number"),
        (b"[" + b"1" * 1001 + b"]", "malformed", "a whole number of 1001 digits at line 1 column 2"),
        (b"[" * 101 + b"]" * 101, "too-deep", "more than 100 collections"),
        (b"[1,]", "malformed", "at line 1 column"),
        (b"\xff", "malformed", "the byte at offset 0 is not utf-8 text"),
        ("{}".encode("utf-16"), "malformed", "not utf-8"),
    ],
)
def test_json_that_readers_disagree_about_is_refused(body: bytes, code: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body, "application/json", None, as_it_is)
    assert refused.value.code == code
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        (b"\xef\xbb\xbf{}", "application/json", {}),
        (b"{}", "Application/JSON; Charset=US-ASCII", {}),
        ('"ü"'.encode("latin-1"), "application/json; charset=iso-8859-1", "ü"),
        ('"ü"'.encode("utf-32"), 'application/json; charset="utf-32"', "ü"),
        (b"[" * 100 + b"]" * 100, "text/json", None),
        (b'"' + b"[" * 500 + b'\\"' + b"1" * 1500 + b'"', "application/json", "[" * 500 + '"' + "1" * 1500),
        (b"[" + b"1" * 1000 + b"]", "application/json", [int("1" * 1000)]),
    ],
)
def test_json_in_a_known_character_set_is_read(body: bytes, content_type: str, value: Any) -> None:
    found = read(body, content_type, None, as_it_is)
    assert value is None or found == value


@pytest.mark.parametrize("charset", ["nope", "zlib", "punycode", "unicode_escape", "x" * 500])
@pytest.mark.parametrize("content_type", ["application/json", "application/xml", "text/plain"])
def test_an_unknown_character_set_is_refused(content_type: str, charset: str) -> None:
    assert checked(b"{}", f"{content_type}; charset={charset}", {content_type: {"schema": {}}}) == [("", "charset")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<a><b></a>", "mismatched tag at line 1 column 9"),
        (b"", "no element found"),
        (b"<b/>", "the outermost element is <b>, where the contract has <a>"),
        (b"<a>" * 101 + b"</a>" * 101, "more than 100 elements"),
    ],
)
def test_xml_that_is_ill_formed_or_dangerous_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(body, "application/xml", {"type": "object", "xml": {"name": "a"}}, as_it_is)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (parts("1"), "multipart/form-data"),
        (parts("1")[:-5], FORM),
        (parts(*["1"] * 1001), FORM),
        (parts("1", head="no colon"), FORM),
        (parts("1", head="X-Other: y"), FORM),
    ],
    ids=["no boundary", "not closed", "too many parts", "a broken header", "no name"],
)
def test_a_broken_form_is_malformed(body: bytes, content_type: str) -> None:
    assert checked(body, content_type, {"multipart/form-data": {"schema": THING}}) == [("", "malformed")]


def test_a_field_is_read_as_the_contract_has_it() -> None:
    member = {"type": "object", "properties": {"a": {"type": "integer"}}}
    encoding = {"o": {"contentType": "application/json"}}
    schema = {"type": "object", "properties": {"o": member}}
    content = {"multipart/form-data": {"schema": schema, "encoding": encoding}}
    content["application/x-www-form-urlencoded"] = {"schema": schema, "encoding": encoding}
    head = 'Content-Disposition: form-data; name="o"'
    assert checked(parts('{"a":1}', head=head), FORM, content) == []
    assert checked(parts('{"a":"x"}', head=head), FORM, content) == [("/o/a", "type")]
    assert checked(parts('{"a":1,"a":2}', head=head), FORM, content) == [("", "duplicate-key")]
    assert checked(b"o=%7B%22a%22%3A1%7D", "application/x-www-form-urlencoded", content) == []
    assert checked(b"o=%7B%22a%22%3A%22x%22%7D", "application/x-www-form-urlencoded", content) == [("/o/a", "type")]
    assert checked(b"o=%7B", "application/x-www-form-urlencoded", content) == [("", "malformed")]


@pytest.mark.parametrize("response", [False, True], ids=["a request", "a response"])
@pytest.mark.parametrize(
    ("content_type", "right", "wrong", "at"),
    [
        ("application/json", b'{"n":1}', b'{"n":"x"}', "/n"),
        ("application/problem+json", b'{"n":1}', b'{"n":"x"}', "/n"),
        ("application/xml", b"<root><n>1</n></root>", b"<root><n>x</n></root>", "/n"),
        ("application/x-ndjson", b'{"n":1}\n{"n":2}\n', b'{"n":1}\n{"n":"x"}\n', "/1/n"),
        ("application/json-seq", b'\x1e{"n":1}\n', b'\x1e{"n":"x"}\n', "/0/n"),
    ],
)
def test_bodies_of_every_structure_are_held_against_their_schema(
    content_type: str, right: bytes, wrong: bytes, at: str, response: bool
) -> None:
    content = {content_type: {"schema": THING}}
    assert checked(right, content_type, content, response=response) == []
    assert checked(right, content_type.upper() + "; charset=UTF-8", content, response=response) == []
    assert checked(wrong, content_type, content, response=response) == [(at, "type")]


@pytest.mark.parametrize("content_type", ["text/event-stream", "text/html", "text/csv", "image/png"])
def test_what_has_no_structure_is_not_held_against_an_object(content_type: str) -> None:
    assert checked(b"data: hello\n\n", content_type, {content_type: {"schema": THING}}, response=True) == []


def test_the_narrowest_media_type_of_the_contract_decides() -> None:
    content = {"*/*": {"schema": {"type": "array"}}, "application/*": {"schema": THING}}
    assert checked(b'{"n":1}', "application/json", content) == []
    assert checked(b'{"n":1}', "text/json", content) == [("", "type")]
    assert checked(b"{}", "image/png", {"application/json": {"schema": THING}}) == [("", "media-type")]


HOSTILE = {
    "brackets": b"[" * MEGABYTE,
    "objects": b'{"n":' * (MEGABYTE // 5),
    "brackets in open strings": b'["' * (MEGABYTE // 2),
    "quotation marks": b'"' * MEGABYTE,
    "an open string of escapes": b'"' + b'\\"' * (MEGABYTE // 2) + b"\\",
    "digits": b"1" * MEGABYTE,
    "elements": b"<n>" * (MEGABYTE // 3),
    "boundaries": b"--X\r\n" * (MEGABYTE // 5),
    "fields": b"n&" * (MEGABYTE // 2),
}
TYPES = ("application/json", "application/xml", FORM, "application/x-www-form-urlencoded", "application/x-ndjson")


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_a_violation_within_bounded_time(body: bytes, content_type: str) -> None:
    content = {content_type.partition(";")[0]: {"schema": THING}}
    begun = perf_counter()
    assert checked(body, content_type, content)
    assert perf_counter() - begun < 2


def test_a_body_of_brackets_is_refused_at_once() -> None:
    def taken() -> float:
        begun = perf_counter()
        with pytest.raises(Unreadable, match="100 collections"):
            read(HOSTILE["brackets"], "application/json", None, as_it_is)
        return perf_counter() - begun

    assert min(taken() for _ in range(5)) < 0.05


def test_an_answer_may_nest_deeper_than_a_request() -> None:
    content = {"application/json": {"schema": {}}}
    deep = b"[" * 200 + b"]" * 200
    assert checked(deep, "application/json", content) == [("", "too-deep")]
    assert checked(deep, "application/json", content, response=True) == []
    assert checked(b"[" * MEGABYTE, "application/json", content, response=True) == [("", "too-deep")]
    assert checked(b'{"a":1,"a":1}', "application/json", content, response=True) == [("", "duplicate-key")]
