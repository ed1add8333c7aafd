"""What an operator costs, for comparing the steps of one plan before any of them runs.

A cost is in passes: one pass reads and writes every cell once, as an addition does. Windows of
folds cost a little for every doubling of the window (their pieces are shared by neighbouring
windows), windows that are sorted or walked cost something for every session. The numbers were
measured on one thread, float32, against `add` in the same run; they are no promise: `explain` with
``measure=True`` takes the time of each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from types import MappingProxyType

from workbench.compute.user_operators import is_user_operator
from workbench.factor.operator import Axis, Operator, find_operator
from workbench.factor.term import Call

__all__ = ["cell_cost"]

Cost = tuple[float, float, float]

_ELEMENT: Cost = (1.0, 0.0, 0.0)
_SECTION: Cost = (1.2, 0.0, 0.0)
_WINDOW: Cost = (1.0, 0.14, 0.0)
_PYTHON: Cost = (20.0, 0.0, 1.0)


def _rows(*shelves: tuple[Cost, str]) -> Mapping[str, Cost]:
    return MappingProxyType({name: cost for cost, names in shelves for name in names.split()})


_COSTS = _rows(
    ((5.0, 0.0, 0.0), "power signedpower erf"),
    ((2.2, 0.0, 0.0), "log log1p slog1p exp cbrt atan modulo log_ret sigmoid tanh"),
    ((7.5, 0.0, 0.0), "rank csrank_qlib bucket top bottom winsorize_quantile winsorize_mad"),
    ((10.0, 0.0, 0.0), "gauss_rank group_rank group_median group_neutralize"),
    ((5.0, 0.0, 0.0), "group_zscore group_scale group_sum group_mean group_max group_min"),
    ((5.0, 0.0, 0.0), "group_count group_std"),
    ((3.0, 0.0, 0.0), "regression_neut weighted_regression_neut cs_regression"),
    ((1.7, 0.0, 0.0), "indneutralize weighted_zscore longshort_scale vector_neut cs_corr"),
    ((1.2, 0.0, 0.0), "group_backfill trade_when ts_cumsum ts_cumprod"),
    ((1.1, 0.0, 0.0), "delta pct_change ts_backfill last_diff_value days_from_last_change"),
    ((1.2, 0.25, 0.0), "variance stddev ts_zscore ewm_mean decay_exp kth_element"),
    ((1.2, 0.4, 0.0), "ts_maxdd ts_slope ts_intercept ts_resid ts_rsquare"),
    ((1.2, 0.65, 0.0), "correlation covariance ts_regression ewm_var ewm_cov"),
    ((1.2, 0.85, 0.0), "skew kurt ts_moment ts_partial_corr"),
    ((1.0, 0.0, 0.02), "ts_rank"),
    ((1.0, 0.0, 0.06), "ts_median ts_quantile"),
    ((1.0, 0.0, 0.14), "hump"),
    ((1.0, 0.0, 0.35), "mad medad ts_spearman"),
    ((15.0, 0.0, 0.35), "ts_entropy"),
    ((0.0, 0.0, 0.6), "ts_hurst"),
)
"""Canonical name → passes flat, for every doubling of the window, for every session of it."""


def cell_cost(call: Call) -> float:
    """Passes over a panel that one call takes, roughly.

    Examples
    --------
    >>> from workbench.factor.text import parse
    >>> cell_cost(parse("close + open"))
    1.0
    >>> cell_cost(parse("ts_spearman(close, open, 20)"))
    8.0
    """
    row = find_operator(call.operator)
    window = row.lookback(call.parameters) + 1
    flat, doubling, session = _COSTS.get(row.name, _default(row))
    return flat + doubling * log2(window) + session * window


def _default(row: Operator) -> Cost:
    if is_user_operator(row.name):
        return _PYTHON
    return {Axis.ELEMENT: _ELEMENT, Axis.SECTION: _SECTION, Axis.TIME: _WINDOW}[row.axis]
