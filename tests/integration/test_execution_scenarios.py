"""What a scenario says of running scripts and of keys: what loads, and every mistake with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.errors import SourceError
from mockhoop.gateway.executions import matching
from mockhoop.gateway.records import Execution as Record
from mockhoop.scenario.execution_checks import covers
from mockhoop.scenario.loader import load_scenario, parse_scenario, shipped_scenarios
from mockhoop.scenario.population import populate

HEAD = """\
mockhoop: 1
users:
  - {name: Ada, email: ada@example.com, token: ada}
connections:
  - {name: pgdemo, type: postgres}
  - {name: shell, type: custom}
"""


def problems(rest: str) -> list[str]:
    with pytest.raises(SourceError) as caught:
        parse_scenario(HEAD + rest, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


def executions(*entries: str) -> str:
    return "executions:\n" + "".join(f"  - {entry}\n" for entry in entries)


def test_the_example_of_the_design_loads() -> None:
    entry = '{when: {connection: pgdemo, script: "SELECT pg_sleep*"}, takes: 70s, output: done, exit_code: 0}'
    base = populate(parse_scenario(HEAD + executions(entry), "f.yaml"))
    expected = Record(connection="pgdemo", script="SELECT pg_sleep*", takes=70_000_000_000, output="done")
    assert base.settings.executions == (expected,)


def test_an_execution_may_leave_out_everything() -> None:
    base = populate(parse_scenario(HEAD + executions("{}"), "f.yaml"))
    assert base.settings.executions == (Record(),)


def test_keys_get_an_id_from_the_seed_unless_they_have_one() -> None:
    own = "1CBC8DB5-fbf8-4293-8e35-59a6eea40207"
    text = f"api_key: org|key\napi_keys: [{{name: a, key: hpk_a}}, {{name: b, key: hpk_b, groups: [sre], id: {own}}}]"
    base = populate(parse_scenario(HEAD + text, "f.yaml"))
    first, second = base.tables["api keys"]
    assert base.settings.api_key == "org|key"
    assert (len(first.id), first.key, first.groups) == (36, "hpk_a", ())
    assert (second.id, second.groups) == (own.lower(), ("sre",))


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (
            executions("{when: {connection: pgdemoo}}"),
            'f.yaml:8:25: unknown connection "pgdemoo" (did you mean "pgdemo"?)',
        ),
        (
            executions("{when: {connection: mysql}}"),
            'f.yaml:8:25: unknown connection "mysql" (known connections: pgdemo, shell)',
        ),
        (
            executions("{when: {conection: shell}}"),
            'f.yaml:8:13: unknown key "conection" (did you mean "connection"?)',
        ),
        (
            executions("{outcome: offlin}"),
            "f.yaml:8:15: expected one of ran, offline, disabled, blocked, guardrails, review, "
            'not "offlin" (did you mean "offline"?)',
        ),
        (
            executions("{exit_code: 32768}"),
            "f.yaml:8:17: expected a whole number from 0 to 32767, not the number 32768",
        ),
        (executions("{exit_code: -1}"), "f.yaml:8:17: expected a whole number from 0 to 32767, not the number -1"),
        (
            executions("{takes: 70}"),
            "f.yaml:8:13: expected a duration such as 90s, 5m or 1h30m, not the number 70 (add a unit: 70s or 70m)",
        ),
        (
            executions("{outcome: offline, output: x}"),
            "f.yaml:8:32: a script whose outcome is offline does not run, it has no output "
            "(leave it out, or say outcome: ran)",
        ),
        (
            executions("{outcome: guardrails, exit_code: 1}"),
            "f.yaml:8:38: a script whose outcome is guardrails does not run, it has no exit_code "
            "(leave it out, or say outcome: ran)",
        ),
        (
            "api_keys: [{name: a, key: hpk_a}, {name: a, key: hpk_b}]",
            'f.yaml:7:42: the name "a" is taken (it is first used in f.yaml:7; choose another one)',
        ),
        (
            "api_keys: [{name: a, key: hpk_a}, {name: b, key: hpk_a}]",
            'f.yaml:7:50: the key "hpk_a" is taken (it is first used in f.yaml:7; choose another one)',
        ),
        (
            "api_keys: [{name: a, key: xapi-a}]",
            "f.yaml:7:27: expected text of hpk_ and printable ASCII characters without spaces, "
            'not "xapi-a" (remove the other characters)',
        ),
        (
            "users: [{name: E, email: e, token: hpk_e}]",
            "f.yaml:1:36: a token that begins with hpk_ is looked for among the api_keys only "
            "(choose another one, or list it in api_keys)",
        ),
    ],
    ids=[
        *(
            "misspelt connection",
            "unknown connection",
            "misspelt key",
            "misspelt outcome",
            "exit code",
            "negative code",
        ),
        *("duration", "output without a run", "code without a run", "same name", "same key", "form of a key"),
        *("a person's token",),
    ],
)
def test_a_mistake_is_told_with_its_place(rest: str, problem: str) -> None:
    if rest.startswith("users"):
        with pytest.raises(SourceError) as caught:
            parse_scenario(rest + "\nmockhoop: 1\n", "f.yaml")
        assert str(caught.value) == problem
    else:
        assert problems(rest) == [problem]


def test_a_connection_by_pattern_need_not_be_known() -> None:
    parse_scenario(HEAD + executions("{when: {connection: 'mysql-*'}}", "{when: {connection: '?'}}"), "f.yaml")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{}", "{when: {connection: shell, script: ls}}"),
        ("{when: {connection: shell}}", "{when: {connection: shell, script: 'ls*'}}"),
        ("{when: {script: 'SELECT*'}}", "{when: {connection: pgdemo, script: 'SELECT 1'}}"),
        ("{when: {script: 'SELECT*'}}", "{when: {connection: pgdemo, script: 'SELECT pg*'}}"),
        ("{when: {connection: 'pg*', script: '[a-c]?'}}", "{when: {connection: pgdemo, script: '[a-c]?'}}"),
    ],
)
def test_what_an_earlier_one_takes_away_is_told(first: str, second: str) -> None:
    (found,) = problems(executions(first, second))
    assert "9:" in found
    assert "this is never used: what fits here fits executions/0 too" in found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{when: {connection: shell}}", "{}"),
        ("{when: {connection: shell}}", "{when: {connection: pgdemo}}"),
        ("{when: {script: 'SELECT*'}}", "{when: {script: 'select*'}}"),
        ("{when: {script: 'SELECT ?'}}", "{when: {script: 'SELECT *'}}"),
        ("{when: {script: ''}}", "{when: {script: '*'}}"),
    ],
)
def test_what_can_still_be_used_is_no_mistake(first: str, second: str) -> None:
    parse_scenario(HEAD + executions(first, second), "f.yaml")


PATTERNS = st.text(alphabet="ab*?[]", max_size=5)


@given(wide=PATTERNS, narrow=PATTERNS, text=st.text(alphabet="ab[]", max_size=5))
def test_what_covers_a_pattern_takes_all_that_it_takes(wide: str, narrow: str, text: str) -> None:
    taken_by = [matching([Record(script=pattern)], "any", text) is not None for pattern in (narrow, wide)]
    assert taken_by != [True, False] or not covers(wide, narrow)


def test_the_shipped_scenario_shows_every_outcome() -> None:
    scenario = load_scenario(shipped_scenarios()["executions"])
    outcomes = {execution.outcome for execution in scenario.executions}
    assert outcomes == {"ran", "offline", "disabled", "blocked", "guardrails", "review"}


def test_files_add_their_executions_to_those_before_them(tmp_path: Path) -> None:
    from mockhoop.scenario.loader import load_scenarios

    for name, entry in (("a", "{when: {connection: shell}}"), ("b", "{outcome: offline}")):
        text = HEAD if name == "a" else "mockhoop: 1\n"
        (tmp_path / f"{name}.yaml").write_text(text + executions(entry))
    found = load_scenarios([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert [execution.outcome for execution in found.executions] == ["ran", "offline"]
