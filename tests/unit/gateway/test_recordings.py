"""Recordings: their stored form, their renderings and their downloads (sections 4.4 and 5.1)."""

import json
from base64 import b64decode, b64encode
from struct import pack
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.gateway import wire
from mockhoop.gateway.recordings import (
    UNDECODABLE,
    UNKNOWN_FORMAT,
    Rendering,
    download_content,
    make_recording,
    raw_queries,
    render,
    render_base64,
    render_triples,
    render_utf8,
    stored,
)
from mockhoop.gateway.records import Event, Recording, Refusal
from mockhoop.gateway.times import SECOND

STARTED = 1_721_922_995 * SECOND + 800_000_000  # 2024-07-25T15:56:35.8Z
TALK = make_recording(
    [
        Event(0.0, "i", b"SELECT 1"),
        Event(0.268589438, "o", b"one\ttwo"),
        Event(1.5, "o", "<é>\n".encode()),
        Event(61.999, "e", b"exit 1"),
    ]
)

events = st.builds(
    Event,
    st.floats(0, 1e9),
    st.sampled_from("ioeb"),
    st.binary(max_size=20) | st.text(max_size=8).map(lambda text: text.encode(errors="surrogatepass")),
)
recordings = st.lists(events, max_size=6).map(make_recording)


def output(*payloads: bytes) -> Recording:
    return make_recording([Event(0.0, "o", payload) for payload in payloads])


def shown(rendering: Rendering) -> Any:
    assert rendering.stream is not None
    return json.loads(wire.dumps(rendering.stream))


def packet(kind: bytes, body: bytes) -> bytes:
    return kind + pack("!i", len(body) + 4) + body


# --- the stored form -------------------------------------------------------------------------------------


def test_the_stored_form_is_compact_triples_of_seconds_kind_and_base64() -> None:
    """Section 4.4."""
    recording = make_recording([Event(0.268589438, "o", b"hi"), Event(2.0, "e", b"\xff\0")])
    assert stored(recording) == b'[[0.268589438,"o","aGk="],[2,"e","/wA="]]'


def test_empty_payloads_are_never_stored() -> None:
    """Section 4.4."""
    kept = Event(0.0, "o", b"x")
    assert make_recording([Event(0.0, "o", b""), kept, Event(0.0, "i", b"")]).events == (kept,)


@given(st.lists(events, min_size=1).filter(lambda found: any(event.payload for event in found)))
@example([Event(1e-7, "o", b"ab"), Event(1e21, "i", b"abc"), Event(0.0, "e", b"abcd")])
def test_the_size_is_the_length_of_the_stored_form(found: list[Event]) -> None:
    """Section 3b.3."""
    recording = make_recording(found)
    assert recording.size == len(stored(recording))


def test_a_recording_without_events_has_no_size_though_its_form_has_two_brackets() -> None:
    """Section 4.4, the row of an empty recording."""
    recording = make_recording([])
    assert (recording.size, stored(recording)) == (0, b"[]")


def test_the_mark_of_a_wire_protocol_is_kept() -> None:
    assert [make_recording([], wire_protocol=mark).wire_protocol for mark in (False, True)] == [False, True]


# --- the table of section 4.4 ----------------------------------------------------------------------------


def test_plain_expansion_shows_the_triples_and_the_stored_size() -> None:
    """Section 4.4, first row."""
    assert render(TALK, None, "postgres", 12345) == Rendering(wire.Encoded(stored(TALK)), 12345)


def test_an_empty_kind_is_as_good_as_none() -> None:
    """Section 4.2: event_stream takes effect by its value."""
    assert render(TALK, "", "", 1) == render(TALK, None, "", 1)


def test_utf8_joins_output_and_errors_without_anything_between() -> None:
    """Section 4.4, second row."""
    rendering = render(TALK, "utf8", "", 1)
    assert isinstance(rendering, Rendering)
    assert (shown(rendering), rendering.size) == (["one\ttwo<é>\nexit 1"], 17)


def test_base64_is_of_the_same_bytes_and_counts_its_own_length() -> None:
    """Section 4.4, third row."""
    rendering = render(TALK, "base64", "", 1)
    assert isinstance(rendering, Rendering)
    [text] = shown(rendering)
    assert b64decode(text, validate=True) == "one\ttwo<é>\nexit 1".encode()
    assert rendering.size == len(text) == 24


