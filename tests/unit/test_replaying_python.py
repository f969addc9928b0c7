"""What is written as Python means what it should, and is as the formatter leaves it."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockhoop.replaying.python import Name, Spread, assigned, block, called, interpolated, text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=30), inner, max_size=6),
    max_leaves=20,
)
LONG = "a long text that takes a lot of room on a line"


def formatted(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def read(code: str, **names: Any) -> Any:
    exec(code, names)
    return names["told"]


@given(VALUES)
def test_a_value_is_read_as_it_was(value: Any) -> None:
    assert read(assigned("told", value, 0)) == value


@given(st.text())
def test_a_text_of_many_lines_is_read_as_it_was(value: str) -> None:
    assert read(f"told = {block(value)}") == value


@given(st.text(), st.text())
def test_a_text_with_a_name_in_it_is_read_as_it_was(before: str, after: str) -> None:
    code = interpolated([before, Name("one"), after])
    assert read(f"told = {code}", one="{1}") == f"{before}{{1}}{after}"


@settings(max_examples=15, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=10))
def test_any_values_are_as_the_formatter_leaves_them(values: list[Any]) -> None:
    code = "def test():\n" + "".join(f"{assigned('told', value)}\n" for value in values)
    assert formatted(code) == code


@pytest.mark.parametrize(
    "value",
    [
        {"name": "short"},
        {"name": LONG, "more": LONG},
        {"name": LONG * 3},
        {"deep": {"deeper": [LONG, {"deepest": LONG, "a": [1, 2]}]}},
        [LONG, LONG, LONG],
        [],
        {Spread('hoop.headers("ada")'): None, "Content-Type": "application/json", "X-More": LONG},
        'it says "no"',
        "it's",
        """both ' and " of them""",
        "tab\t, line\n and \x00 bell \x07 \u2028",
        *({"body": "x" * size} for size in range(64, 72)),
    ],
    ids=repr,
)
def test_a_value_is_as_the_formatter_leaves_it(value: Any) -> None:
    code = f"def test():\n{assigned('told', value)}\n"
    assert formatted(code) == code


@pytest.mark.parametrize("size", [*range(28, 40), 70, 100])
def test_a_call_is_as_the_formatter_leaves_it(size: int) -> None:
    code = f"def test():\n{called('answer = ask', ['hoop', text('GET'), text('x' * size), 'headers'])}\n"
    assert formatted(code) == code
