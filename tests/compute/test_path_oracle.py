"""The oracle's operators of path: edge cases by hand, and invariances that define them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.compute.oracle import ORACLE

NAN = np.nan


def column(*values):
    """One asset over time."""
    return np.array(values, dtype=float)[:, None]


X = column(3, 1, 4, 1, 5, NAN, 9, 2, 6, 5)


@pytest.mark.parametrize(
    ("name", "parameters", "want"),
    [
        ("delta", (2,), [NAN, NAN, 1, 0, 1, NAN, 4, NAN, -3, 3]),
        ("delay", (0,), X.ravel()),
        ("ts_backfill", (2,), [NAN, 1, 4, 1, 5, 5, 9, 2, 6, 5]),
        ("kth_element", (3, 1), [NAN, NAN, 4, 1, 5, 5, 9, 2, 6, 5]),
        ("kth_element", (3, 3), [NAN, NAN, 3, 1, 4, NAN, NAN, NAN, 9, 2]),
    ],
)
def test_by_hand(name, parameters, want):
    np.testing.assert_array_equal(ORACLE[name](X, *parameters).ravel(), want)


def test_changes_against_pandas():
    x = column(2, 3, 3, NAN, 6, 3)
    frame = pd.DataFrame(x)
    np.testing.assert_allclose(
        ORACLE["pct_change"](x, 2), frame.pct_change(2, fill_method=None), rtol=1e-15
    )
    np.testing.assert_allclose(ORACLE["log_ret"](x, 1), np.log(frame).diff(), rtol=1e-14)


@pytest.mark.parametrize("base", [0.0, -0.0, -2.0, NAN])
def test_a_base_that_is_not_above_zero_gives_no_change(base):
    x = column(base, 3)
    assert np.isnan(ORACLE["pct_change"](x, 1)).all()
    assert np.isnan(ORACLE["log_ret"](x, 1)).all()
    assert ORACLE["pct_change"](column(2, -3), 1)[1] == -2.5
    assert np.isnan(ORACLE["log_ret"](column(2, -3), 1)[1])


def test_what_was_there_before_the_last_change():
    x = column(7, 7, NAN, 8, NAN, 8, 8, NAN, 8)
    before, since = ORACLE["last_diff_value"], ORACLE["days_from_last_change"]
    np.testing.assert_array_equal(before(x, 5).ravel(), [NAN] * 5 + [7] + [NAN] * 3)
    np.testing.assert_array_equal(since(x, 5).ravel(), [NAN] * 5 + [2] + [NAN] * 3)
    np.testing.assert_array_equal(before(x, 8).ravel(), [NAN] * 8 + [7])
    np.testing.assert_array_equal(since(x, 8).ravel(), [NAN] * 8 + [5])
    np.testing.assert_array_equal(np.isnan(since(x, 7)), np.isnan(before(x, 7)))
    np.testing.assert_array_equal(since(column(1, 2, 3), 2).ravel(), [NAN, 0, 0])


def test_hump_follows_by_steps_and_forgets():
    x = column(0, 0.5, 3, 3, 3, NAN, 3, 0)
    got = ORACLE["hump"](x, 1.0, 4).ravel()
    np.testing.assert_array_equal(got, [NAN, NAN, NAN, 2, 2.5, NAN, 3, 2])


def test_hump_with_a_wide_threshold_stays_at_the_first_value_of_the_window():
    x = np.random.default_rng(1).normal(size=(20, 3))
    np.testing.assert_array_equal(ORACLE["hump"](x, 100.0, 5)[4:], x[:-4])


def test_positions_are_taken_kept_left_and_forgotten():
    trigger = column(1, 0, 0, 0, NAN, 1, 0, 1)
    leave = column(0, 0, 0, 0, 0, 0, 1, 1)
    value = column(1, 2, 3, 4, 5, NAN, 7, 8)
    held = ORACLE["trade_when"](trigger, value, leave, 3).ravel()
    np.testing.assert_array_equal(held, [NAN, NAN, 1, NAN, NAN, NAN, NAN, NAN])
    kept = ORACLE["trade_when"](trigger, np.nan_to_num(value), np.zeros((8, 1)), 3).ravel()
    np.testing.assert_array_equal(kept, [NAN, NAN, 1, NAN, NAN, 0, 0, 8])


@pytest.mark.parametrize(("name", "method"), [("ts_cumsum", "cumsum"), ("ts_cumprod", "cumprod")])
def test_accumulation_starts_at_its_anchor(name, method):
    x = np.random.default_rng(2).normal(size=(9, 4))
    x[[1, 5], [0, 2]] = NAN
    want = x.copy()
    want[:3] = NAN
    want = getattr(pd.DataFrame(want), method)().to_numpy()
    np.testing.assert_allclose(ORACLE[name](x, 3), want, rtol=1e-14)
    np.testing.assert_array_equal(ORACLE[name](x[2:], 1), ORACLE[name](x, 3)[2:])
    assert np.isnan(ORACLE[name](x, 9)).all()


def test_hurst_of_lines_powers_and_walks():
    time = np.arange(200.0)[:, None]
    assert ORACLE["ts_hurst"](3 * time - 1, 80)[-1, 0] == pytest.approx(1.0, abs=1e-12)
    walks = np.random.default_rng(3).normal(size=(400, 300)).cumsum(axis=0)
    assert np.nanmean(ORACLE["ts_hurst"](walks, 400)) == pytest.approx(0.5, abs=0.02)
    noise = np.random.default_rng(4).normal(size=(400, 100))
    assert np.nanmean(ORACLE["ts_hurst"](noise, 400)) == pytest.approx(0.0, abs=0.02)
    assert np.isnan(ORACLE["ts_hurst"](np.full((40, 1), 0.1), 40)).all()
    assert np.isnan(ORACLE["ts_hurst"](time % 2, 40)).all()