PROTOCOL = make_recording(
    [
        Event(0.0, "i", packet(b"Q", b"SELECT 1\0")),
        Event(0.25, "o", packet(b"C", b"SELECT 1\0")),
        Event(0.5, "i", packet(b"p", b"secret\0")),
        Event(1.0, "i", packet(b"P", "s1\0SELECT é\0\0\0".encode()) + packet(b"S", b"")),
        Event(1.5, "i", packet(b"X", b"")),
    ],
    wire_protocol=True,
)


def test_raw_queries_shows_the_sql_of_simple_queries_and_parse_messages() -> None:
    """Section 4.4: a simple query keeps its NUL, events without a query are dropped."""
    rendering = render(PROTOCOL, "raw-queries", "postgres", 1)
    assert isinstance(rendering, Rendering)
    sql = [(seconds, kind, b64decode(text)) for seconds, kind, text in shown(rendering)]
    assert sql == [(0, "i", b"SELECT 1\0"), (1, "i", "SELECT é".encode())]
    assert rendering.size == 9 + 9


def test_raw_queries_without_any_query_is_a_json_null() -> None:
    """Section 4.4."""
    quiet = make_recording([Event(0.0, "o", b"Q\0\0\0\5x")], wire_protocol=True)
    assert render(quiet, "raw-queries", "postgres", 7) == Rendering(wire.Encoded(b"null"), 0)


def test_raw_queries_of_no_protocol_shows_the_triples() -> None:
    """Section 4.4."""
    assert render(TALK, "raw-queries", "postgres", 7) == Rendering(wire.Encoded(stored(TALK)), 7)


@pytest.mark.parametrize("subtype", ["", "mysql", "Postgres"])
def test_raw_queries_of_another_protocol_leaves_the_key_out(subtype: str) -> None:
    """Section 4.4."""
    assert render(PROTOCOL, "raw-queries", subtype, 7) == Rendering(None, 0)


@pytest.mark.parametrize(
    ("kind", "stream"),
    [(None, b"[]"), ("utf8", b'[""]'), ("base64", b'[""]'), ("raw-queries", b"[]")],
)
@pytest.mark.parametrize("wire_protocol", [False, True], ids=["plain", "protocol"])
def test_a_recording_without_events_has_size_0(kind: str | None, stream: bytes, wire_protocol: bool) -> None:
    """Section 4.4, the row of an empty recording."""
    empty = make_recording([], wire_protocol)
    assert render(empty, kind, "mysql", 2) == Rendering(wire.Encoded(stream), 0)


@pytest.mark.parametrize("kind", [None, "utf8", "base64", "raw-queries", "foo"])
def test_without_a_recording_the_key_is_left_out_and_the_size_is_the_stored_one(kind: str | None) -> None:
    """Section 4.4, last row; an unknown kind is ignored then (section 4.2)."""
    assert render(None, kind, "postgres", 7) == Rendering(None, 7)


@pytest.mark.parametrize("kind", ["foo", "UTF8", "utf8 ", "raw_queries"])
@pytest.mark.parametrize("recording", [TALK, make_recording([])], ids=["events", "empty"])
def test_an_unknown_kind_is_refused_when_there_is_a_recording(kind: str, recording: Recording) -> None:
    """Section 4.2."""
    assert render(recording, kind, "", 0) == UNKNOWN_FORMAT


def test_the_text_about_an_unknown_kind_is_the_gateways() -> None:
    """Section 4.2."""
    assert Refusal(422, "event_stream attribute has an unknown type format") == UNKNOWN_FORMAT


# --- utf8 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        (b"\x1b[31mred\x1b[0m", 12),
        (b"a\0b", 3),
        (b"\a", 1),
        (b"\v", 1),
        (b"\x1f", 1),
        (b"\x7f", 1),
        (b"ok\xff", 3),
        (b"\xe2\x82", 2),
        (b"\xc0\x80", 2),
        (b"\xed\xa0\x80", 3),
        (b"\xe2a\x82\xac", 4),
        ("\U000e0001".encode(), 1),
        ("a\U000f0000".encode(), 2),
        ("\U0010ffff".encode(), 1),
    ],
    ids=ascii,
)
def test_what_gos_quoting_makes_no_json_of_gives_the_fixed_sentence(payload: bytes, size: int) -> None:
    """Section 4.4: invalid characters; the size still counts code points and invalid bytes."""
    rendering = render_utf8(output(payload))
    assert (shown(rendering), rendering.size) == ([UNDECODABLE], size)


