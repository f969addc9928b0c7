"""What clients send, and the checks that need nothing but the body (sections 6.1, 6.4, 6.5 and 7.3)."""

import dataclasses
import json
from typing import Any

import pytest

from mockhoop.gateway import bodies
from mockhoop.gateway.bodies import MetadataPatch, Provision, ReviewRequest, SessionPost
from mockhoop.gateway.records import Refusal, TimeWindow

TOO_MANY = Refusal(422, "metadata field must have less than 10 fields")
TOO_LONG = Refusal(422, "metadata key or value must not contain more than 2500 characteres")
WINDOW: dict[str, Any] = {"type": "time_range", "configuration": {"start_time": "09:00", "end_time": "18:00"}}
POST: dict[str, Any] = {
    "script": "SELECT 1",
    "connection": "pgdemo",
    "env_vars": {"A": "b"},
    "client_args": ["-x"],
    "labels": {"team": "sre"},
    "metadata": {"n": 1},
    "jira_fields": {"key": "X-1"},
    "session_batch_id": "batch",
    "correlation_id": "task-1",
}
PROVISION: dict[str, Any] = {
    "user_email": "ada@example.com",
    "connection": "pgdemo",
    "script": "SELECT 1",
    "approved_reviewers": ["sre"],
    "env_vars": {"A": "b"},
    "access_duration_sec": 1800,
    "metadata": {"n": 1},
    "client_args": ["-x"],
    "jira_fields": {"key": "X-1"},
    "time_window": WINDOW,
    "correlation_id": "task-1",
}


def body(fields: Any) -> bytes:
    return json.dumps(fields).encode()


def window(**configuration: str) -> TimeWindow:
    return TimeWindow(type="time_range", configuration=configuration)


def test_a_session_post_has_all_that_was_sent() -> None:
    assert bodies.read_session_post(body(POST)) == SessionPost(**POST | {"client_args": ("-x",)})


def test_a_session_post_needs_nothing() -> None:
    """Section 6.1: None is required by the decoder."""
    nothing: dict[str, Any] = dict.fromkeys(POST) | {"script": "", "connection": ""}
    assert bodies.read_session_post(b"{}") == SessionPost(**nothing)


def test_a_provision_has_all_that_was_sent() -> None:
    lists = {"approved_reviewers": ("sre",), "client_args": ("-x",)}
    assert bodies.read_provision(body(PROVISION)) == Provision(
        **PROVISION | lists | {"time_window": TimeWindow(**WINDOW)}
    )


@pytest.mark.parametrize(("more", "reviewers"), [({}, None), ({"approved_reviewers": []}, ())])
def test_a_provision_tells_no_reviewers_from_none_of_them(more: Any, reviewers: Any) -> None:
    """Section 6.5: left out, all groups approve; given, only those."""
    answer = bodies.read_provision(body({"user_email": "a", "connection": "b"} | more))
    assert isinstance(answer, Provision)
    assert answer.approved_reviewers == reviewers


@pytest.mark.parametrize(
    ("sent", "request_"),
    [
        ({"status": "approved"}, ReviewRequest(status="APPROVED")),
        ({"status": "Nonsense"}, ReviewRequest(status="NONSENSE")),
        (
            {"status": "REJECTED", "force_review": True, "rejection_reason": "no", "time_window": None},
            ReviewRequest(status="REJECTED", force=True, rejection_reason="no"),
        ),
        (
            {"status": "APPROVED", "time_window": WINDOW | {"type": "whatever"}},
            ReviewRequest(
                status="APPROVED",
                time_window=TimeWindow(type="whatever", configuration=WINDOW["configuration"]),
            ),
        ),
    ],
)
def test_a_review_request_has_its_status_in_upper_case(sent: Any, request_: ReviewRequest) -> None:
    """Section 7.3."""
    assert bodies.read_review_request(body(sent)) == request_


@pytest.mark.parametrize(("sent", "metadata"), [({}, None), ({"metadata": None}, None), ({"metadata": {}}, {})])
def test_a_metadata_patch_tells_an_empty_map_from_none(sent: Any, metadata: Any) -> None:
    """Section 6.4: null or missing is 404, an empty map is allowed."""
    assert bodies.read_metadata_patch(body(sent)) == MetadataPatch(metadata)


def test_a_metadata_patch_keeps_values_as_they_are() -> None:
    values = {"n": 1.5, "list": [True, None, {"a": "b"}]}
    assert bodies.read_metadata_patch(body({"metadata": values})) == MetadataPatch(values)


REQUIRED = "Key: '%s' Error:Field validation for '%s' failed on the 'required' tag"


