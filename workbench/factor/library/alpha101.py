"""WorldQuant's "101 Formulaic Alphas": the published text, our reading, the known defects.

All 101 formulas are here, as printed, in the files ``alpha101_001_025`` … ``alpha101_076_101``.
They are read with the profile ``wq101``. Our reading of what the paper leaves open:

* ``rank`` is the average rank divided by the number of valid assets, in (0, 1].
* ``ts_argmax`` counts from the oldest session of the window, 1 … d, and takes the first extreme;
  ``ts_rank`` is the average rank divided by d.
* ``stddev`` and ``covariance`` divide by d - 1; every window is strict about NaN.
* Fractional windows (3.92795) are cut to whole sessions, as the paper says; many ports round them,
  which gives other values: both are said at the formula.
* ``min(x, d)`` and ``max(x, d)`` with a whole number are ``ts_min`` and ``ts_max``.
* ``^`` binds before the signs and groups from the right; ``a ? b : c`` is `where`; a comparison is
  1, 0 or NaN, so formulas that compare give 0 and 1, or 0 and -1.
* ``adv20`` is the mean of the traded *value*, as the paper defines it; many ports use shares.
  Where a formula correlates or ranks along time, that matters little; where it compares
  ``volume`` with ``adv20``, it decides.
* ``vwap`` is amount divided by volume; ``returns`` are close to close, over one session.
* ``IndClass.sector``, ``.industry`` and ``.subindustry`` are the fields ``sector``, ``industry``
  and ``subindustry`` of the market; which classification stands there decides the values.
* ``cap`` is the market value of the session (formula 056 only).
* Division by zero, 0/0, logarithms of what is not positive and correlations of constant series are
  NaN, and so is NaN to the power of 0 and 1 to the power of NaN; ports replace them by 0 or 1.
  With strict windows that leaves 096 empty in practice and 097 mostly NaN; both say so.

The paper marks 042, 048, 053 and 054 as delay 0: meant to be traded at the close they read.

Source: Kakushadze (2016), "101 Formulaic Alphas", Wilmott 84, 72-81, arXiv:1601.00991, A.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.factor.factor import Factor
from workbench.factor.library import (
    alpha101_001_025,
    alpha101_026_050,
    alpha101_051_075,
    alpha101_076_101,
)
from workbench.factor.library.formula import Formula, mapping_of

__all__ = ["FORMULAS", "alpha101"]

FORMULAS: tuple[Formula, ...] = (
    *alpha101_001_025.FORMULAS,
    *alpha101_026_050.FORMULAS,
    *alpha101_051_075.FORMULAS,
    *alpha101_076_101.FORMULAS,
)
"""The formulas, in the order of the paper."""

_SHELF = mapping_of(FORMULAS)


def alpha101() -> Mapping[str, Factor]:
    """Return the formulas of the paper, by name.

    Returns
    -------
    mapping of str to Factor
        ``alpha001`` … ``alpha101`` in the order of the paper; read-only, each read on first use.

    Examples
    --------
    >>> alpha101()["alpha012"]
    Factor('sign(delta(volume, 1)) * (-1 * delta(close, 1))', name='alpha012', profile='wq101')
    >>> len(alpha101())
    101
    """
    return _SHELF
