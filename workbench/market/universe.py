"""Masks: who is listed, quoted, tradable, and who takes part in a cross-section.

Each mask is a bool array of shape (T, N) and uses only what is known on the session itself:

- ``listed``: the source's ``listed`` field; without one, from an asset's first close on (a
  delisting cannot be known from bars without looking ahead, so it is not guessed);
- ``quoted``: there is a bar: a close, and volume above zero where volume is given;
- ``universe``: listed, or the membership the market was opened with;
- ``estimation``: universe and quoted: the cross-section that ranks and means are taken over;
- ``buyable``: quoted and not sealed at the upper limit all session (low ≥ up_limit);
- ``sellable``: quoted and not sealed at the lower limit all session (high ≤ down_limit).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.arrays import BoolPanel, FloatPanel
from workbench.errors import PanelError, near_names

__all__ = ["MASKS", "mask_values"]

RawField = Callable[[str], FloatPanel | None]
"""Gives a raw field, or None where the source has none."""

# Limits are ticks of a cent or finer; half a hundredth of a cent absorbs float noise only.
_TICK_NOISE = 5e-5


def _listed(raw: RawField) -> BoolPanel:
    given = raw("listed")
    if given is not None:
        return given > 0
    return np.logical_or.accumulate(np.isfinite(_close(raw)), axis=0)


def _close(raw: RawField) -> FloatPanel:
    close = raw("close")
    if close is None:
        raise PanelError("A market needs the field 'close' to know who is quoted; it has none.")
    return close


def _quoted(raw: RawField) -> BoolPanel:
    close = _close(raw)
    volume = raw("volume")
    quoted = np.isfinite(close)
    return quoted if volume is None else quoted & (volume > 0)


def _buyable(raw: RawField) -> BoolPanel:
    low, limit = raw("low"), raw("up_limit")
    if low is None or limit is None:
        return _quoted(raw)
    return _quoted(raw) & ~(low >= limit - _TICK_NOISE)


def _sellable(raw: RawField) -> BoolPanel:
    high, limit = raw("high"), raw("down_limit")
    if high is None or limit is None:
        return _quoted(raw)
    return _quoted(raw) & ~(high <= limit + _TICK_NOISE)


MASKS: dict[str, Callable[[RawField], BoolPanel]] = {
    "listed": _listed,
    "quoted": _quoted,
    "buyable": _buyable,
    "sellable": _sellable,
}


def mask_values(name: str, raw: RawField, membership: BoolPanel | None) -> BoolPanel:
    """One mask, shape (T, N).

    Parameters
    ----------
    name : str
        One of listed, quoted, buyable, sellable, universe, estimation.
    raw : callable
        Gives raw fields.
    membership : array of bool, shape (T, N), optional
        The universe chosen by the user; listed assets when None.

    Raises
    ------
    PanelError
        If no mask has this name.
    """
    if name in MASKS:
        return MASKS[name](raw)
    if name == "universe":
        return _listed(raw) if membership is None else membership
    if name == "estimation":
        return mask_values("universe", raw, membership) & _quoted(raw)
    known = (*MASKS, "universe", "estimation")
    raise PanelError(
        f"No mask is called {name!r}; there are {', '.join(known)}.{near_names(name, known)}"
    )