def test_the_fixed_sentence_is_the_gateways() -> None:
    """Section 4.4."""
    assert UNDECODABLE == (
        "An internal error occurred: unable to decode the event stream due to invalid characters."
        "\nPlease download the session as an alternative."
    )


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("\b\f\n\r\t", rb'["\b\f\n\r\t"]'),
        ('"\\/', rb'["\"\\/"]'),
        ("é😀\ufffd", '["é😀\ufffd"]'.encode()),
        ("\x80\x9f", rb'["\u0080\u009f"]'),
        ("\xa0\xad\ufeff", rb'["\u00a0\u00ad\ufeff"]'),
        ("\u2028\u2029", rb'["\u2028\u2029"]'),
        ("\ue000\uffff", rb'["\ue000\uffff"]'),
    ],
    ids=ascii,
)
def test_what_go_quotes_as_json_stays(text: str, stream: bytes) -> None:
    """Section 4.4; unprintable characters of the basic plane are escaped, which JSON understands."""
    assert render_utf8(output(text.encode())) == Rendering(wire.Encoded(stream), len(text))


def test_a_character_may_be_split_over_two_events() -> None:
    assert shown(render_utf8(output(b"\xe2\x82", b"\xac"))) == ["€"]


@given(recordings)
def test_utf8_is_the_decoded_output_or_the_fixed_sentence(recording: Recording) -> None:
    """Section 4.4."""
    joined = b"".join(event.payload for event in recording.events if event.kind in "oe")
    rendering = render_utf8(recording)
    assert shown(rendering) in ([joined.decode(errors="replace")], [UNDECODABLE])
    assert rendering.size == len(joined.decode(errors="surrogateescape"))


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs", "Cc"])))
def test_any_text_of_the_basic_plane_without_control_characters_is_shown(text: str) -> None:
    """Section 4.4."""
    assert shown(render_utf8(output(text.encode()))) == [text]


@given(recordings)
def test_base64_never_has_the_problem(recording: Recording) -> None:
    """Section 4.4."""
    joined = b"".join(event.payload for event in recording.events if event.kind in "oe")
    rendering = render_base64(recording)
    assert (shown(rendering), rendering.size) == ([b64encode(joined).decode()], len(b64encode(joined)))


@given(recordings, st.integers(0, 1000))
def test_the_triples_hold_every_event(recording: Recording, size: int) -> None:
    """Section 4.4."""
    triples = [Event(seconds, kind, b64decode(data)) for seconds, kind, data in shown(render_triples(recording, size))]
    assert tuple(triples) == recording.events


# --- PostgreSQL's packets --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "query"),
    [
        (packet(b"Q", b"SELECT 1\0"), b"SELECT 1\0"),
        (packet(b"Q", b"\0"), b"\0"),
        (packet(b"Q", b"A\0") + packet(b"Q", b"B\0"), b"A\0"),
        (packet(b"P", b"\0SELECT $1\0\0\1\0\0\0\x17"), b"SELECT $1"),
        (packet(b"P", b"name\0SELECT 2\0\0\0"), b"SELECT 2"),
        (packet(b"P", b"\0A\0\0\0") + packet(b"B", b"x"), b"A"),
        (b"Q\0\0\0\x20SELECT 1", b"SELECT 1"),
    ],
)
def test_the_first_packet_of_a_payload_says_the_query(payload: bytes, query: bytes) -> None:
    """Section 4.4."""
    rendering = raw_queries(make_recording([Event(3.0, "i", payload)], True), "postgres", 0)
    assert (shown(rendering), rendering.size) == ([[3, "i", b64encode(query).decode()]], len(query))


@pytest.mark.parametrize(
    "payload",
    [
        packet(b"p", b"secret\0"),
        packet(b"B", b"\0\0"),
        packet(b"P", b"name\0\0\0\0"),
        packet(b"P", b"no end"),
        b"Q",
        b"Q\0\0",
        b"Q\0\0\0\0SELECT 1",
        pack("!ii", 8, 80877103),
    ],
)
def test_a_payload_without_query_is_dropped(payload: bytes) -> None:
    """Section 4.4."""
    recording = make_recording([Event(0.0, "i", payload)], True)
    assert raw_queries(recording, "postgres", 0) == Rendering(wire.Encoded(b"null"), 0)


# --- downloads -------------------------------------------------------------------------------------------


