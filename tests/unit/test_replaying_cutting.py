"""Delta debugging finds the fewest things that are needed."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.replaying.cutting import fewest

NEEDED = st.integers(1, 60).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1))))


@given(NEEDED)
def test_what_is_needed_is_left_and_nothing_else(case: tuple[int, set[int]]) -> None:
    size, needed = case
    assert fewest(range(size), lambda kept: needed <= set(kept)) == sorted(needed)


@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30), min_size=1))
def test_of_several_ways_one_is_left_from_which_nothing_can_go(one: set[int], other: set[int]) -> None:
    left = fewest(range(31), lambda kept: one <= set(kept) or other <= set(kept))
    assert set(left) in (one, other)


@pytest.mark.parametrize(("size", "most"), [(16, 40), (256, 80)])
def test_one_of_many_is_found_soon(size: int, most: int) -> None:
    tried: list[Sequence[int]] = []

    def shows(kept: Sequence[int]) -> bool:
        tried.append(kept)
        return size // 3 in kept

    assert fewest(range(size), shows) == [size // 3]
    assert len(tried) <= most
