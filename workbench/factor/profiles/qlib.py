"""Qlib's expression engine: ``Mean($close, 5)``, ``Corr($close, Log($volume+1), 10)``.

`PROFILE` reads the words as Qlib computes them: a window takes what it finds (`min_periods=1`), a
comparison with NaN is false. `STRICT` reads the same words with this language's own rules: a window
with a hole is NaN, a comparison with NaN is NaN. Every other rule is shared.

Not reproduced, because a value would then depend on where the data began, or on a slip:

* ``Ref(x, 0)`` and ``Delta(x, 0)`` look at the first row that was loaded; here a lag of 0 is x
  itself, and a difference over 0 sessions is refused. A window of 0 (everything since the first
  row) and one below 1 (a smoothing constant) are refused too.
* ``IdxMax`` and ``IdxMin`` give the place of the first NaN where the window has one; here NaN is
  skipped. A window cut short is counted from its oldest value, in both.
* ``Slope``, ``Rsquare`` and ``Resi`` keep running sums over the whole history, whose rounding
  errors stay; here every window is summed by itself. ``Rsquare`` and ``Corr`` are NaN below a
  deviation of 0.00002 in absolute terms; here the tolerance is relative to the values. As in
  Qlib, two values make a line and a correlation of 1 or -1.
* ``Skew`` and ``Kurt`` of a constant window are 0 and -3, as in pandas; here they are NaN.
* ``WMA`` is the sum of the weighted values divided once more by their number (its weights already
  add up to 1), so it is about x / d. That is reproduced; windows cut short at the start are NaN.
* ``EMA`` starts d - 1 rows before the first one asked for, and repeats its last value where x is
  NaN; here it has a declared warm-up and is NaN where x is NaN.
* x / 0 and Log(0) are infinite in Qlib and NaN here. Sign computes in float32 there.
* ``Mask`` and ``ChangeInstrument`` read another asset, ``TResample`` another clock and ``P`` a
  period: they have no counterpart, and `wb.factor` refuses them.

Source: github.com/microsoft/qlib, ``qlib/data/ops.py`` and ``qlib/data/_libs/rolling.pyx`` as of
2025 (`Rank` and `WMA` changed since 2021).
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.factor.profile import Profile

__all__ = ["PROFILE", "STRICT"]

SOURCE = "github.com/microsoft/qlib, qlib/data/ops.py"

_WINDOWED = {
    "sum(x, d)": "ts_sum(x, d{})",
    "mean(x, d)": "ts_mean(x, d{})",
    "std(x, d)": "stddev(x, d{})",
    "var(x, d)": "variance(x, d{})",
    "skew(x, d)": "skew(x, d{})",
    "kurt(x, d)": "kurt(x, d{})",
    "max(x, d)": "ts_max(x, d{})",
    "min(x, d)": "ts_min(x, d{})",
    "idxmax(x, d)": "ts_argmax(x, d{})",
    "idxmin(x, d)": "ts_argmin(x, d{})",
    "med(x, d)": "ts_median(x, d{})",
    "mad(x, d)": "mad(x, d{})",
    "rank(x, d)": "ts_rank(x, d{})",
    "quantile(x, d, q)": "ts_quantile(x, d, q{})",
    "slope(x, d)": "ts_slope(x, d{})",
    "rsquare(x, d)": "ts_rsquare(x, d{})",
    "resi(x, d)": "ts_resid(x, d{})",
    "corr(x, y, d)": "correlation(x, y, d{})",
    "cov(x, y, d)": "covariance(x, y, d{})",
    "ema(x, d)": "ewma(x, span=d{})",
}

_COMPARED = {
    "gt(x, y)": "x > y",
    "ge(x, y)": "x >= y",
    "lt(x, y)": "x < y",
    "le(x, y)": "x <= y",
    "eq(x, y)": "x == y",
}

_SHARED = {
    "ref(x, d)": "delay(x, d)",
    "delta(x, d)": "delta(x, d)",
    "count(x, d)": "ts_sum(!isnan(x), d{})",
    "wma(x, d)": "decay_linear(fillna(x, 0), d) / ts_sum(!isnan(x), d)",
    "sub(x, y)": "x - y",
    "mul(x, y)": "x * y",
    "div(x, y)": "x / y",
    "power(x, y)": "x ** y",
    "greater(x, y)": "maximum(x, y)",
    "less(x, y)": "minimum(x, y)",
    "if(c, x, y)": "where(c, x, y)",
}


def _lenient() -> Mapping[str, str]:
    rules = {
        head: body.format(", min_periods=1") for head, body in {**_WINDOWED, **_SHARED}.items()
    }
    # NaN is neither above nor below anything there, and different from everything.
    rules |= {head: f"fillna({body}, 0) > 0" for head, body in _COMPARED.items()}
    return rules | {"ne(x, y)": "fillna(x != y, 1) > 0"}


def _strict() -> Mapping[str, str]:
    rules = {head: body.format("") for head, body in {**_WINDOWED, **_SHARED}.items()}
    return rules | _COMPARED | {"ne(x, y)": "x != y"}


def _profile(name: str, readings: Mapping[str, str]) -> Profile:
    return Profile(
        name=name,
        readings=readings,
        fields={"factor": "adj_factor", "change": "returns"},
        extremes=False,
        signs={">": "gt", ">=": "ge", "<": "lt", "<=": "le", "==": "eq", "!=": "ne"},
        sigil="$",
        source=SOURCE,
    )


PROFILE = _profile("qlib", _lenient())
"""Rules of Qlib, windows that take what they find."""

STRICT = _profile("qlib_strict", _strict())
"""The same words with strict windows."""
