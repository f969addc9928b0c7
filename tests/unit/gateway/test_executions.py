"""Which scripts run, what they say while they do, and what their sessions are in the end (section 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway import runs
from mockhoop.gateway.access import Caller
from mockhoop.gateway.executions import NOT_APPROVED, NOT_YOURS, matching, may_run, not_run_on, outside
from mockhoop.gateway.nesting import deeper_than
from mockhoop.gateway.recordings import stored
from mockhoop.gateway.records import Connection, Execution, Refusal, Review, Run, Session, TimeWindow

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
NOON = 19_935 * DAY + DAY // 2
OWNER = Caller("erin", "erin@example.com", "Erin")
REVIEW = Review(id="r", type="onetime", status="APPROVED", created_at=NOON)
SESSION = Session(
    id="s",
    org_id="o",
    connection="shell",
    type="custom",
    verb="exec",
    status="ready",
    started=NOON,
    user="erin@example.com",
    script="ls",
    review=REVIEW,
)


def connection(*reviewers: str, kind: str = "custom", subtype: str = "bash") -> Connection:
    return Connection(id="c", name="shell", type=kind, subtype=subtype, reviewers=reviewers)


def run(output: str = "", takes: int = SECOND, **more: object) -> Run:
    return runs.run_of(SESSION, Execution(output=output, takes=takes, **more), NOON)  # type: ignore[arg-type]


def window(start: str, end: str, kind: str = "time_range") -> TimeWindow:
    return TimeWindow(type=kind, configuration={"start_time": start, "end_time": end})


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 19_935 * DAY + (int(hours) * 60 + int(minutes)) * MINUTE


@pytest.mark.parametrize(
    ("patterns", "script", "found"),
    [
        (["SELECT 1", "*"], "SELECT 1", 0),
        (["SELECT 1", "*"], "SELECT 2", 1),
        (["SELECT*"], "SELECT 1\nFROM t", 0),
        (["select*"], "SELECT 1", None),
        (["SELECT ?"], "SELECT 12", None),
        (["SELECT [0-9]"], "SELECT 7", 0),
        ([], "SELECT 7", None),
    ],
    ids=["literal", "first that fits", "over lines", "letter case", "one character", "one of some", "none told"],
)
def test_the_first_execution_that_fits_counts(patterns: list[str], script: str, found: int | None) -> None:
    executions = [Execution(script=pattern) for pattern in patterns]
    expected = None if found is None else executions[found]
    assert matching(executions, "any", script) is expected


def test_an_execution_fits_its_connections_only() -> None:
    assert matching([Execution(connection="pg*")], "mysql", "SELECT 1") is None


@pytest.mark.parametrize(
    ("kind", "subtype", "word"),
    [("tcp", "", "tcp"), ("application", "tcp", "tcp"), ("application", "ssh", "ssh"), ("custom", "bash", None)],
)
def test_nothing_runs_on_some_kinds_of_connections(kind: str, subtype: str, word: str | None) -> None:
    reason = not_run_on(connection(kind=kind, subtype=subtype), Execution())
    assert (reason and f"exec is not allowed for {word} type connections" in reason) == (True if word else None)


@pytest.mark.parametrize(
    ("opens", "closes", "time", "runs_then"),
    [
        ("09:00", "18:00", "08:59", False),
        ("09:00", "18:00", "09:00", True),
        ("09:00", "18:00", "18:00", True),
        ("09:00", "18:00", "18:01", False),
        ("9:00", "9:30", "09:15", True),
        ("22:00", "06:00", "21:59", False),
        ("22:00", "06:00", "23:00", True),
        ("22:00", "06:00", "03:00", False),
        ("00:00", "23:59", "00:00", True),
    ],
)
def test_a_window_holds_for_times_of_day(opens: str, closes: str, time: str, runs_then: bool) -> None:
    refusal = None if runs_then else f"execution not allowed outside the time window {opens} to {closes} UTC"
    assert outside(window(opens, closes), at(time)) == (refusal and Refusal(403, refusal))


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (window("", "18:00", "weekly"), "unknown execution window type weekly"),
        (TimeWindow(type="time_range", configuration={}), "invalid execution window configuration"),
        (TimeWindow(type="time_range", configuration={"start_time": "x"}), "invalid execution window configuration"),
        (window("24:00", "x"), "invalid execution window start time"),
        (window("09:00", "9"), "invalid execution window end time"),
    ],
    ids=["type", "nothing", "half", "start", "end"],
)
def test_an_odd_window_never_opens(odd: TimeWindow, message: str) -> None:
    assert outside(odd, NOON) == Refusal(403, message)


@pytest.mark.parametrize(
    ("reviewers", "status", "caller", "refusal"),
    [
        (("sre",), "APPROVED", OWNER, None),
        (("sre",), "APPROVED", Caller("ada", "ada", "Ada", ("admin",)), None),
        (("sre",), "PENDING", Caller("john", "john", "John", ("sre",)), NOT_YOURS),
        (("sre",), "PENDING", OWNER, NOT_APPROVED),
        ((), "APPROVED", Caller("john", "john", "John"), None),
        ((), "PENDING", Caller("john", "john", "John"), None),
        ((), "EXECUTED", OWNER, NOT_APPROVED),
        ((), "REJECTED", OWNER, NOT_APPROVED),
    ],
)
def test_who_may_run_what(reviewers: tuple[str, ...], status: str, caller: Caller, refusal: Refusal | None) -> None:
    session = Session(**_fields(SESSION) | {"review": Review(**_fields(REVIEW) | {"status": status})})
    assert may_run(session, connection(*reviewers), caller, NOON) == refusal


def _fields(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}  # type: ignore[attr-defined]


def test_a_quick_script_says_everything_at_once() -> None:
    found = run("a\nb\nc\n", takes=250_000_000).recording
    assert [(event.seconds, event.kind, event.payload) for event in found.events] == [
        (0.001, "i", b"ls"),
        (0.25, "o", b"a\nb\nc\n"),
    ]


def test_a_slow_script_says_its_lines_one_after_the_other() -> None:
    found = run("a\nb\nc\n", takes=30 * SECOND, stderr="e\n", exit_code=2).recording
    assert [(event.seconds, event.kind, event.payload) for event in found.events][1:] == [
        (10, "o", b"a\n"),
        (20, "o", b"b\n"),
        (30, "o", b"c\n"),
        (30, "o", b"e\n"),
        (30, "e", b"exit status 2"),
    ]


@given(st.text(alphabet="ab\n\r ü", max_size=60), st.integers(0, 90 * SECOND), st.integers(0, 3))
def test_a_run_says_all_of_its_output_in_order_and_at_most_once_a_second(output: str, takes: int, code: int) -> None:
    made = run(output, takes=takes, exit_code=code)
    seconds = [event.seconds for event in made.recording.events]
    assert made.output == output + (f"exit status {code}" if code else "")
    assert seconds == sorted(seconds)
    assert sum(event.kind == "o" for event in made.recording.events) <= max(1, takes // SECOND)


@given(st.integers(0, 400), st.integers(0, 400))
def test_what_was_said_only_grows(one: int, other: int) -> None:
    made = run("a\nb\nc\nd\n", takes=300 * SECOND)
    earlier, later = sorted((one, other))
    before, after = (runs.said_by(made, NOON + moment * SECOND).events for moment in (earlier, later))
    assert after[: len(before)] == before


def test_flushes_come_every_fifty_seconds_until_the_end() -> None:
    made = run(takes=150 * SECOND)
    first = runs.next_flush(made, NOON)
    assert first == NOON + 50 * SECOND
    assert runs.next_flush(made, NOON + 50 * SECOND) == NOON + 100 * SECOND
    assert runs.next_flush(made, NOON + 100 * SECOND) is None


def test_a_script_of_exactly_fifty_seconds_has_ended_by_then() -> None:
    assert runs.next_flush(run(takes=50 * SECOND), NOON) is None


@given(st.text(alphabet='ab\n<"ü', max_size=40), st.sampled_from([0, 1, 254]))
def test_the_sizes_of_a_finished_session_agree(output: str, code: int) -> None:
    made = run(output, exit_code=code)
    ended = runs.finished(SESSION, made)
    assert ended.recording is not None
    assert ended.metrics is not None
    assert ended.event_size == ended.metrics["event_size"] == len(stored(ended.recording))
    assert (ended.status, ended.exit_code, ended.ended) == ("done", code, NOON + SECOND)


@pytest.mark.parametrize(
    ("output", "errors", "said", "cut"),
    [("x" * 4, "e" * 5, "xxxxeeeee", False), ("x" * 4, "e" * 9, "xxxxeeeeee", True), ("x" * 12, "e", "x" * 10, True)],
    ids=["all of it", "errors cut", "output cut"],
)
def test_too_much_output_is_cut(
    monkeypatch: pytest.MonkeyPatch, output: str, errors: str, said: str, cut: bool
) -> None:
    monkeypatch.setattr(runs, "MOST_OUTPUT", 10)
    made = run(output, stderr=errors)
    metrics = runs.finished(SESSION, made).metrics
    assert metrics is not None
    assert (made.output, metrics["truncated"]) == (said, cut)


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "EXECUTED", "REJECTED"])
def test_an_end_changes_no_review_but_one_that_is_processed(status: str) -> None:
    session = Session(**_fields(SESSION) | {"review": Review(**_fields(REVIEW) | {"status": status})})
    assert runs.settled(session) is session


def test_the_run_of_a_session_makes_its_review_executed() -> None:
    processed = runs.processing(SESSION, REVIEW)
    ended = runs.finished(processed, run())
    assert (processed.status, processed.review and processed.review.status) == ("open", "PROCESSING")
    assert ended.review is not None
    assert ended.review.status == "EXECUTED"


@given(st.integers(0, 20))
def test_depth_is_counted_in_holders(levels: int) -> None:
    value: object = "text"
    for number in range(levels):
        value = {"k": value} if number % 2 else [value, 1]
    assert [deeper_than(limit, value) for limit in range(levels + 2)] == [True] * levels + [False] * 2
