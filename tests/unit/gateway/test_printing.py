"""Values as Go's %v prints them (section 6.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway.printing import printed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<nil>"),
        (True, "true"),
        (False, "false"),
        ("", ""),
        ("a b", "a b"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1, "1"),
        (-1.5, "-1.5"),
        (100000.0, "100000"),
        (123456.789, "123456.789"),
        (1000000.0, "1e+06"),
        (123456789.125, "1.23456789125e+08"),
        (1e21, "1e+21"),
        (-7.158851780820547e17, "-7.158851780820547e+17"),
        (1e100, "1e+100"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.255899977141538e-12, "1.255899977141538e-12"),
        (5e-324, "5e-324"),
        ([], "[]"),
        ({}, "map[]"),
        ([1.0, None, "a b", True, []], "[1 <nil> a b true []]"),
        ([""], "[]"),
        (["", ""], "[ ]"),
        ({"b": 1.0, "a": "x", "B": None}, "map[B:<nil> a:x b:1]"),
        ({"": {"z": [], "é": {}}}, "map[:map[z:[] é:map[]]]"),
    ],
)
def test_a_value_is_printed_as_go_prints_it(value: Any, text: str) -> None:
    assert printed(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_reads_back_as_the_same(number: float) -> None:
    assert float(printed(number)) == number


def test_a_value_of_any_depth_is_printed() -> None:
    value: Any = "x"
    for _ in range(5_000):
        value = {"a": [value]}
    assert printed(value) == "map[a:[" * 5_000 + "x" + "]]" * 5_000
