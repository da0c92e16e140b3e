"""The statistics of experiments: valid at every look, honest in their sentence, enough customers asked for."""

import numpy as np
import pytest

from deskwright.lab.experiments import LEAST, UNEVEN, compare, sample_size, uneven, verdict

RUNS, DAYS, A_DAY = 400, 90, 10


def shows_something(values, difference=0.0):
    """Whether a look at the end of any day leaves out zero; `A_DAY` new customers a day in each arm."""
    control, variant = values(), values() + difference
    sums = [np.cumsum(x) for x in (control, variant, control**2, variant**2)]
    for day in range(1, DAYS + 1):
        n = day * A_DAY
        if looked_at(n, *(total[n - 1] for total in sums)).sure:
            return True
    return False


def looked_at(n, control, variant, control_squares, variant_squares):
    from deskwright.lab.experiments import Arm, compared

    def arm(total, squares):
        return Arm(n, total / n, max(0.0, squares - total**2 / n) / (n - 1))

    return compared(arm(control, control_squares), arm(variant, variant_squares))


@pytest.mark.parametrize("kind", ["rating", "share", "minutes"])
def test_looking_every_day_finds_a_difference_that_is_not_there_in_at_most_one_of_twenty_experiments(kind):
    rng = np.random.default_rng(20)
    draw = {
        "rating": lambda: rng.choice([1.0, 2, 3, 4, 5], DAYS * A_DAY, p=[0.1, 0.05, 0.1, 0.25, 0.5]),
        "share": lambda: (rng.random(DAYS * A_DAY) < 0.9).astype(float),
        "minutes": lambda: rng.lognormal(4.0, 1.0, DAYS * A_DAY),
    }[kind]

    found = sum(shows_something(draw) for _ in range(RUNS))

    assert found / RUNS <= 0.05


def test_with_the_customers_asked_for_a_true_difference_is_found_as_often_as_promised():
    rng = np.random.default_rng(21)
    n = sample_size(0.3, 1.0, power=0.8)
    found = sum(compare(rng.normal(0, 1, n).tolist(), rng.normal(0.3, 1, n).tolist()).sure for _ in range(500))

    assert 0.75 <= found / 500 <= 0.87
    assert n < sample_size(0.2, 1.0) < sample_size(0.2, 1.0, power=0.9)
    with pytest.raises(ValueError, match="no difference"):
        sample_size(0, 1)


def test_the_interval_holds_the_true_difference():
    rng = np.random.default_rng(22)
    result = compare(rng.normal(10, 2, 500).tolist(), rng.normal(8, 2, 500).tolist())

    assert result.sure
    assert result.low < -2 < result.high
    assert verdict(result, lower_is_better=True, days=30).startswith("The variant is better, by ")
    assert verdict(result, lower_is_better=False, days=30).startswith("The variant is worse, by ")


def test_too_few_customers_and_figures_that_never_vary_say_nothing():
    few = compare([1.0] * 5, [2.0] * 500)
    same = compare([1.0] * 500, [1.0] * 500)

    assert not few.sure
    assert not same.sure
    assert compare([], [1.0]).difference is None
    assert f"each arm needs {LEAST}" in verdict(few, lower_is_better=False, days=3)


def test_the_sentence_says_how_long_it_would_take():
    rng = np.random.default_rng(23)
    drawn = rng.normal(0, 1, 150)
    near = compare(drawn.tolist(), (drawn + 0.25).tolist())
    none = compare([0.0, 1.0] * 100, [1.0, 0.0] * 100)

    assert "No difference shown yet; at this rate about " in verdict(near, lower_is_better=False, days=14)
    assert "probably smaller than" in verdict(none, lower_is_better=False, days=14)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_looking_at_every_customer_calls_arms_uneven_that_are_not_in_at_most_one_of_a_hundred_experiments(share):
    rng = np.random.default_rng(23)

    def called_uneven():
        variants = np.cumsum(rng.random(1500) < share).tolist()
        return any(uneven(n - variant, variant, share) for n, variant in enumerate(variants, 1))

    assert sum(called_uneven() for _ in range(300)) / 300 <= 2 * UNEVEN


def test_arms_that_lose_their_customers_are_uneven():
    assert not uneven(26, 11, 0.5)
    assert not uneven(1010, 990, 0.5)
    assert uneven(1000, 800, 0.5)
    assert uneven(950, 50, 0.1) and not uneven(900, 100, 0.1)
    assert not uneven(0, 0, 0.5) and not uneven(10, 0, 0.0)
