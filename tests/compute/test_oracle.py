"""The oracle against hand-made edge cases and pandas; golden vectors are in `test_golden`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.arrays import read_only
from workbench.compute.oracle import ORACLE, evaluate_term, evaluate_terms
from workbench.errors import PlanError, UnknownFieldError, UnknownOperatorError
from workbench.factor.operator import Axis, Number, operator, unregister
from workbench.factor.term import Call, Constant, Field

NAN = np.nan
X = np.array([3, 1, 4, 1, 5, NAN, 9, 2, 6, 5], dtype=float)
Y = np.array([2, 7, 1, 8, 2, 8, 1, 8, 2, 8], dtype=float)
C = np.array([3, 1, 1, NAN, 7, -2], dtype=float)
GROUP = np.array([[0, 0, 1, 1, 1, -1]], dtype=np.int32)


def column(values):
    """One asset over time."""
    return np.asarray(values, dtype=float)[:, None]


def row(values):
    """One session over assets."""
    return np.asarray(values, dtype=float)[None, :]


def kleene(name):
    """Python's own three-valued table of an operator, NaN as None."""
    rules = {
        "and": lambda a, b: 0.0 if 0 in (a, b) else (NAN if None in (a, b) else 1.0),
        "or": lambda a, b: 1.0 if 1 in (a, b) else (NAN if None in (a, b) else 0.0),
    }
    return [(a, b, rules[name](a, b)) for a in (0, 1, None) for b in (0, 1, None)]


class TestElementwise:
    @pytest.mark.parametrize("name", ["and", "or"])
    def test_kleene(self, name):
        left, right, want = (row(part) for part in zip(*kleene(name), strict=True))
        np.testing.assert_array_equal(ORACLE[name](left, right), want)

    def test_not(self):
        np.testing.assert_array_equal(ORACLE["not"](row([0, 1, NAN])), row([1, 0, NAN]))

    @pytest.mark.parametrize(
        ("name", "want"),
        [
            ("less", [1, 0, 0, NAN, NAN]),
            ("less_equal", [1, 1, 0, NAN, NAN]),
            ("greater", [0, 0, 1, NAN, NAN]),
            ("greater_equal", [0, 1, 1, NAN, NAN]),
            ("equal", [0, 1, 0, NAN, NAN]),
            ("not_equal", [1, 0, 1, NAN, NAN]),
            ("minimum", [1, 2, 2, NAN, NAN]),
            ("maximum", [2, 2, 3, NAN, NAN]),
        ],
    )
    def test_two_sides(self, name, want):
        left, right = row([1, 2, 3, NAN, 1]), row([2, 2, 2, 2, NAN])
        np.testing.assert_array_equal(ORACLE[name](left, right), row(want))

    def test_where(self):
        got = ORACLE["where"](row([1, 0, NAN, 1]), row([5, NAN, 5, NAN]), row([NAN, 6, 6, 6]))
        np.testing.assert_array_equal(got, row([5, 6, NAN, NAN]))

    def test_division_by_zero_is_missing(self):
        got = ORACLE["divide"](row([1, 0, -1, 6]), row([0, 0, -0.0, 3]))
        np.testing.assert_array_equal(got, row([NAN, NAN, NAN, 2]))

    def test_logarithm_and_sign(self):
        np.testing.assert_array_equal(ORACLE["log"](row([1, 0, -1, NAN])), row([0, NAN, NAN, NAN]))
        np.testing.assert_array_equal(
            ORACLE["sign"](row([-3, 0, -0.0, 2, NAN])), row([-1, 0, 0, 1, NAN])
        )

    def test_power(self):
        base, exponent = row([-8, -2, 0, 0, 2, NAN, 1]), row([1 / 3, 3, 0, -1, 0.5, 0, NAN])
        want = row([NAN, -8, 1, NAN, 2**0.5, NAN, NAN])
        np.testing.assert_allclose(ORACLE["power"](base, exponent), want)

    def test_signedpower_keeps_the_sign(self):
        got = ORACLE["signedpower"](row([-3, 3, 0, -4]), row([2, 2, 2, 0.5]))
        np.testing.assert_array_equal(got, row([-9, 9, 0, -2]))

    def test_overflow_is_missing(self):
        huge = row([1e308, -1e308])
        for name in ("add", "multiply"):
            assert np.isnan(ORACLE[name](huge, np.abs(huge) * np.sign(huge))).all()


