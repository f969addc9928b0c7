"""The heads of responses: no header ends a line, and what is broken fits into one field."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockhoop.server.adapter import header_value
from mockhoop.server.ready import Heads

ROOM = 6000
violations = st.lists(st.fixed_dictionaries({"code": st.text(max_size=3), "message": st.integers(0, 900)}), max_size=40)


def head_of(*headers: tuple[str, str]) -> bytes:
    return Heads().of(404, CIMultiDict(headers))


def test_a_head_is_the_status_and_the_headers_in_their_order() -> None:
    told = head_of(("Content-Type", "text/plain"), ("X-One", "é"))
    assert told.decode() == "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-One: é\r\nContent-Length: "


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_what_ends_a_line_is_a_space_in_a_header(end: str) -> None:
    told = head_of((f"X{end}Y", f"one{end}Set-Cookie: no"), ("X-Two", "two")).decode()
    blank = " " * len(end)
    assert told.split("\r\n")[1:3] == [f"X{blank}Y: one{blank}Set-Cookie: no", "X-Two: two"]
    assert told.count("\n") == told.count("\r") == 3


def test_bytes_that_are_no_text_go_out_as_they_came() -> None:
    assert b"X-One: \xff\r\n" in head_of(("X-One", b"\xff".decode(errors="surrogateescape")))


def counted(told: list[dict[str, Any]]) -> str:
    """As many violations as there is room for, tried one number after the other."""
    for count in reversed(range(len(told) + 1)):
        shown = told if count == len(told) else [*told[:count], {"more": len(told) - count}]
        text = json.dumps(shown, separators=(",", ":"))
        if len(text) <= ROOM:
            break
    return text


@given(violations)
@example([])
@example([{"message": 5000}, {"message": 5000}])
@example([{"message": 7000}])
def test_as_many_violations_are_listed_as_there_is_room_for(told: list[dict[str, Any]]) -> None:
    listed = [{**one, "message": "é" * (one["message"] // 6)} for one in told]
    assert header_value(listed) == counted(listed)


@pytest.mark.parametrize("length", range(5960, 6010))
def test_the_last_byte_of_room_is_used(length: int) -> None:
    listed: list[dict[str, Any]] = [{"message": "x" * (length - 14 - 14)}, *({"a": 1} for _ in range(10))]
    assert header_value(listed) == counted(listed)
    assert len(header_value(listed)) <= ROOM
