"""A study made by hand: known numbers in the shape of `FactorStudy`."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from workbench.market.assets import Assets
from workbench.market.panel import Panel
from workbench.market.sessions import Sessions


@dataclass(frozen=True)
class HandStudy:
    """Same attributes as a study, numbers chosen for the tests."""

    expression: str
    horizons: tuple[int, ...]
    quantiles: int
    entry: str
    factor: Panel
    market: MappingProxyType
    ic: pd.DataFrame
    ic_summary: pd.DataFrame
    decay: pd.DataFrame
    quantile_returns: pd.DataFrame
    quantile_summary: pd.DataFrame
    turnover: pd.DataFrame
    coverage: pd.DataFrame
    notes: tuple[str, ...]
    table: pd.DataFrame

    @property
    def spread(self) -> pd.DataFrame:
        """Highest minus lowest quantile."""
        top = self.quantile_returns.xs(self.quantiles, axis=1, level="quantile")
        return top - self.quantile_returns.xs(1, axis=1, level="quantile")

    def summary(self) -> pd.DataFrame:
        """One row a horizon."""
        return self.table


def _summary(horizons: tuple[int, ...], coverage: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    index = pd.Index(horizons, name="horizon")
    columns = {
        "rank_ic": 0.0312345,
        "icir": 0.25,
        "t_newey_west": 3.5,
        "p_value": 0.00047,
        "n_effective": 210.4,
        "hit_rate": 0.58,
        "spread": 0.1234,
        "turnover": 0.31,
        "coverage": coverage,
    }
    short = pd.DataFrame({k: [v] * len(horizons) for k, v in columns.items()}, index=index)
    long = short[["icir", "t_newey_west", "p_value", "n_effective", "hit_rate"]].assign(
        mean=0.0312345, std=0.12, icir_annual=3.9, lags=5, n=250
    )
    return short, long


def hand_study(
    expression: str = "rank(close)",
    *,
    entry: str = "next_open",
    coverage: float = 0.97,
    sessions: int = 130,
    quantiles: int = 5,
    seed: int = 3,
) -> HandStudy:
    """Make a study with some missing values at both ends."""
    rng = np.random.default_rng(seed)
    horizons = (1, 5)
    days = pd.bdate_range("2023-11-01", periods=sessions, name="session")
    assets = Assets([f"A{i:02d}" for i in range(6)])
    ic = pd.DataFrame(rng.normal(0.03, 0.1, (sessions, 2)), index=days, columns=list(horizons))
    ic.iloc[:4] = np.nan
    ic.loc[days[-6:], 5] = np.nan
    pairs = pd.MultiIndex.from_product(
        [horizons, range(1, quantiles + 1)], names=["horizon", "quantile"]
    )
    returns = pd.DataFrame(rng.normal(0, 0.01, (sessions, len(pairs))), index=days, columns=pairs)
    returns.iloc[:5] = np.nan
    turnover = pd.DataFrame(rng.uniform(0, 1, (sessions, len(pairs))), index=days, columns=pairs)
    summary, ic_summary = _summary(horizons, coverage)
    lags = pd.Index(range(1, 6), name="lag")
    decay = pd.DataFrame(
        {"rank_ic": [0.03, 0.02, 0.01, 0.0, -0.01], "t_newey_west": [3, 2.5, 1.0, 0.0, -1.0]},
        index=lags,
    )
    quantile_summary = pd.DataFrame(
        {
            "mean": returns.mean(),
            "annual_return": returns.mean() * 250,
            "annual_volatility": returns.std() * 250**0.5,
            "t_newey_west": 1.0,
            "n": returns.count(),
        }
    )
    seen = pd.DataFrame({"universe": 6, "factor": 6, "label_1": 5, "label_5": 4}, index=days)
    values = rng.normal(size=(sessions, 6))
    return HandStudy(
        expression=expression,
        horizons=horizons,
        quantiles=quantiles,
        entry=entry,
        factor=Panel(values, Sessions(days.to_numpy().astype("datetime64[D]")), assets),
        market=MappingProxyType({"name": "hand made", "adjust": "none"}),
        ic=ic,
        ic_summary=ic_summary,
        decay=decay,
        quantile_returns=returns,
        quantile_summary=quantile_summary,
        turnover=turnover,
        coverage=seen,
        notes=("rank IC: Spearman correlation over the universe", "entry: next session's open"),
        table=summary,
    )


@pytest.fixture
def make_study():
    """The maker of hand-made studies."""
    return hand_study
