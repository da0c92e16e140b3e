"""Durations are read as people write them and print so that they read back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.engine.durations import Duration, parse


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15_minutes", Duration(15)),
        ("15 minutes", Duration(15)),
        ("15m", Duration(15)),
        ("15 min", Duration(15)),
        ("1_hour", Duration(60)),
        ("2_hours", Duration(120)),
        ("2h30m", Duration(150)),
        ("2 hours and 30 minutes", Duration(150)),
        ("1.5h", Duration(90)),
        ("4 business hours", Duration(240)),
        ("1d", Duration(1440, wall=True)),
        ("1d4h", Duration(1680, wall=True)),
        ("2_days", Duration(2880, wall=True)),
        ("1w", Duration(10080, wall=True)),
        ("4h wall", Duration(240, wall=True)),
        ("1bd", Duration(business_days=1)),
        ("2_business_days", Duration(business_days=2)),
        ("1bd2h", Duration(120, business_days=1)),
        ("PT15M", Duration(15)),
        ("PT1H30M", Duration(90)),
        ("P1D", Duration(1440, wall=True)),
        ("P1DT2H", Duration(1560, wall=True)),
        (15, Duration(15)),
        ("15", Duration(15)),
        (90.0, Duration(90)),
        (0, Duration(0)),
    ],
)
def test_a_duration_means_what_people_write(written, meant):
    assert parse(written) == meant


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (-5, "is negative"),
        ("-5m", "is negative"),
        ("fiveteen minutes", "is not a duration; write it like 15m"),
        ("", "is not a duration"),
        ("PT", "is not a duration"),
        ("P1M", "is not a duration"),
        ("PT5", "is not a duration"),
        ("15 parsecs", "is not a duration"),
        ("90s", "is not a duration"),
        ("0.33m", "not a whole number of minutes"),
        ("1.5bd", "not a whole number of business days"),
        ("1bd 1d", "mixes business days with wall-clock time"),
        ("5m 5m", "names the same unit twice"),
        ("9999d", "longer than ten years"),
        (True, "is expected"),
        (None, "is expected"),
        (["15m"], "is expected"),
        (float("nan"), "is not a duration"),
        ("1" * 5000, "is not a duration"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(written, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(written)


@given(
    st.one_of(
        st.builds(Duration, st.integers(0, 200_000)),
        st.builds(Duration, st.integers(0, 200_000), wall=st.just(True)),
        st.builds(Duration, st.integers(0, 5000), st.integers(1, 300)),
    )
)
def test_what_is_printed_reads_back_the_same(duration):
    assert parse(str(duration)) == duration


@given(st.text(max_size=40))
def test_any_text_is_a_duration_or_a_plain_refusal(text):
    try:
        assert isinstance(parse(text), Duration)
    except ValueError as refusal:
        assert len(str(refusal)) > 10
