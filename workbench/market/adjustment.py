"""Adjusted views of raw bars.

Raw prices and the cumulative adjustment factor are stored apart. ``hfq`` ("later" adjustment)
multiplies prices by the factor of their own session, so a value never changes when a later
dividend arrives: it is safe for research. Volume is divided, so amount = price × volume holds.
"""

from __future__ import annotations

from workbench.arrays import FloatPanel
from workbench.errors import PanelError, near_names

__all__ = ["ADJUSTMENTS", "PRICE_FIELDS", "adjusted", "checked_adjustment"]

ADJUSTMENTS = ("hfq", "none")
PRICE_FIELDS = frozenset(
    {"open", "high", "low", "close", "vwap", "pre_close", "up_limit", "down_limit"}
)


def checked_adjustment(adjust: str, fields: tuple[str, ...]) -> str:
    """Return `adjust` if the source can serve it, else say what is missing.

    Raises
    ------
    PanelError
        For an unknown name, or ``hfq`` without an ``adj_factor`` field.

    Examples
    --------
    >>> checked_adjustment("hfq", ("close", "adj_factor"))
    'hfq'
    """
    if adjust not in ADJUSTMENTS:
        raise PanelError(
            f"adjust must be one of {', '.join(ADJUSTMENTS)}; got {adjust!r}."
            f"{near_names(str(adjust), ADJUSTMENTS)}"
        )
    if adjust == "hfq" and "adj_factor" not in fields:
        raise PanelError(
            "adjust='hfq' needs the field 'adj_factor', which this source lacks; "
            "use adjust='none' if the prices are adjusted already."
        )
    return adjust


def adjusted(name: str, raw: FloatPanel, factor: FloatPanel) -> FloatPanel:
    """The hfq view of one raw field, shape (T, N); fields that are neither price nor volume stay.

    Examples
    --------
    >>> import numpy as np
    >>> adjusted("close", np.array([[10.0]]), np.array([[2.0]]))
    array([[20.]])
    >>> adjusted("volume", np.array([[10.0]]), np.array([[2.0]]))
    array([[5.]])
    """
    if name in PRICE_FIELDS:
        return raw * factor
    if name == "volume":
        return raw / factor
    return raw
