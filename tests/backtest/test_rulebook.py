"""Trading rules: charges of a day in whole fen, and which row of the rulebook spoke."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.backtest.ledger import Charges
from workbench.backtest.rulebook import RULES, trading_rules

CN, PAPER = trading_rules("cn"), trading_rules("paper")


@pytest.mark.parametrize(
    ("side", "asset", "day", "expected"),
    [
        # 100 000.00 and 4 000 shares; commission 0.03 % = 30.00 throughout
        ("buy", "600519.SH", "2015-07-31", Charges(3000, 0, 120)),  # 0.3 ‰ of par: 4 000 × 0.0003
        ("buy", "000001.SZ", "2015-07-31", Charges(3000, 0, 255)),  # 0.0255 ‰ of value
        ("buy", "600519.SH", "2015-08-03", Charges(3000, 0, 200)),
        ("buy", "600519.SH", "2022-04-28", Charges(3000, 0, 200)),
        ("buy", "600519.SH", "2022-04-29", Charges(3000, 0, 100)),
        ("sell", "600519.SH", "2023-08-25", Charges(3000, 10000, 100)),
        ("sell", "600519.SH", "2023-08-28", Charges(3000, 5000, 100)),
    ],
)
def test_charges_of_a_day(side, asset, day, expected):
    assert CN.charges(side, 10_000_000, 4000, asset, np.datetime64(day)) == expected


def test_the_minimum_is_per_order_and_nothing_costs_nothing():
    day = np.datetime64("2021-06-01")
    assert CN.charges("buy", 100, 1, "600519.SH", day).commission == 500
    assert CN.charges("buy", 0, 0, "600519.SH", day) == Charges()
    assert PAPER.charges("sell", 10_000_000, 4000, "600519.SH", day) == Charges()


@pytest.mark.parametrize(
    ("asset", "day", "warned", "age", "rule"),
    [
        ("600519.SH", "2021-06-01", False, 900, "cn.band.main.1996-12-16"),
        ("600519.SH", "2021-06-01", True, 900, "cn.band.main_st.1998-04-22"),
        ("600519.SH", "2026-07-06", True, 900, "cn.band.main_st.2026-07-06"),
        ("300750.SZ", "2020-08-21", False, 900, "cn.band.chinext.2009-10-30"),
        ("300750.SZ", "2020-08-24", False, 900, "cn.band.chinext.2020-08-24"),
        ("688981.SH", "2021-06-01", False, 3, "cn.band.ipo_star.2019-07-22"),
        ("688981.SH", "2021-06-01", False, 5, "cn.band.star.2019-07-22"),
    ],
)
def test_the_band_that_holds_is_named(asset, day, warned, age, rule):
    assert CN.band_rule(asset, np.datetime64(day), warned, age) == rule


def test_rules_by_name():
    assert set(RULES) == {"cn", "paper"}
    assert (CN.shorts, PAPER.shorts) == (False, True)
    assert len(CN.version) == 64
    assert PAPER.version == "paper"
    assert PAPER.lot("anything", np.datetime64("1970-01-01")).buyable(1) == 1
