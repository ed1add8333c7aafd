"""The values a study works on: an expression computed, or a panel checked, in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import EvaluationError
from workbench.market.panel import Panel

if TYPE_CHECKING:
    from workbench.factor.factor import Factor
    from workbench.market.market import Market

__all__ = ["factor_values"]


def factor_values(
    factor: str | Factor | Panel, market: Market, dtype: str
) -> tuple[Panel, str, int | None]:
    """Values of a factor, its text or name, and its look-back if it is an expression.

    Raises
    ------
    EvaluationError
        If a panel holds group codes or lies on another grid than the market.
    """
    if isinstance(factor, Panel):
        return _own_panel(factor, market), factor.name or "panel", None
    from workbench.compute.evaluate import compute
    from workbench.factor import factor as read

    expression = read(factor)
    if dtype not in ("float64", "float32"):
        raise EvaluationError(f"dtype must be 'float64' or 'float32'; got {dtype!r}.")
    panel = compute(expression, market, dtype=dtype)
    return _as_float64(panel), expression.text, expression.lookback


def _own_panel(panel: Panel, market: Market) -> Panel:
    """A panel of numbers that lies on the market's grid."""
    if panel.kind == "group":
        raise EvaluationError(
            f"A factor orders names by numbers; panel {panel.name!r} holds group codes."
        )
    if panel.sessions != market.sessions or panel.assets != market.assets:
        raise EvaluationError(
            f"The factor panel must have the sessions and assets of the market: it is {panel!r}, "
            f"the market has {market.shape[0]} sessions × {market.shape[1]} assets, "
            f"{market.sessions.first} … {market.sessions.last}. Cut both with between() and "
            "select(), or compute the factor on this market."
        )
    return _as_float64(panel)


def _as_float64(panel: Panel) -> Panel:
    """The same values as float64."""
    if panel.dtype == np.float64:
        return panel
    return Panel(
        panel.values.astype(np.float64),
        panel.sessions,
        panel.assets,
        panel.name,
        provenance=panel.provenance,
    )
