"""Guotai Junan's 191 alphas of prices and volumes: the published text, our reading, the defects.

All 191 formulas are here, as printed, in the files ``alpha191_001_035`` … ``alpha191_161_191``.
They are read with the profile ``gtja191``, which says what the report's words mean; names begin
with ``gtja``, so that they can stand in one batch with the formulas of `alpha101`. Our reading of
what the report leaves open, for all formulas:

* ``RANK`` and ``TSRANK`` are average ranks divided by their number, in (0, 1].
* ``MAX`` or ``MIN`` of a series and a window, a slip that goes through the report, is ``TSMAX`` or
  ``TSMIN``: many formulas were taken from WorldQuant's paper, where ``max(x, 5)`` means that. With
  0 it stays elementwise. The formula says where.
* A missing window is the one of its neighbours or of the WorldQuant formula that is the model.
* Text that cannot be read as printed (lost parentheses, misspelt names, full-width signs, Matlab's
  ``./``) has a `text` beside it that changes no more than that.
* Formulas that can be read but are surely not what was meant (a swing index without its quarter,
  an oscillator with a wrong weight) are read as printed.
* Conditions are 1, 0 or NaN. Division by zero, 0/0 and logarithms of what is not positive are NaN;
  every window is strict about NaN, and recursions are cut to their warm-up, which makes the
  look-back of formulas with ``SMA`` long.
* ``RET`` is close to close; ``VWAP`` is amount divided by volume; prices are the adjusted ones.

Formulas 075, 149, 181 and 182 need the fields ``benchmark_open`` or ``benchmark_close``, formula
030 the Fama-French factors ``ff_mkt``, ``ff_smb`` and ``ff_hml``: one value a session, the same
for every asset. A market that lacks them refuses those formulas, and a batch that holds one.

Source: Guotai Junan Securities (2017-06-15), 基于短周期价量特征的多因子选股体系
(数量化专题之九十三). Texts were compared with the comments of DolphinDB's
module gtja191Alpha and with JoinQuant's documentation of alpha191.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.factor.factor import Factor
from workbench.factor.library import (
    alpha191_001_035,
    alpha191_036_070,
    alpha191_071_105,
    alpha191_106_136,
    alpha191_137_160,
    alpha191_161_191,
)
from workbench.factor.library.formula import Formula, mapping_of

__all__ = ["FORMULAS", "alpha191"]

FORMULAS: tuple[Formula, ...] = (
    *alpha191_001_035.FORMULAS,
    *alpha191_036_070.FORMULAS,
    *alpha191_071_105.FORMULAS,
    *alpha191_106_136.FORMULAS,
    *alpha191_137_160.FORMULAS,
    *alpha191_161_191.FORMULAS,
)
"""The formulas, in the order of the report."""

_SHELF = mapping_of(FORMULAS)


def alpha191() -> Mapping[str, Factor]:
    """Return the formulas of the report, by name.

    Returns
    -------
    mapping of str to Factor
        ``gtja001`` … ``gtja191`` in the order of the report; read-only, each read on first use.

    Examples
    --------
    >>> alpha191()["gtja070"]
    Factor('stddev(amount, 6, ddof=0)', name='gtja070', profile='gtja191')
    >>> len(alpha191())
    191
    """
    return _SHELF
