"""Style descriptors: what kind of share it is, as risk models and the literature measure it.

Raw exposures: neither winsorised, standardised nor neutralised, in the direction in which the
source defines them; `Descriptor.direction` says which end was found to earn more. Standardise them
where they are used, as ``zscore(winsorize_mad(x, 3))`` does. Each row states its source, our
reading, its unit and what is wrong with it.

`style_price` has size, beta, volatility and momentum; `style_trading` liquidity and what is special
about Chinese shares; `style_statement` value, growth, quality, leverage and surprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from workbench.factor.factor import Factor
from workbench.factor.library import style_price, style_statement, style_trading
from workbench.factor.library.formula import mapping_of
from workbench.factor.library.style_descriptor import Descriptor

__all__ = ["FORMULAS", "style"]

FORMULAS: tuple[Descriptor, ...] = (
    *style_price.FORMULAS,
    *style_trading.FORMULAS,
    *style_statement.FORMULAS,
)
"""Every descriptor, by theme."""


@cache
def style() -> Mapping[str, Factor]:
    """Return the style descriptors.

    Returns
    -------
    mapping of str to Factor
        Read-only; each is read when it is first asked for. Values have shape (T, N), in the unit
        of the descriptor; NaN where its history or a statement is missing.

    Examples
    --------
    >>> style()["mom_12_1"]
    Factor('delay(ts_backfill(close, 21), 21) / delay(ts_backfill(close, 21), 252) - 1', \
name='mom_12_1')
    """
    return mapping_of(FORMULAS)
