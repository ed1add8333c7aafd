"""Weights: what to hold, as decided at the close of a session.

A row with numbers is a decision taken with what was known at that session's close; a row of NaN
is no decision, and the last one stands. Orders follow in the *next* session, in the backtest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel, read_only
from workbench.errors import PortfolioError
from workbench.market.assets import Assets
from workbench.market.panel import Panel
from workbench.market.sessions import Sessions
from workbench.portfolio.rebalance import rebalance_sessions

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Weights"]


@dataclass(frozen=True, eq=False, repr=False)
class Weights:
    """Target weights of shape (T sessions, N assets), known at the close of each session.

    Parameters
    ----------
    values : array of shape (T, N)
        Share of equity aimed at, as a decimal: 0.02 is two per cent, what is missing to 1 is
        cash. A row is a decision (all finite) or none (all NaN).
    sessions, assets : Sessions, Assets
        The labels of rows and columns.
    name : str
        What the weights are, for people.
    research_only : bool
        True when nobody could trade them where they come from, such as a short leg in cn.
    provenance : mapping
        What the weights were made of: factor, rule, parameters.

    Raises
    ------
    PortfolioError
        If the shape does not fit, or a row is neither a whole decision nor none.

    Examples
    --------
    >>> import numpy as np
    >>> weights = Weights(
    ...     np.array([[0.5, 0.5], [np.nan, np.nan], [0.0, 1.0]]),
    ...     Sessions(["2019-01-02", "2019-01-03", "2019-01-04"]),
    ...     Assets(["000001.SZ", "600519.SH"]),
    ...     name="by hand",
    ... )
    >>> weights
    Weights(by hand: 2 decisions over 3 sessions × 2 assets, 1.5 names held on average)
    >>> weights.held().values.tolist()
    [[0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]
    """

    values: FloatPanel
    sessions: Sessions
    assets: Assets
    name: str = ""
    research_only: bool = False
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        expected = (len(self.sessions), len(self.assets))
        if values.shape != expected:
            raise PortfolioError(
                f"Weights of shape {values.shape} do not fit "
                f"{expected[0]} sessions × {expected[1]} assets."
            )
        broken = ~(np.isfinite(values).all(axis=1) | np.isnan(values).all(axis=1))
        if broken.any():
            row = int(np.argmax(broken))
            missing = self.assets[int(np.argmax(~np.isfinite(values[row])))]
            raise PortfolioError(
                "A row of weights is all numbers (a decision) or all NaN (none); "
                f"{self.sessions[row]} has no finite weight for {missing}. "
                "Write 0 for an asset that shall not be held."
            )
        object.__setattr__(self, "values", read_only(values))
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))

    @classmethod
    def from_panel(cls, panel: Panel, rebalance: str | int = "daily") -> Weights:
        """Take the rows of a panel of weights as decisions on the rebalance sessions.

        Parameters
        ----------
        panel : Panel of shape (T, N)
            Weights by hand or from an optimiser; rows between rebalances are left out.
        rebalance : {"daily", "weekly", "monthly"} or int
            See `rebalance_sessions`.
        """
        decided = rebalance_sessions(panel.sessions, rebalance)
        if panel.kind != "number":
            raise PortfolioError(f"Weights are numbers; got a {panel.kind} panel.")
        values = np.where(decided[:, None], panel.values, np.nan)
        made_of = {**panel.provenance, "rebalance": rebalance}
        return cls(values, panel.sessions, panel.assets, panel.name, provenance=made_of)

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return (len(self.sessions), len(self.assets))

    @property
    def decided(self) -> BoolPanel:
        """True where a session's close brings a decision, shape (T,)."""
        return ~np.isnan(self.values).all(axis=1)

    @property
    def decisions(self) -> Sessions:
        """The sessions at whose close a decision is made."""
        return Sessions(self.sessions.values[self.decided])

    def held(self) -> Panel:
        """Return the decision standing at each close; zeros before the first one."""
        decided = self.decided
        latest = np.maximum.accumulate(np.where(decided, np.arange(len(decided)), -1))
        standing = np.where(latest[:, None] >= 0, self.values[latest], 0.0)
        return Panel(standing, self.sessions, self.assets, self.name, None, self.provenance)

    def to_pandas(self) -> pd.DataFrame:
        """Return the decisions as a wide frame: index ``session``, columns ``asset``."""
        panel = Panel(self.values, self.sessions, self.assets, self.name)
        return panel.to_pandas().loc[self.decided]

    def __repr__(self) -> str:
        decided = self.decided
        rows = self.values[decided]
        names = float(np.count_nonzero(rows, axis=1).mean()) if len(rows) else 0.0
        research = ", research statistic" if self.research_only else ""
        return (
            f"Weights({self.name or 'unnamed'}: {int(decided.sum())} decisions over "
            f"{self.shape[0]} sessions × {self.shape[1]} assets, "
            f"{names:.1f} names held on average{research})"
        )
