"""Which sessions a range of dates holds, and what is a date (section 3.3)."""

from pathlib import Path
from typing import Any

import pytest

SCENARIO = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00.9Z, frozen: true}
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: bash, type: custom}]
sessions:
  - {user: ada@example.com, connection: bash, labels: {at: before}, started: 2024-07-31T09:59:59.999999Z}
  - {user: ada@example.com, connection: bash, labels: {at: ten}, started: 2024-07-31T10:00:00Z}
  - {user: ada@example.com, connection: bash, labels: {at: after}, started: 2024-07-31T10:00:00.000001Z}
  - {user: ada@example.com, connection: bash, labels: {at: noon}, started: 2024-07-31T12:00:00Z}
  - {user: ada@example.com, connection: bash, labels: {at: just now}, started: 2024-08-01T12:00:00Z}
  - {user: ada@example.com, connection: bash, labels: {at: this second}, started: 2024-08-01T12:00:00.5Z}
  - {user: ada@example.com, connection: bash, labels: {at: later}, started: 2024-08-01T13:00:00Z}
"""
EVERYTHING = ["later", "this second", "just now", "noon", "after", "ten", "before"]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dates") / "dates.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", EVERYTHING, id="no dates"),
        pytest.param(
            "start_date=2024-07-31T10:00:00Z&end_date=2024-07-31T12:00:00Z",
            ["noon", "after", "ten"],
            id="both ends are included",
        ),
        pytest.param("start_date=2024-07-31T10:00:00Z&end_date=2024-07-31T10:00:00Z", ["ten"], id="one instant"),
        pytest.param(
            "start_date=2024-07-31T10:00:00.999Z&end_date=2024-07-31T10:00:00.999Z",
            ["ten"],
            id="fractions are dropped",
        ),
        pytest.param(
            "start_date=2024-07-31T10:00:00%2B02:00&end_date=2024-07-31T10:00:00-11:00",
            ["ten"],
            id="offsets are ignored",
        ),
        pytest.param(
            "start_date=2024-07-31T10:00:01Z", ["just now", "noon"], id="without an end it is now, in whole seconds"
        ),
        pytest.param("end_date=2024-07-31T10:00:00Z", EVERYTHING, id="an end alone has no effect"),
        pytest.param("start_date=2024-08-01T00:00:00Z&end_date=2024-07-01T00:00:00Z", [], id="the wrong way round"),
        pytest.param("start_date=2030-01-01T00:00:00Z", [], id="begins in the future"),
        pytest.param(
            "start_date=0000-01-01T00:00:00Z&end_date=9999-12-31T23:59:59Z", EVERYTHING, id="as far as dates go"
        ),
    ],
)
async def test_a_range_holds_sessions_by_their_start(api: Any, scenario: Path, query: str, expected: list[str]) -> None:
    gateway = await api(scenario)
    answer = await gateway.get(f"/sessions?{query}")
    assert [session["labels"]["at"] for session in answer.json["data"]] == expected


GOOD = {
    "usual": "2024-07-31T10:00:00Z",
    "nanoseconds": "2024-07-31T10:00:00.123456789Z",
    "a comma": "2024-07-31T10:00:00,5Z",
    "one-digit hour": "2024-07-31T9:00:00Z",
    "offset": "2024-07-31T10:00:00%2B23:59",
    "leap day": "2024-02-29T00:00:00Z",
}
BAD = {
    "date only": "2024-07-31",
    "space for T": "2024-07-31%2010:00:00Z",
    "lower-case t": "2024-07-31t10:00:00Z",
    "lower-case z": "2024-07-31T10:00:00z",
    "offset without colon": "2024-07-31T10:00:00%2B0200",
    "raw plus": "2024-07-31T10:00:00+02:00",
    "no zone": "2024-07-31T10:00:00",
    "epoch": "1722420000",
    "no such day": "2023-02-29T00:00:00Z",
    "no such month": "2024-13-01T00:00:00Z",
    "24 o'clock": "2024-07-31T24:00:00Z",
    "leap second": "2024-06-30T23:59:60Z",
    "dot without digits": "2024-07-31T10:00:00.Z",
    "space behind": "2024-07-31T10:00:00Z%20",
    "digits of another script": "%D9%A22024-07-31T10:00:00Z",
}


@pytest.mark.parametrize("name", ["start_date", "end_date"])
@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
async def test_a_date_that_go_reads_is_read(api: Any, name: str, text: str) -> None:
    gateway = await api("empty")
    assert (await gateway.get(f"/sessions?{name}={text}")).status == 200


@pytest.mark.parametrize("name", ["start_date", "end_date"])
@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
async def test_another_date_is_refused(api: Any, name: str, text: str) -> None:
    gateway = await api("empty")
    answer = await gateway.get(f"/sessions?{name}={text}")
    reason = "start_date or end_date in wrong format"
    assert (answer.status, answer.message) == (422, f'failed listing sessions, invalid "{name}" option: {reason}')


async def test_1_49_10_does_not_name_the_option(api: Any) -> None:
    gateway = await api("empty", contract="1.49.10")
    answer = await gateway.get("/sessions?end_date=x")
    assert answer.message == "failed listing sessions, start_date or end_date in wrong format"