class TestTime:
    def test_delay_zero_is_identity_and_long_lags_are_missing(self):
        np.testing.assert_array_equal(ORACLE["delay"](column(X), 0).ravel(), X)
        assert np.isnan(ORACLE["delay"](column(X), 10)).all()
        assert np.isnan(ORACLE["delay"](column(X), 99)).all()

    def test_delta_looks_at_its_ends_only(self):
        np.testing.assert_array_equal(
            ORACLE["delta"](column([1, NAN, 4]), 2).ravel(), [NAN, NAN, 3]
        )

    def test_constant_window(self):
        flat = column([0.1] * 7)
        assert (ORACLE["stddev"](flat, 3)[2:] == 0).all()
        assert (ORACLE["covariance"](flat, column(Y[:7]), 3)[2:] == 0).all()
        assert np.isnan(ORACLE["correlation"](flat, column(Y[:7]), 3)).all()
        assert np.isnan(ORACLE["correlation"](column(Y[:7]), flat, 3)).all()

    def test_constant_window_does_not_hide_a_missing_partner(self):
        holed = column([1, NAN, 3])
        assert np.isnan(ORACLE["covariance"](column([2, 2, 2]), holed, 3)).all()
        assert np.isnan(ORACLE["covariance"](holed, column([2, 2, 2]), 3)).all()

    def test_nearly_constant_window_has_no_correlation(self):
        wobble = column(1e6 + 1e-10 * np.array([1, -1, 1, 1, -1]))
        assert np.isnan(ORACLE["correlation"](wobble, column(Y[:5]), 4)).all()

    def test_two_points_correlate_fully(self):
        got = ORACLE["correlation"](column([1, 2, 1, 1]), column([5, 9, 7, 8]), 2).ravel()
        np.testing.assert_allclose(got, [NAN, 1, 1, NAN], rtol=1e-15)

    def test_a_giant_that_left_the_window_leaves_no_trace(self):
        values = [1e12, 1, 2, 3, 4]
        got = ORACLE["stddev"](column(values), 3).ravel()
        assert got[3] == got[4] == 1.0

    def test_first_of_equal_extremes(self):
        np.testing.assert_array_equal(
            ORACLE["ts_argmax"](column([5, 1, 5]), 3).ravel(), [NAN, NAN, 1]
        )
        np.testing.assert_array_equal(
            ORACLE["ts_argmin"](column([5, 1, 1]), 3).ravel(), [NAN, NAN, 2]
        )

    def test_rank_of_ties_is_their_average(self):
        assert ORACLE["ts_rank"](column([2, 2, 2]), 3)[2, 0] == pytest.approx(2 / 3)

    def test_window_of_one(self):
        x = column([3, NAN, 1])
        for name in ("ts_sum", "ts_mean", "ts_min", "ts_max", "decay_linear"):
            np.testing.assert_array_equal(ORACLE[name](x, 1), x)
        for name in ("ts_rank", "ts_argmax", "ts_argmin"):
            np.testing.assert_array_equal(ORACLE[name](x, 1), column([1, NAN, 1]))
        assert np.isnan(ORACLE["stddev"](x, 1)).all()
        assert np.isnan(ORACLE["covariance"](x, x, 1)).all()

    @pytest.mark.parametrize("name", ["ts_sum", "stddev", "ts_min", "ts_argmax", "ts_rank"])
    def test_too_little_history(self, name):
        assert np.isnan(ORACLE[name](column([1, 2, 3]), 4)).all()
        assert np.isnan(ORACLE[name](column([1, 2, 3]), 9)).all()

    def test_against_pandas(self):
        rng = np.random.default_rng(3)
        x, y = rng.normal(size=(2, 60, 4))
        x[rng.random(x.shape) < 0.05] = NAN
        fx, fy = pd.DataFrame(x), pd.DataFrame(y)
        for window in (2, 5, 20):
            rolled = fx.rolling(window)
            truth = {
                "ts_sum": rolled.sum(),
                "ts_mean": rolled.mean(),
                "stddev": rolled.std(),
                "ts_min": rolled.min(),
                "ts_max": rolled.max(),
                "ts_rank": rolled.rank(pct=True),
                "ts_argmax": rolled.apply(np.argmax, raw=True) + 1,
                "ts_argmin": rolled.apply(np.argmin, raw=True) + 1,
            }
            for name, want in truth.items():
                np.testing.assert_allclose(
                    ORACLE[name](x, window), want, rtol=1e-9, atol=1e-12, err_msg=name
                )
            np.testing.assert_allclose(
                ORACLE["correlation"](x, y, window), rolled.corr(fy), rtol=1e-7, atol=1e-9
            )
            np.testing.assert_allclose(
                ORACLE["covariance"](x, y, window), rolled.cov(fy), rtol=1e-9, atol=1e-12
            )