@pytest.mark.parametrize(
    ("read", "sent", "text"),
    [
        (
            bodies.read_session_post,
            b'{"script":5}',
            "json: cannot unmarshal number into Go struct field SessionPostBody.script of type string",
        ),
        (
            bodies.read_session_post,
            b"[]",
            "json: cannot unmarshal array into Go value of type sessionapi.SessionPostBody",
        ),
        (
            bodies.read_metadata_patch,
            b'{"metadata":[]}',
            "json: cannot unmarshal array into Go struct field SessionUpdateMetadataRequest.metadata"
            " of type map[string]interface {}",
        ),
        (bodies.read_review_request, b"", "EOF"),
        (bodies.read_review_request, b"{}", REQUIRED % ("ReviewRequest.Status", "Status")),
        (
            bodies.read_review_request,
            b'{"status":5}',
            "json: cannot unmarshal number into Go struct field ReviewRequest.status"
            " of type openapi.ReviewRequestStatusType",
        ),
        (
            bodies.read_review_request,
            b'{"status":"x","time_window":5}',
            "json: cannot unmarshal number into Go struct field ReviewRequest.time_window"
            " of type openapi.ReviewSessionTimeWindow",
        ),
        (
            bodies.read_review_request,
            b'{"status":"x","time_window":{"type":5}}',
            "json: cannot unmarshal number into Go struct field ReviewSessionTimeWindow.time_window.type"
            " of type openapi.ReviewTimeWindowType",
        ),
        (
            bodies.read_review_request,
            b'{"status":"x","time_window":{}}',
            REQUIRED % ("ReviewRequest.TimeWindow.Type", "Type")
            + "\n"
            + REQUIRED % ("ReviewRequest.TimeWindow.Configuration", "Configuration"),
        ),
        (
            bodies.read_review_request,
            b'{"status":"x","time_window":{"type":"y","configuration":{}}}',
            "both from and to time must be provided",
        ),
        (
            bodies.read_provision,
            b"{}",
            REQUIRED % ("ProvisionSession.UserEmail", "UserEmail")
            + "\n"
            + REQUIRED % ("ProvisionSession.Connection", "Connection"),
        ),
        (
            bodies.read_provision,
            b'{"access_duration_sec":"30m"}',
            "json: cannot unmarshal string into Go struct field ProvisionSession.access_duration_sec of type int",
        ),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_400(read: Any, sent: bytes, text: str) -> None:
    """Section 1.5."""
    assert read(sent) == Refusal(400, text)


@pytest.mark.parametrize(("struct", "record"), [(bodies.SESSION_POST, SessionPost), (bodies.PROVISION, Provision)])
def test_a_record_has_the_fields_of_its_struct(struct: Any, record: Any) -> None:
    names = {field.name for field in struct.fields}
    assert names == {field.name for field in dataclasses.fields(record)}


def test_metadata_becomes_text() -> None:
    assert bodies.check_metadata({"n": 1e6, "none": None, "s": "x"}) == {
        "n": "1e+06",
        "none": "<nil>",
        "s": "x",
    }


def test_metadata_that_is_null_stays_null() -> None:
    assert bodies.check_metadata(None) is None


@pytest.mark.parametrize(
    ("metadata", "refusal"),
    [
        pytest.param({str(i): "" for i in range(20)}, None, id="20 keys"),
        pytest.param({str(i): "" for i in range(21)}, TOO_MANY, id="21 keys"),
        pytest.param({"a": "x" * 2499}, None, id="2499 bytes"),
        pytest.param({"a": "x" * 2500}, TOO_LONG, id="2500 bytes"),
        pytest.param({"a": "é" * 1250}, TOO_LONG, id="bytes are counted"),
        pytest.param({"a": "é" * 1249}, None, id="2498 bytes in 1249 letters"),
        pytest.param({"x" * 2499: 1}, None, id="a key of 2499 bytes"),
        pytest.param({"x" * 2500: 1}, TOO_LONG, id="a key of 2500 bytes"),
        pytest.param({"a": ["x" * 2497]}, None, id="2499 bytes as printed"),
        pytest.param({"a": ["x" * 2498]}, TOO_LONG, id="2500 bytes as printed"),
        pytest.param({str(i): "x" * 2500 for i in range(21)}, TOO_MANY, id="the number is checked first"),
    ],
)
def test_metadata_has_limits(metadata: dict[str, Any], refusal: Refusal | None) -> None:
    """Section 6.1, rows 2 and 3."""
    answer = bodies.check_metadata(metadata)
    assert (answer if isinstance(answer, Refusal) else None) == refusal


ID_TOO_LONG = Refusal(422, "correlation_id must not exceed 255 characters")
ID_NOT_ASCII = Refusal(422, "correlation_id must contain only printable ASCII characters")


@pytest.mark.parametrize(
    ("correlation_id", "refusal"),
    [
        (None, None),
        ("", None),
        ("task 1~", None),
        ("x" * 255, None),
        ("x" * 256, ID_TOO_LONG),
        ("é" * 128, ID_TOO_LONG),
        ("é" * 127, ID_NOT_ASCII),
        ("a\x1f", ID_NOT_ASCII),
        ("a\x7f", ID_NOT_ASCII),
        ("a\n", ID_NOT_ASCII),
    ],
)
def test_a_correlation_id_is_short_and_printable(correlation_id: str | None, refusal: Refusal | None) -> None:
    """Section 6.1, rows 4 and 5."""
    assert bodies.check_correlation_id(correlation_id) == refusal


@pytest.mark.parametrize("code", range(0x21))
def test_a_script_has_no_control_characters_but_five(code: int) -> None:
    """Section 6.1, row 10."""
    expected = None if chr(code) in "\b\f\n\r\t " else Refusal(500, "failed creating session")
    assert bodies.check_script(f"SELECT {chr(code)}") == expected


def test_delete_is_a_control_character_of_a_script() -> None:
    assert bodies.check_script("\x7f") == Refusal(500, "failed creating session")


def test_a_script_may_have_characters_of_any_language() -> None:
    assert bodies.check_script("sélect '名前', '😀\u0085\u2028'") is None


@pytest.mark.parametrize(
    ("batch_id", "fits"),
    [(None, True), ("", True), ("x" * 255, True), ("é" * 255, True), ("x" * 256, False), ("a\0", False)],
)
def test_a_batch_id_has_at_most_255_characters(batch_id: str | None, fits: bool) -> None:
    """Section 6.1, row 10."""
    expected = None if fits else Refusal(500, "failed creating session")
    assert bodies.check_batch_id(batch_id) == expected


@pytest.mark.parametrize("time", ["00:00", "9:00", "09:00", "0:00", "23:59", "19:30"])
def test_a_time_of_day_may_have_one_digit_of_hours(time: str) -> None:
    """Section 7.3, row 3."""
    assert bodies.check_time_window(window(start_time=time, end_time=time)) is None


@pytest.mark.parametrize(
    "time",
    [
        "24:00",
        "9:0",
        "9:60",
        "009:00",
        "9",
        "9:",
        ":00",
        "09:00:00",
        " 9:00",
        "9:00 ",
        "9:00\n",
        "+9:00",
        "٠٩:٠٠",
    ],
)
@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_what_is_no_time_of_day_is_refused(name: str, time: str) -> None:
    """Section 7.3, row 3."""
    times = {"start_time": "09:00", "end_time": "18:00"} | {name: time}
    text = f"invalid {name} format, expected HH:MM in 24-hour format"
    assert bodies.check_time_window(window(**times)) == Refusal(400, text)


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"start_time": "09:00"},
        {"end_time": "nonsense"},
        {"start_time": "", "end_time": "18:00"},
        {"start_time": "nonsense", "end_time": ""},
    ],
)
def test_both_times_are_needed(times: dict[str, str]) -> None:
    """Section 7.3, row 2, which comes before the form of the times."""
    expected = Refusal(400, "both from and to time must be provided")
    assert bodies.check_time_window(window(**times)) == expected


def test_the_start_is_checked_before_the_end() -> None:
    answer = bodies.check_time_window(window(start_time="x", end_time="y"))
    assert answer is not None
    assert answer.message.startswith("invalid start_time")


def test_times_need_not_be_in_order() -> None:
    assert bodies.check_time_window(window(start_time="18:00", end_time="09:00")) is None


def test_no_time_window_is_fine() -> None:
    assert bodies.check_time_window(None) is None


def test_what_is_held_against_the_contract_is_what_the_gateway_reads() -> None:
    """Section 1.4: the first value, keys in any letter case."""
    assert bodies.as_read(b' {"Status":"x","time_window":{"TYPE":[{"A":1}]}} more') == {
        "status": "x",
        "time_window": {"type": [{"a": 1}]},
    }


@pytest.mark.parametrize("body", [b"", b"nonsense", b"{", b"[" * 100_000], ids=["empty", "word", "cut", "deep"])
def test_of_what_is_no_json_the_gateway_reads_nothing(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|too deep"):
        bodies.as_read(body)
