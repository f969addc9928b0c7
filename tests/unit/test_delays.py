"""Delays are drawn as their distribution says, and the same for the same seed."""

from hypothesis import given
from hypothesis import strategies as st

from mockhoop.scenario.delays import drawn
from mockhoop.scenario.script_model import Delay, Lognormal, Normal, Uniform
from mockhoop.values.chance import Chance

MS = 1_000_000
LENGTHS = st.integers(0, 10**15)
DELAYS = st.one_of(
    st.builds(Delay, fixed=LENGTHS),
    st.tuples(LENGTHS, LENGTHS).map(lambda pair: Delay(uniform=Uniform(from_=min(pair), to=max(pair)))),
    st.builds(Delay, normal=st.builds(Normal, mean=LENGTHS, deviation=LENGTHS)),
    st.builds(Delay, lognormal=st.builds(Lognormal, median=LENGTHS, sigma=st.floats(0, 5))),
    st.dictionaries(st.sampled_from(["p0", "p50", "p99.9", "p100"]), LENGTHS, min_size=1).map(
        lambda p: Delay(percentiles=p)
    ),
)


def sample(delay: Delay) -> list[int]:
    return sorted(drawn(delay, Chance(seed)) for seed in range(1_000))


@given(DELAYS, st.integers())
def test_a_delay_is_never_negative_nor_longer_than_a_day_and_the_same_for_a_seed(delay: Delay, seed: int) -> None:
    once = drawn(delay, Chance(seed))
    assert 0 <= once <= 86_400 * 10**9
    assert once == drawn(delay, Chance(seed))


def test_a_fixed_delay_is_always_as_long() -> None:
    assert set(sample(Delay(fixed=7))) == {7}


def test_a_uniform_delay_is_in_its_range() -> None:
    found = sample(Delay(uniform=Uniform(from_=100 * MS, to=200 * MS)))
    assert 100 * MS <= found[0] < 105 * MS
    assert 195 * MS < found[-1] <= 200 * MS


def test_a_normal_delay_is_around_its_mean_and_never_below_zero() -> None:
    found = sample(Delay(normal=Normal(mean=100 * MS, deviation=60 * MS)))
    assert found[0] == 0
    assert 95 * MS < found[500] < 105 * MS


def test_a_lognormal_delay_has_its_median_and_a_long_tail() -> None:
    found = sample(Delay(lognormal=Lognormal(median=200 * MS, sigma=1.0)))
    assert 185 * MS < found[500] < 215 * MS
    assert found[-1] > 2_000 * MS


def test_percentiles_are_met() -> None:
    found = sample(Delay(percentiles={"p50": 100 * MS, "p90": 500 * MS, "p100": 1_000 * MS}))
    assert found[400] == 100 * MS
    assert 90 * MS < found[500] < 115 * MS
    assert 470 * MS < found[900] < 540 * MS