def test_a_plain_download_is_the_output_and_errors_one_after_the_other() -> None:
    """Section 5.1."""
    assert download_content(TALK, started=STARTED) == "one\ttwo<é>\nexit 1".encode()


@pytest.mark.parametrize(
    ("newline", "content"),
    [("1", "one\ttwo\n<é>\n\nexit 1\n"), ("0", "one\ttwo<é>\nexit 1"), ("true", "one\ttwo<é>\nexit 1")],
)
def test_newline_1_ends_each_event(newline: str, content: str) -> None:
    """Section 5.1."""
    assert download_content(TALK, started=STARTED, newline=newline) == content.encode()


def test_event_time_1_puts_the_second_in_front_of_each_event() -> None:
    """Section 5.1: the event's seconds lose their fraction before they are added to the start."""
    content = download_content(TALK, started=STARTED, event_time="1", newline="1")
    assert content.decode().splitlines() == [
        "2024-07-25T15:56:35Z one\ttwo",
        "2024-07-25T15:56:36Z <é>",
        "",
        "2024-07-25T15:57:36Z exit 1",
    ]


@pytest.mark.parametrize("event_time", ["", "0", "true", "11"])
def test_any_other_event_time_is_off(event_time: str) -> None:
    """Section 5.1."""
    assert download_content(TALK, started=STARTED, event_time=event_time).startswith(b"one")


@pytest.mark.parametrize(
    ("events", "content"),
    [
        ("i", "SELECT 1"),
        ("o", "one\ttwo<é>\n"),
        ("e", "exit 1"),
        ("e,i", "SELECT 1exit 1"),
        ("i,o,e", "SELECT 1one\ttwo<é>\nexit 1"),
        ("i,i", "SELECT 1"),
        ("i,x", "SELECT 1"),
        (" i,e", "exit 1"),
        ("", "one\ttwo<é>\nexit 1"),
        ("I", "one\ttwo<é>\nexit 1"),
        ("b", "one\ttwo<é>\nexit 1"),
        ("ie", "one\ttwo<é>\nexit 1"),
    ],
)
def test_events_selects_kinds_in_stored_order_and_defaults_to_output_and_errors(events: str, content: str) -> None:
    """Section 5.1."""
    assert download_content(TALK, started=STARTED, events=events) == content.encode()


@pytest.mark.parametrize("extension", ["csv", "x.csv", "notcsv"])
def test_csv_turns_tabs_into_commas(extension: str) -> None:
    """Sections 5.1 and 12.3: a suffix test."""
    assert download_content(TALK, started=STARTED, extension=extension) == "one,two<é>\nexit 1".encode()


@pytest.mark.parametrize("extension", ["", "CSV", "csv ", "txt", "JSON", "json5"])
def test_any_other_extension_leaves_the_content_alone(extension: str) -> None:
    """Section 5.1: case-sensitive."""
    assert download_content(TALK, started=STARTED, extension=extension) == "one\ttwo<é>\nexit 1".encode()


@pytest.mark.parametrize("extension", ["json", "ndjson"])
def test_json_is_an_array_of_objects_with_their_keys_sorted(extension: str) -> None:
    """Section 5.1: newline and event-time do not matter, angle brackets are escaped."""
    content = download_content(TALK, started=STARTED, extension=extension, events="o", newline="1", event_time="1")
    assert content == (
        rb'[{"stream":"one\ttwo","time":"2024-07-25T15:56:35Z","type":"o"},'
        rb'{"stream":"\u003c' + "é".encode() + rb'\u003e\n","time":"2024-07-25T15:56:36Z","type":"o"}]'
    )


def test_json_replaces_each_byte_that_is_not_utf8() -> None:
    """Section 5.1."""
    [event] = json.loads(download_content(output(b"a\xff\xe2\x82b"), started=STARTED, extension="json"))
    assert event["stream"] == "a\ufffd\ufffd\ufffdb"


@pytest.mark.parametrize("recording", [make_recording([]), make_recording([Event(0.0, "i", b"x")])])
def test_json_without_any_event_is_the_word_null(recording: Recording) -> None:
    """Sections 5.1 and 12.3."""
    assert download_content(recording, started=STARTED, extension="json") == b"null"


@pytest.mark.parametrize("extension", ["", "json", "csv"])
def test_without_a_recording_the_body_is_empty(extension: str) -> None:
    """Section 5.1."""
    assert download_content(None, started=STARTED, extension=extension) == b""
