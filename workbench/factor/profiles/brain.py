"""The words of the WorldQuant BRAIN platform (FASTEXPR): ``ts_std_dev(returns, 20)``.

Read by BRAIN's public descriptions. What they leave open is read by this language's own rules:
``ts_std_dev`` and ``zscore`` divide by n - 1, ``ts_skewness`` and ``ts_kurtosis`` are corrected for
bias (for a given d that changes no order), windows are strict about NaN, division by zero is NaN.
Words that have no rule here are the language's own: ``ts_mean``, ``ts_sum``, ``log``, ``abs`` …

* Ranks lie in [0, 1]: (r - 1) / (n - 1). ``rate`` only says how coarsely BRAIN sorts; here ranks
  are exact. ``ts_arg_max`` counts sessions since the extreme, 0 today.
* ``ts_decay_linear`` takes NaN for 0, as BRAIN does by default; ``ts_av_diff`` leaves NaN out.
* ``adv20`` is the mean of shares traded, not of value. ``max`` and ``min`` are elementwise.
* ``days_from_last_change`` looks back 252 sessions, ``hump`` and ``trade_when`` remember as many:
  BRAIN looks back to the beginning, and what depends on where the data begins has no place here.
* The limit of ``hump`` is a share of the session's gross value, so x is scaled to a gross value of
  1 first and the result is on that scale.
* ``if_else`` takes a comparison; ``trade_when`` also takes numbers, which hold above 0.
* ``quantile`` shifts ranks to (r - 1/2) / n before the normal quantile; BRAIN's shift leaves
  1 / n at both ends. The order is the same, the tails are wider here.
* ``purify`` and ``densify`` change nothing: infinities become NaN where they arise, and groups
  are codes.

Left out, because the public text does not define them, because they see more than the past of a
panel, or because the language has no operator for them: ``hump_decay``, ``jump_decay``,
``inst_tvr``, ``inst_pnl``, ``ts_target_tvr_*``,
``ts_delta_limit``, ``ts_step`` (write ts_slope(x, d) for the regression on it), ``ts_quantile``
with a driver, ``ts_percentage``, ``ts_co_skewness``, ``ts_co_kurtosis``, ``ts_entropy`` of BRAIN's
unnamed bins (the word is the language's own), ``generalized_rank``, ``rank_by_side``,
``one_side``, ``scale_down``, ``truncate``, ``pasteurize``, ``keep``, ``group_percentage``,
``group_vector_neut``, ``group_extra``, ``group_backfill`` with another cut than 4 deviations,
``bucket`` with a range in quotes (write bucket(x, 10)), ``vec_*``, ``reduce_*``; the options
``dense=true``, ``ignore``, drivers other than gaussian, ``rettype`` 4, 5, 7 and 9 (sums of squares,
their mean and the intercept's error) and ``constantCheck``. Words are written without quotes.

Source: platform.worldquantbrain.com/learn/operators, as public copies of 2024 and 2025 show it.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.factor.profile import Profile

__all__ = ["PROFILE"]

MOST_INPUTS = 6
"""Inputs that ``add``, ``multiply``, ``max`` and ``min`` take at most."""

_ELEMENTWISE = {
    "reverse(x)": "-x",
    "signed_power(x, y)": "signedpower(x, y)",
    "s_log_1p(x)": "slog1p(x)",
    "log_diff(x)": "log(x) - delay(log(x), 1)",
    "fraction(x)": "sign(x) * (abs(x) - floor(abs(x)))",
    "ceiling(x)": "ceil(x)",
    "round_down(x, f=1)": "floor(x / f) * f",
    "arc_tan(x)": "atan(x)",
    "if_else(c, x, y)": "where(c, x, y)",
    "is_nan(x)": "isnan(x)",
    "is_not_nan(x)": "!isnan(x)",
    "is_finite(x)": "isfinite(x)",
    "is_not_finite(x)": "!isfinite(x)",
    "to_nan(x, value=0)": "nan_mask(x, x == value)",
    "to_nan(x, value=0, reverse==false)": "nan_mask(x, x == value)",
    "to_nan(x, value=0, reverse==true)": "fillna(x, value)",
    "subtract(x, y)": "x - y",
    "subtract(x, y, filter==false)": "x - y",
    "subtract(x, y, filter==true)": "fillna(x, 0) - fillna(y, 0)",
    "nan_mask(x, y)": "nan_mask(x, y < 0)",
    "nan_out(x, lower, upper)": "nan_mask(x, x < lower | x > upper)",
    "tail(x, lower=0, upper=0, newval=0)": "tail(x, lower, upper, newval)",
    "left_tail(x, maximum=0)": "nan_mask(x, x > maximum)",
    "right_tail(x, minimum=0)": "nan_mask(x, x < minimum)",
    "clamp(x, lower, upper)": "clip(x, lower, upper)",
    "purify(x)": "x",
    "densify(x)": "x",
    "adv20": "ts_mean(volume, 20)",
}

_ALONG_TIME = {
    "ts_delay(x, d)": "delay(x, d)",
    "ts_delta(x, d)": "delta(x, d)",
    "ts_std_dev(x, d)": "stddev(x, d)",
    "ts_skewness(x, d)": "skew(x, d)",
    "ts_kurtosis(x, d)": "kurt(x, d)",
    "ts_ir(x, d)": "ts_mean(x, d) / stddev(x, d)",
    "ts_returns(x, d)": "(x - delay(x, d)) / delay(x, d)",
    "ts_rank(x, d)": "ts_rank(x, d, form=unit)",
    "ts_rank(x, d, constant)": "ts_rank(x, d, form=unit) + constant",
    "ts_scale(x, d)": "ts_minmax(x, d)",
    "ts_scale(x, d, constant)": "ts_minmax(x, d) + constant",
    "ts_arg_max(x, d)": "days_since_max(x, d)",
    "ts_arg_min(x, d)": "days_since_min(x, d)",
    "ts_max_diff(x, d)": "x - ts_max(x, d)",
    "ts_min_diff(x, d)": "x - ts_min(x, d)",
    "ts_min_max_cps(x, d, f=2)": "ts_min(x, d) + ts_max(x, d) - f * x",
    "ts_min_max_diff(x, d, f=0.5)": "x - f * (ts_min(x, d) + ts_max(x, d))",
    "ts_av_diff(x, d)": "x - ts_mean(x, d, min_periods=1)",
    "ts_count_nans(x, d)": "ts_count(isnan(x), d)",
    "ts_backfill(x, lookback)": "ts_backfill(x, lookback)",
    "ts_decay_linear(x, d)": "decay_linear(fillna(x, 0), d)",
    "ts_decay_linear(x, d, dense==false)": "decay_linear(fillna(x, 0), d)",
    "ts_decay_exp_window(x, d, factor)": "decay_exp(x, d, factor)",
    "ts_corr(x, y, d)": "correlation(x, y, d)",
    "ts_covariance(y, x, d)": "covariance(y, x, d)",
    "ts_regression(y, x, d)": "ts_regression(y, x, d, out=resid)",
    "ts_regression(y, x, d, lag)": "ts_regression(y, delay(x, lag), d, out=resid)",
    "ts_regression(y, x, d, lag=0, rettype==0)": "ts_regression(y, delay(x, lag), d, out=resid)",
    "ts_regression(y, x, d, lag=0, rettype==1)": (
        "ts_regression(y, delay(x, lag), d, out=intercept)"
    ),
    "ts_regression(y, x, d, lag=0, rettype==2)": "ts_regression(y, delay(x, lag), d, out=slope)",
    "ts_regression(y, x, d, lag=0, rettype==3)": "ts_regression(y, delay(x, lag), d, out=fitted)",
    "ts_regression(y, x, d, lag=0, rettype==6)": "ts_regression(y, delay(x, lag), d, out=rsquare)",
    "ts_regression(y, x, d, lag=0, rettype==8)": "ts_regression(y, delay(x, lag), d, out=se)",
    "ts_vector_proj(x, y, d)": "y * (ts_sum(x * y, d) / ts_sum(y * y, d))",
    "ts_vector_neut(x, y, d)": "x - y * (ts_sum(x * y, d) / ts_sum(y * y, d))",
    "days_from_last_change(x)": "days_from_last_change(x, 252)",
    "hump(x, hump=0.01)": "hump(scale(x), hump)",
}

_ACROSS_ASSETS = {
    "rank(x, rate=2)": "rank(x, form=unit)",
    "scale(x, scale=1)": "scale(x, scale)",
    "scale(x, longscale, shortscale)": "longshort_scale(x, longscale, shortscale)",
    "normalize(x)": "demean(x)",
    "normalize(x, useStd==false, limit=0)": "normalize(x, 0, limit)",
    "normalize(x, useStd==true, limit=0)": "normalize(x, 1, limit)",
    "winsorize(x, std=4)": "winsorize_sigma(x, std)",
    "quantile(x)": "gauss_rank(x)",
    "quantile(x, driver==gaussian, sigma=1)": "gauss_rank(x) * sigma",
    "vector_proj(x, y)": "x - vector_neut(x, y)",
    "regression_neut(y, x)": "cs_regression(y, x, out=resid)",
    "regression_proj(y, x)": "cs_regression(y, x, out=fitted)",
}

_WITHIN_GROUPS = {
    "group_neutralize(x, group)": "indneutralize(x, group)",
    "group_rank(x, group)": (
        "(group_rank(x, group) * group_count(x, group) - 1) / (group_count(x, group) - 1)"
    ),
    "group_scale(x, group)": (
        "(x - group_min(x, group)) / (group_max(x, group) - group_min(x, group))"
    ),
    "group_normalize(x, group)": "x / group_sum(abs(x), group)",
    "group_mean(x, weight, group)": (
        "group_sum(x * weight, group) / group_sum(nan_mask(weight, isnan(x)), group)"
    ),
    "group_backfill(x, group, d)": "group_backfill(x, group, d)",
    "group_backfill(x, group, d, std==4)": "group_backfill(x, group, d)",
    "group_std_dev(x, group)": "group_std(x, group)",
    "group_cartesian_product(g1, g2)": "group_cartesian(g1, g2)",
}


def _of_many(name: str, join: str, neutral: str = "") -> Mapping[str, str]:
    """Return the rules of a word that takes two inputs or more; `join` puts two together.

    `neutral` is what ``filter=true`` puts where an input is missing.
    """
    rules = {}
    for count in range(2, MOST_INPUTS + 1):
        inputs = [f"x{place}" for place in range(1, count + 1)]
        head = f"{name}({', '.join(inputs)}"
        rules[f"{head})"] = _joined(join, inputs)
        if neutral:
            filled = [f"fillna({one}, {neutral})" for one in inputs]
            rules[f"{head}, filter==false)"] = _joined(join, inputs)
            rules[f"{head}, filter==true)"] = _joined(join, filled)
    return rules


def _joined(join: str, inputs: list[str]) -> str:
    body = inputs[0]
    for other in inputs[1:]:
        body = join.format(body, other)
    return body


PROFILE = Profile(
    name="brain",
    readings={
        **_ELEMENTWISE,
        **_ALONG_TIME,
        **_ACROSS_ASSETS,
        **_WITHIN_GROUPS,
        **_of_many("add", "({} + {})", neutral="0"),
        **_of_many("multiply", "({} * {})", neutral="1"),
        **_of_many("max", "maximum({}, {})"),
        **_of_many("min", "minimum({}, {})"),
    },
    fields={"sharesout": "shares"},
    extremes=False,
    windows="floor",
    source="platform.worldquantbrain.com/learn/operators",
)
"""BRAIN's words."""
