"""Answers too large to be sent at once: whole, in order, and not copied for clients that are slow."""

from typing import Any

import pytest

SESSION = "00000000-0000-4000-8000-000000000001"
LINE = "x" * 99_999
SIZE = 1_000_000
SCENARIO = f"""
mockhoop: 1
users: [{{name: Ada, email: ada@example.com, groups: [admin], token: ada}}]
connections: [{{name: bash, type: custom}}]
sessions:
  - id: {SESSION}
    user: ada@example.com
    connection: bash
    events: [{", ".join(f'[{number}, o, "{number}{LINE[1:]}{chr(92)}n"]' for number in range(10))}]
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("large") / "large.yaml"
    path.write_text(SCENARIO)
    return path


async def test_a_large_answer_is_whole_and_tells_its_length(api: Any, scenario: Any) -> None:
    answer = await (await api(scenario)).get(f"/sessions/{SESSION}/result/stream")
    assert answer.headers["Content-Length"] == str(len(answer.body)) == str(SIZE)
    assert [line[:1] for line in answer.body.split(b"\n")[:10]] == [str(number).encode() for number in range(10)]


async def test_a_large_answer_is_the_same_again(api: Any, scenario: Any) -> None:
    gateway = await api(scenario)
    first = await gateway.get(f"/sessions/{SESSION}/result/stream")
    assert (await gateway.get(f"/sessions/{SESSION}/result/stream")).body == first.body


async def test_a_large_answer_with_other_options_is_another_one(api: Any, scenario: Any) -> None:
    gateway = await api(scenario)
    await gateway.get(f"/sessions/{SESSION}/result/stream")
    assert (await gateway.get(f"/sessions/{SESSION}/result/stream?events=i")).body == b""


async def test_the_head_of_a_large_answer_has_no_body(api: Any, scenario: Any) -> None:
    answer = await (await api(scenario)).request("HEAD", f"/api/sessions/{SESSION}/result/stream")
    assert (answer.status, answer.body) == (200, b"")
