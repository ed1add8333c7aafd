"""Dated rulebook of the Chinese share market: data files with dates and sources, small lookups.

1. the YAML files hold the rows: effective dates, official source, verification mark
2. `rulebook` reads them once, refuses overlapping rows and answers "which row on this day"
3. `boards`  the board of an asset, from its code
4. `bands`   up and down limit prices, over whole panels, in exact integer arithmetic
5. `ticks`   the price step and half-up rounding
6. `lots`    order sizes and the holding period
7. `fees`    stamp duty, transfer fee, commission

No lookup has a default: a day or a board that no row covers raises `UnknownRuleError`.
"""

from __future__ import annotations

from workbench.market.rules.bands import price_limits
from workbench.market.rules.boards import Board, board, boards
from workbench.market.rules.fees import Fees, fees
from workbench.market.rules.lots import Lot, lot
from workbench.market.rules.rulebook import Rule, rulebook, rules_version
from workbench.market.rules.ticks import round_half_up, tick

__all__ = [
    "Board",
    "Fees",
    "Lot",
    "Rule",
    "board",
    "boards",
    "fees",
    "lot",
    "price_limits",
    "round_half_up",
    "rulebook",
    "rules_version",
    "tick",
]
