"""The panel behind a factor: computed when it is text or a `Factor`, checked when it is a panel.

Also the one definition of "best": the order in which names are taken, highest value first,
equal values in the order of their names, only inside the estimation universe.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel, FloatPanel
from workbench.errors import PortfolioError
from workbench.market.market import Market
from workbench.market.panel import Panel

__all__ = ["best_first", "candidates", "signal_panel"]


def signal_panel(factor: Any, market: Market) -> Panel:
    """Values of `factor` on the grid of `market`, a number panel of shape (T, N).

    Parameters
    ----------
    factor : str, Factor, Term or Panel
        An expression is computed in float64; a panel must lie on the market's own grid.

    Raises
    ------
    PortfolioError
        If a panel belongs to another market or holds no numbers.
    """
    if not isinstance(factor, Panel):
        from workbench.compute.evaluate import compute

        factor = compute(factor, market, dtype="float64")
    if factor.sessions != market.sessions or factor.assets != market.assets:
        raise PortfolioError(
            f"The factor lies on {factor.sessions!r} × {factor.assets!r}, the market on "
            f"{market.sessions!r} × {market.assets!r}; compute it on this market."
        )
    if factor.kind != "number":
        raise PortfolioError(f"A factor to hold names by is numeric; got a {factor.kind} panel.")
    return factor


def candidates(values: FloatPanel, market: Market) -> BoolPanel:
    """Cells that may be chosen: a finite value inside the estimation universe, shape (T, N)."""
    return np.isfinite(values) & market.mask("estimation").values


def best_first(row: FloatPanel, allowed: BoolPanel) -> NDArray[np.intp]:
    """Columns of the allowed names, best (highest) first, equal values by asset name.

    Examples
    --------
    >>> import numpy as np
    >>> best_first(np.array([1.0, 3.0, 3.0, 9.0]), np.array([True, True, True, False])).tolist()
    [1, 2, 0]
    """
    columns = np.flatnonzero(allowed)
    # Columns ascend by asset name, so a stable sort settles ties by name.
    return columns[np.argsort(-row[columns], kind="stable")]
