"""Chance for many at once: the same for each, in whatever number and order it is asked for."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.values.chance import Chance
from mockhoop.values.lots import Lots, NumberedIds, column

CHANCE = Chance(7)
FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
weights = st.lists(st.integers(0, 2**20), min_size=1, max_size=300).filter(any)


@pytest.mark.parametrize("code", ["I", "Q"])
def test_more_numbers_change_nothing_before(code: str) -> None:
    assert column(CHANCE, 1_000, code, "x")[:10] == column(CHANCE, 10, code, "x")


def test_each_key_has_its_own_numbers() -> None:
    assert column(CHANCE, 10, "I", "x") != column(CHANCE, 10, "I", "y")


@given(weights)
def test_what_all_get_is_what_each_gets(weights: list[int]) -> None:
    lots = Lots(CHANCE, 500, weights, "x")
    assert list(lots.codes()) == [lots[number] for number in range(500)]


@given(weights)
def test_nobody_gets_what_has_no_weight(weights: list[int]) -> None:
    assert all(weights[code] for code in Lots(CHANCE, 500, weights, "x").codes())


def test_each_option_is_drawn_as_often_as_its_weight_says() -> None:
    found = Counter(Lots(CHANCE, 70_000, [1, 0, 4, 2], "x").codes())
    assert {code: round(times / 10_000, 1) for code, times in found.items()} == {0: 1.0, 2: 4.0, 3: 2.0}


def test_a_weight_that_is_far_smaller_than_a_byte_can_tell_counts() -> None:
    assert 60 < sum(Lots(CHANCE, 100_000, [999, 1], "x").codes()) < 140


@given(st.integers(0, 2**36 - 1))
def test_an_id_tells_its_number(number: int) -> None:
    own_id = NumberedIds(CHANCE).id_of(number)
    assert FORM.fullmatch(own_id)
    assert NumberedIds(CHANCE).number_of(own_id) == number


@pytest.mark.parametrize(
    "other",
    [
        NumberedIds(Chance(8)).id_of(3),
        NumberedIds(CHANCE).id_of(3).upper(),
        NumberedIds(CHANCE).id_of(3).replace("-", ""),
        NumberedIds(CHANCE).id_of(3)[:-1] + "x",
        CHANCE.uuid("x"),
        "",
    ],
)
def test_any_other_id_has_no_number(other: str) -> None:
    assert NumberedIds(CHANCE).number_of(other) is None


def test_an_id_beyond_those_that_there_are_has_no_number() -> None:
    ids = NumberedIds(CHANCE)
    assert [ids.number_of(ids.id_of(number), 3) for number in (2, 3)] == [2, None]


def test_ids_of_neighbours_have_nothing_in_common() -> None:
    ids = [NumberedIds(CHANCE).id_of(number) for number in range(2_000)]
    for place in [place for place in range(36) if place not in (8, 13, 14, 18, 23)]:
        assert len({own_id[place] for own_id in ids}) == (4 if place == 19 else 16)