class TestCrossSection:
    def test_alone(self):
        alone = row([NAN, 4, NAN])
        np.testing.assert_array_equal(ORACLE["rank"](alone), row([NAN, 1, NAN]))
        np.testing.assert_array_equal(ORACLE["demean"](alone), row([NAN, 0, NAN]))
        np.testing.assert_array_equal(ORACLE["scale"](alone), row([NAN, 1, NAN]))
        assert np.isnan(ORACLE["zscore"](alone)).all()

    @pytest.mark.parametrize("name", ["rank", "zscore", "demean", "scale"])
    def test_nobody(self, name):
        assert np.isnan(ORACLE[name](np.full((2, 3), NAN))).all()

    def test_no_spread_no_score(self):
        assert np.isnan(ORACLE["zscore"](row([0.1, 0.1, 0.1]))).all()
        assert np.isnan(ORACLE["zscore"](row([1e6, 1e6, 1e6 + 1e-10]))).all()
        assert np.isnan(ORACLE["scale"](row([0, 0, NAN]))).all()

    def test_scale_takes_a_total(self):
        np.testing.assert_allclose(np.abs(ORACLE["scale"](row([1, -3, 4]), 2.5)).sum(), 2.5)

    @pytest.mark.parametrize("name", ["rank", "zscore", "demean", "scale", "indneutralize"])
    def test_outside_the_mask_neither_counts_nor_answers(self, name):
        mask = np.array([[True, True, False, True, True, True]])
        extra = (GROUP,) if name == "indneutralize" else ()
        hidden = np.where(mask, row(C), NAN)
        got = ORACLE[name](row(C), *extra, mask=mask)
        np.testing.assert_array_equal(got, ORACLE[name](hidden, *extra))
        assert np.isnan(got[0, 2])

    def test_groups(self):
        x = row([1, 2, 3, 4, NAN])
        group = np.array([[0, 0, 5, -1, 5]], dtype=np.int32)
        got = ORACLE["indneutralize"](x, group)
        np.testing.assert_array_equal(got, row([-0.5, 0.5, 0, NAN, NAN]))

    def test_groups_may_change_over_time(self):
        x = np.array([[1.0, 3.0], [1.0, 3.0]])
        group = np.array([[0, 0], [0, 1]], dtype=np.int32)
        np.testing.assert_array_equal(
            ORACLE["indneutralize"](x, group), np.array([[-1.0, 1.0], [0.0, 0.0]])
        )

    def test_rank_against_pandas(self):
        rng = np.random.default_rng(5)
        x = rng.integers(0, 6, size=(30, 17)).astype(float)
        x[rng.random(x.shape) < 0.2] = NAN
        want = pd.DataFrame(x).rank(axis=1, pct=True)
        np.testing.assert_allclose(ORACLE["rank"](x), want, rtol=1e-14)


FIELDS = {"x": read_only(column(X)), "y": read_only(column(Y))}


