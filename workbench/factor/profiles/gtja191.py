"""The words of Guotai Junan's 191 alphas, as its report defines them and as we read them.

The report lists its functions and fields in an appendix. What it leaves open is read so:

* ``STD`` and ``COVIANCE`` (the report's spelling) divide by d, not by d - 1.
* ``SMA(A, n, m)`` is the recursion Y = (m·A + (n - m)·Y) / n, which counts today's A; it is cut to
  the warm-up that `sma_cn` declares. ``SMEAN``, in one formula, is the same.
* ``WMA(A, n)`` weighs by 0.9^age and divides by the sum of the weights (the print loses the
  power: "0.9i, i the distance to today").
* ``TSRANK`` is a share in (0, 1], like ``RANK``: the formulas subtract it from 1.
* ``MAX`` and ``MIN`` are elementwise, also with a number: ``MAX(x, 0)``. The extremes of a window
  are ``TSMAX`` and ``TSMIN``.
* ``HIGHDAY`` and ``LOWDAY`` are sessions since the extreme, 0 for today.
* ``REGBETA(A, B, n)`` is the slope of A on B with an intercept, ``REGRESI(A, B, n)`` the residual
  at t; with three regressors it is that of the three together. ``REGBETA(A, n)`` is our spelling
  of the regression on ``SEQUENCE(n)``, the numbers 1 … n.
* ``FILTER(A, c)`` leaves NaN where c is false: a panel cannot be shortened.
* ``SUMAC(A, n)`` is the sum over n sessions, ``DELAY(A)`` looks back one.
* ``^`` is the power, ``=`` compares, ``&`` and ``|`` are as in the language.
* ``DTM``, ``DBM``, ``TR``, ``HD`` and ``LD`` are written out; ``RET`` is the field ``returns``.
* ``BANCHMARKINDEXOPEN`` and ``…CLOSE`` (the report's spelling) are ``benchmark_open`` and
  ``benchmark_close``; ``MKT``, ``SMB`` and ``HML`` are ``ff_mkt``, ``ff_smb`` and ``ff_hml``:
  fields with one value a session, the same for every asset.

Source: Guotai Junan Securities (2017-06-15), 基于短周期价量特征的多因子选股体系
(数量化专题之九十三), 附录.
"""

from __future__ import annotations

from workbench.factor.profile import Profile

__all__ = ["PROFILE"]

# Least squares of y on three regressors in closed form: correlations among the regressors scale
# the normal equations to 1, so that their determinant keeps its digits in float32.
_AB, _AC, _BC = "correlation(a, b, d)", "correlation(a, c, d)", "correlation(b, c, d)"
_YA, _YB, _YC = (f"covariance(y, {x}, d) / stddev({x}, d)" for x in "abc")
_ONLY_A, _ONLY_B, _ONLY_C = f"(1 - {_BC} ** 2)", f"(1 - {_AC} ** 2)", f"(1 - {_AB} ** 2)"
_A_B, _A_C, _B_C = (
    f"({_AB} - {_AC} * {_BC})",
    f"({_AC} - {_AB} * {_BC})",
    f"({_BC} - {_AB} * {_AC})",
)
_DETERMINANT = f"(1 + 2 * {_AB} * {_AC} * {_BC} - {_AB} ** 2 - {_AC} ** 2 - {_BC} ** 2)"
_FITTED = " + ".join(
    f"({same} - {one} - {two}) * (({x} - ts_mean({x}, d)) / stddev({x}, d))"
    for x, same, one, two in (
        ("a", f"{_YA} * {_ONLY_A}", f"{_YB} * {_A_B}", f"{_YC} * {_A_C}"),
        ("b", f"{_YB} * {_ONLY_B}", f"{_YA} * {_A_B}", f"{_YC} * {_B_C}"),
        ("c", f"{_YC} * {_ONLY_C}", f"{_YA} * {_A_C}", f"{_YB} * {_B_C}"),
    )
)

PROFILE = Profile(
    name="gtja191",
    readings={
        "corr(x, y, d)": "correlation(x, y, d)",
        "count(c, d)": "ts_count(c, d)",
        "coviance(x, y, d)": "covariance(x, y, d, ddof=0)",
        "covariance(x, y, d)": "covariance(x, y, d, ddof=0)",
        "dbm": "where(open >= delay(open, 1), 0, maximum(open - low, open - delay(open, 1)))",
        "decaylinear(x, d)": "decay_linear(x, d)",
        "delay(x, d=1)": "delay(x, d)",
        "dtm": "where(open <= delay(open, 1), 0, maximum(high - open, open - delay(open, 1)))",
        "filter(x, c)": "nan_mask(x, not c)",
        "hd": "high - delay(high, 1)",
        "highday(x, d)": "days_since_max(x, d)",
        "ld": "delay(low, 1) - low",
        "lowday(x, d)": "days_since_min(x, d)",
        "ma(x, d)": "ts_mean(x, d)",
        "mean(x, d)": "ts_mean(x, d)",
        "prod(x, d)": "ts_product(x, d)",
        "regbeta(x, d)": "ts_slope(x, d)",
        "regbeta(y, x, d)": "ts_regression(y, x, d, out=slope)",
        "regresi(y, x, d)": "ts_regression(y, x, d, out=resid)",
        "regresi(y, a, b, c, d)": f"y - ts_mean(y, d) - ({_FITTED}) / {_DETERMINANT}",
        "sma(x, n, m)": "sma_cn(x, n, m)",
        "smean(x, n, m)": "sma_cn(x, n, m)",
        "std(x, d)": "stddev(x, d, ddof=0)",
        "stddev(x, d)": "stddev(x, d, ddof=0)",
        "sum(x, d)": "ts_sum(x, d)",
        "sumac(x, d)": "ts_sum(x, d)",
        "sumif(x, d, c)": "sumif(x, c, d)",
        "tr": "maximum(maximum(high - low, abs(high - delay(close, 1))), "
        "abs(low - delay(close, 1)))",
        "tsmax(x, d)": "ts_max(x, d)",
        "tsmin(x, d)": "ts_min(x, d)",
        "tsrank(x, d)": "ts_rank(x, d)",
        "wma(x, d)": "wma_gtja(x, d)",
    },
    fields={
        "amount": "amount",
        "banchmarkindexclose": "benchmark_close",
        "banchmarkindexopen": "benchmark_open",
        "close": "close",
        "high": "high",
        "hml": "ff_hml",
        "low": "low",
        "mkt": "ff_mkt",
        "open": "open",
        "ret": "returns",
        "smb": "ff_smb",
        "vol": "volume",
        "volume": "volume",
        "vwap": "vwap",
    },
    extremes=False,
    equals=True,
    source="Guotai Junan Securities (2017-06-15), 数量化专题之九十三, appendix.",
)
"""The report's words."""
