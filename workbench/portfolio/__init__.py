"""What to hold: a factor becomes target weights.

`signal` turns a factor into a panel, `rebalance` says on which closes a decision is made, `top`
and `quantile_weights` decide, and `Weights` is the frozen value the backtest receives whole.
"""

from __future__ import annotations

from workbench.portfolio.quantile_weights import long_short, quantile
from workbench.portfolio.rebalance import rebalance_sessions
from workbench.portfolio.top import top
from workbench.portfolio.weights import Weights

__all__ = ["Weights", "long_short", "quantile", "rebalance_sessions", "top"]