class TestTerms:
    def test_nested(self):
        spread_ = Call("subtract", (Field("x"), Call("ts_mean", (Field("x"),), (3,))), ())
        term = Call("multiply", (Constant(-1.0), spread_), ())
        want = -(column(X) - ORACLE["ts_mean"](column(X), 3))
        np.testing.assert_array_equal(evaluate_term(term, FIELDS), want)

    def test_mask_reaches_operators_across_assets_only(self):
        x = np.array([[1.0, 2.0], [3.0, 4.0]])
        mask = np.array([[True, True], [True, False]])
        ranks = Call("rank", (Field("x"),), ())
        sums = Call("ts_sum", (Field("x"),), (2,))
        got = evaluate_terms({"ranks": ranks, "sums": sums}, {"x": x}, mask)
        np.testing.assert_array_equal(got["ranks"], [[0.5, 1.0], [1.0, NAN]])
        np.testing.assert_array_equal(got["sums"], [[NAN, NAN], [4.0, 6.0]])

    def test_field_with_infinity_is_missing(self):
        got = evaluate_term(Field("x"), {"x": row([1, np.inf, -np.inf])})
        np.testing.assert_array_equal(got, row([1, NAN, NAN]))

    def test_truth_panels_and_groups_as_inputs(self):
        term = Call("where", (Field("up"), Field("x"), Field("x")), ())
        x, up = row([1, 2]), np.array([[True, False]])
        np.testing.assert_array_equal(evaluate_term(term, {"x": x, "up": up}), x)
        neutral = Call("indneutralize", (Field("x"), Field("g")), ())
        group = read_only(np.zeros((1, 2), dtype=np.int32))
        np.testing.assert_array_equal(
            evaluate_term(neutral, {"x": x, "g": group}), row([-0.5, 0.5])
        )

    def test_inputs_stay_and_results_are_read_only(self):
        before = X.copy()
        got = evaluate_term(Call("rank", (Field("x"),), ()), FIELDS)
        np.testing.assert_array_equal(X, before)
        assert not got.flags.writeable

    def test_errors_name_what_came(self):
        with pytest.raises(UnknownFieldError, match="clsoe"):
            evaluate_term(Field("clsoe"), {"close": row([1.0])})
        with pytest.raises(PlanError, match="one shape"):
            evaluate_term(Field("x"), {"x": row([1.0]), "y": row([1.0, 2.0])})
        uneven = {"x": row([1.0, 2.0]), "g": np.zeros((3, 2), dtype=np.int32)}
        with pytest.raises(PlanError, match="group codes"):
            evaluate_term(Field("x"), uneven)
        with pytest.raises(PlanError, match="one shape"):
            evaluate_term(Constant(1.0), {})

    def test_operator_without_an_oracle(self):
        def declaration(x: Number) -> Number:
            """Do something that nobody has defined."""

        operator(
            axis=Axis.TIME, lookback=lambda: 0, nan_rule="strict", source="a test", name="ts_ran"
        )(declaration)
        try:
            call = Call("ts_ran", (Field("x"),), ())
            with pytest.raises(UnknownOperatorError, match="ts_rank"):
                evaluate_term(call, FIELDS)
        finally:
            unregister("ts_ran")


@pytest.mark.parametrize("window", [2, 3, 10, 60])
def test_a_perfect_line_correlates_perfectly(window):
    rng = np.random.default_rng(4)
    x = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (80, 50)), axis=0))
    for y, sign in ((3 * x + 7, 1.0), (-0.1 * x, -1.0)):
        r = ORACLE["correlation"](x, y, window)[window - 1 :]
        assert (r == sign).all()


def test_two_sessions_correlate_to_plus_or_minus_one_exactly():
    rng = np.random.default_rng(5)
    x, y = 100 + rng.normal(0, 1, (2, 400, 50))
    r = ORACLE["correlation"](x, y, 2)[1:]
    assert (r == np.sign(np.diff(x, axis=0)) * np.sign(np.diff(y, axis=0))).all()
