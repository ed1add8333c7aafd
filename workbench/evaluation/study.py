"""A factor study: everything known about a factor's forecasts, as one frozen value.

`evaluate` makes it in these steps, each in the file of its name:

1. check the request (request.py) and bring the factor to the market's grid (factor_values.py);
2. forward returns for each horizon (forward_returns.py);
3. rank and Pearson IC (information_coefficient.py) and what their means are worth
   (inference.py);
4. decay over lags (decay.py);
5. quantiles, their tranche returns and turnover (quantile.py, turnover.py);
6. coverage (coverage.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import EvaluationError
from workbench.evaluation.coverage import coverage_table, label_coverage
from workbench.evaluation.decay import decay_table
from workbench.evaluation.factor_values import factor_values
from workbench.evaluation.forward_returns import entry_prices, find_entry, holding_returns
from workbench.evaluation.inference import SESSIONS_PER_YEAR, infer_mean
from workbench.evaluation.information_coefficient import pearson_ic, rank_ic
from workbench.evaluation.quantile import (
    assign_quantiles,
    monotonicity,
    quantile_summary,
    tranche_returns,
)
from workbench.evaluation.recipe import recipe_notes
from workbench.evaluation.request import StudyRequest, check_factor, study_request
from workbench.evaluation.study_html import study_html
from workbench.evaluation.turnover import quantile_turnover, rank_autocorrelation
from workbench.market.market import Market
from workbench.market.panel import Panel

if TYPE_CHECKING:
    from workbench.factor.factor import Factor

__all__ = ["FactorStudy", "evaluate"]

Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False, repr=False)
class FactorStudy:
    """What a factor forecast and what that was worth. Made by `evaluate`.

    Attributes
    ----------
    expression : str
        The factor's text, or the name of the panel.
    horizons : tuple of int
    quantiles : int
    entry : str
    factor : Panel
        The values studied, float64.
    market : mapping
        What the market was: ``name``, ``adjust``, ``sessions``, ``first``, ``last``, ``assets``,
        ``provenance``.
    ic, pearson_ic : DataFrame
        Index ``session`` (of the factor), columns the horizons as int; NaN without enough names.
    ic_summary : DataFrame
        Index ``horizon``; the attributes of `MeanInference` as columns, for the rank IC.
    decay : DataFrame
        See `decay_table`.
    quantile_returns : DataFrame
        Index ``session`` (in which the return is realised), columns ``(horizon, quantile)``;
        daily returns of overlapping tranches, decimals.
    quantile_summary : DataFrame
        Index ``(horizon, quantile)``; see `quantile_summary`.
    turnover : DataFrame
        Index ``session``, columns ``(horizon, quantile)``; share of names replaced.
    rank_autocorrelation : DataFrame
        Index ``session``, columns the horizons.
    coverage : DataFrame
        See `coverage_table`.
    notes : tuple of str
        The recipe, line by line, for captions.
    sessions_per_year : float
    seconds : float
        Wall time of the study.
    """

    expression: str
    horizons: tuple[int, ...]
    quantiles: int
    entry: str
    factor: Panel
    market: Mapping[str, Any]
    ic: pd.DataFrame
    pearson_ic: pd.DataFrame
    ic_summary: pd.DataFrame
    decay: pd.DataFrame
    quantile_returns: pd.DataFrame
    quantile_summary: pd.DataFrame
    turnover: pd.DataFrame
    rank_autocorrelation: pd.DataFrame
    coverage: pd.DataFrame
    notes: tuple[str, ...]
    sessions_per_year: float = SESSIONS_PER_YEAR
    seconds: float = field(default=float("nan"))

    @property
    def spread(self) -> pd.DataFrame:
        """Daily return of the top minus the bottom quantile; columns the horizons, decimals."""
        top = self.quantile_returns.xs(self.quantiles, axis=1, level="quantile")
        return top - self.quantile_returns.xs(1, axis=1, level="quantile")

    def summary(self) -> pd.DataFrame:
        """One row a horizon.

        Returns
        -------
        DataFrame
            ``rank_ic`` (mean), ``icir``, ``t_newey_west``, ``p_value``, ``p_cosine`` (holds its
            size at long horizons), ``n_effective``, ``hit_rate``, ``spread`` (top minus bottom,
            mean daily return times sessions_per_year), ``spread_t``, ``monotonicity`` (Spearman
            of quantile means), ``turnover`` (mean of the top and the bottom quantile),
            ``coverage`` (share of estimation names with factor and return).
        """
        spread, delay = self.spread, find_entry(self.entry).delay
        means = self.quantile_summary["mean"]
        rows = {}
        for horizon in self.horizons:
            found = self.ic_summary.loc[horizon]
            gain = infer_mean(spread[horizon].to_numpy())
            extremes = self.turnover[horizon][[1, self.quantiles]]
            rows[horizon] = {
                "rank_ic": found["mean"],
                **{
                    name: found[name]
                    for name in ("icir", "t_newey_west", "p_value", "p_cosine", "n_effective")
                },
                "hit_rate": found["hit_rate"],
                "spread": gain.mean * self.sessions_per_year,
                "spread_t": gain.t_newey_west,
                "monotonicity": monotonicity(means.loc[horizon].to_numpy()),
                "turnover": extremes.mean().mean(),
                "coverage": label_coverage(self.coverage, horizon, delay),
            }
        table = pd.DataFrame.from_dict(rows, orient="index")
        return table.rename_axis(index="horizon")

    def __repr__(self) -> str:
        ics = ", ".join(
            f"{horizon}: {row['mean']:+.4f} (t {row['t_newey_west']:+.2f})"
            for horizon, row in self.ic_summary.iterrows()
        )
        return (
            f"FactorStudy({self.expression}; rank IC {ics}; {self.quantiles} quantiles, "
            f"entry {self.entry}, {self.market['sessions']} sessions × "
            f"{self.market['assets']} assets)"
        )

    def _repr_html_(self) -> str:
        return study_html(self.expression, self.summary(), self.ic, self.notes)


def evaluate(
    factor: str | Factor | Panel,
    market: Market,
    horizons: Iterable[int] = (1, 5, 20),
    quantiles: int = 10,
    entry: str = "next_open",
    *,
    decay_lags: int = 20,
    minimum_names: int = 10,
    dtype: str = "float64",
    sessions_per_year: float = SESSIONS_PER_YEAR,
    progress: Progress | None = None,
) -> FactorStudy:
    """Study how well a factor forecasts returns.

    Parameters
    ----------
    factor : str, Factor or Panel
        An expression, or values on the market's own sessions and assets. A panel is taken as it
        is: row t must hold what was known at the close of session t.
    market : Market
        Prices, masks and universe.
    horizons : iterable of int
        Sessions held.
    quantiles : int
        Buckets, at least 2.
    entry : str
        ``next_open`` (default), ``next_vwap``, ``next_close``, or ``close`` (not tradable).
    decay_lags : int
        Last lag of the decay table.
    minimum_names : int
        Fewest names for which a session has an information coefficient.
    dtype : {"float64", "float32"}
        Type in which an expression is computed; statistics are always float64.
    sessions_per_year : float
        For annual figures; 242 on the Chinese exchanges.
    progress : callable, optional
        Called with the name of a stage and the share of work done in [0, 1]. What it raises
        ends the study, which is how a screen cancels one.

    Returns
    -------
    FactorStudy

    Raises
    ------
    EvaluationError, EmptyUniverseError, InsufficientHistoryError
        If the request or the factor cannot be studied; see `study_request`, `check_factor`.
    """
    began = perf_counter()
    if not isinstance(market, Market):
        raise EvaluationError(
            f"evaluate takes a factor, then a Market; the second was {type(market).__name__}."
        )
    tell = progress or _silent
    request = study_request(
        horizons,
        quantiles,
        entry,
        decay_lags,
        minimum_names,
        sessions_per_year,
        len(market.sessions),
    )
    tell("factor", 0.0)
    panel, expression, lookback = factor_values(factor, market, dtype)
    check_factor(panel.values, market.mask("estimation").values, request, lookback)
    frames = _measure(panel, market, request, tell)
    tell("done", 1.0)
    return FactorStudy(
        expression=expression,
        horizons=request.horizons,
        quantiles=request.quantiles,
        entry=request.entry.name,
        factor=panel,
        market=_describe(market),
        notes=recipe_notes(request, market, panel),
        sessions_per_year=request.sessions_per_year,
        seconds=perf_counter() - began,
        **frames,
    )


def _measure(
    panel: Panel, market: Market, request: StudyRequest, tell: Progress
) -> dict[str, pd.DataFrame]:
    """Every frame of the study."""
    values, delay = panel.values, request.entry.delay
    universe, mask = market.mask("universe").values, market.mask("estimation").values
    prices = entry_prices(market, request.entry)
    index = pd.DatetimeIndex(market.sessions.values.astype("datetime64[ns]"), name="session")

    tell("information coefficients", 0.1)
    labels = {h: holding_returns(prices, delay, 0, h) for h in request.horizons}
    rank = {h: rank_ic(values, r, mask, request.minimum_names) for h, r in labels.items()}
    pearson = {h: pearson_ic(values, r, mask, request.minimum_names) for h, r in labels.items()}
    covered = coverage_table(values, labels, universe, mask, index)
    labels.clear()

    decay = decay_table(
        values,
        prices,
        mask,
        delay,
        request.decay_lags,
        request.minimum_names,
        known=rank,
        step=lambda share: tell("decay", 0.2 + 0.6 * share),
    )
    tell("quantiles", 0.8)
    buckets = assign_quantiles(values, mask, request.quantiles)
    earned = tranche_returns(buckets, prices, request.horizons, request.quantiles, delay)
    returns = _by_quantile({h: earned[h] for h in request.horizons}, index)
    tell("turnover", 0.9)
    replaced = {h: quantile_turnover(buckets, h, request.quantiles) for h in request.horizons}
    same = {
        h: rank_autocorrelation(values, mask, h, request.minimum_names) for h in request.horizons
    }
    return {
        "ic": _by_horizon(rank, index),
        "pearson_ic": _by_horizon(pearson, index),
        "ic_summary": _ic_summary(rank, request),
        "decay": decay,
        "quantile_returns": returns,
        "quantile_summary": quantile_summary(returns, request.sessions_per_year),
        "turnover": _by_quantile(replaced, index),
        "rank_autocorrelation": _by_horizon(same, index),
        "coverage": covered,
    }


def _describe(market: Market) -> dict[str, Any]:
    """What the market was, in plain values."""
    return {
        "name": market.name,
        "adjust": market.adjust,
        "sessions": len(market.sessions),
        "first": str(market.sessions.first),
        "last": str(market.sessions.last),
        "assets": len(market.assets),
        "provenance": dict(market.provenance),
    }


def _ic_summary(rank: Mapping[int, Any], request: StudyRequest) -> pd.DataFrame:
    """Inference on the mean rank IC, one row a horizon."""
    rows = {
        horizon: asdict(infer_mean(series, horizon, request.sessions_per_year))
        for horizon, series in rank.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="horizon")


def _by_horizon(series: Mapping[int, Any], index: pd.DatetimeIndex) -> pd.DataFrame:
    """One column a horizon."""
    columns = pd.Index(list(series), name="horizon")
    return pd.DataFrame(np.column_stack(list(series.values())), index=index, columns=columns)


def _by_quantile(arrays: Mapping[int, Any], index: pd.DatetimeIndex) -> pd.DataFrame:
    """One column for each (horizon, quantile)."""
    quantiles = range(1, next(iter(arrays.values())).shape[1] + 1)
    columns = pd.MultiIndex.from_product([list(arrays), quantiles], names=["horizon", "quantile"])
    return pd.DataFrame(np.hstack(list(arrays.values())), index=index, columns=columns)


def _silent(stage: str, share: float) -> None:
    """Nobody watches."""
