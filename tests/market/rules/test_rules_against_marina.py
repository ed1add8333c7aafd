"""The rulebook against the public data set marina-rules, independent of it in code and format."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.market.rules import fees, price_limits, rulebook, tick

marina = pytest.importorskip("marina_rules", reason="the cross-check needs marina-rules")

REFERENCES = np.array([0.05, 0.06, 0.11, 0.95, 1.0, 1.05, 3.35, 7.89, 8.85, 12.345, 99.99, 1688.0])
EXCHANGE = {
    "main_sh": "XSHG", "star": "XSHG", "main_sz": "XSHE", "chinext": "XSHE", "bse": "BJSE",
}  # fmt: skip
PLAIN = {"main_sh": "main_board", "main_sz": "main_board"}
RISK = {"main_sh": "st_main", "main_sz": "st_main"}
OLD = 3000


def sessions() -> list[str]:
    """The boundaries of every row on either side, and the day of every year's start."""
    days = {np.datetime64(rule.start) for rule in rulebook()}
    days |= {np.datetime64(rule.end) for rule in rulebook() if rule.end}
    days |= {day - np.timedelta64(1, "D") for day in days} | {
        np.datetime64(f"{y}-01-04") for y in range(1999, 2028)
    }
    return sorted(str(day) for day in days if day >= np.datetime64("1998-04-22"))


def scope(board: str, st: bool, age: int, session: str) -> str:
    """Marina's name for the shares, by its own registry of scopes."""
    if age == OLD:
        return RISK.get(board, f"st_{board}") if st else PLAIN.get(board, board)
    if board == "bse":
        return "ipo_day1_bse"
    if board == "star" or session >= ("2020-08-24" if board == "chinext" else "2023-04-10"):
        return f"ipo_first5_{PLAIN.get(board, board).removesuffix('_board')}"
    return "ipo_day1_main"


@pytest.mark.parametrize("board", sorted(EXCHANGE))
@pytest.mark.parametrize(("st", "age"), [(False, OLD), (True, OLD), (False, 0)])
def test_limits_agree_wherever_both_know(board, st, age):
    opening = {"chinext": "2009-10-30", "star": "2019-07-22", "bse": "2021-11-15"}
    compared = 0
    for session in sessions():
        if session < opening.get(board, "1998-04-22"):
            continue
        down, up = price_limits(REFERENCES, board, st, session, age)
        for number, reference in enumerate(REFERENCES):
            theirs = marina.limit_price(
                float(reference), scope(board, st, age, session), session, EXCHANGE[board],
                decimals=2,
            )  # fmt: skip
            ours = (up[number], down[number])
            expected = (np.inf, -np.inf) if theirs is None else theirs
            assert ours == pytest.approx(expected, abs=1e-9), (session, reference)
            compared += 1
    assert compared > 150


def test_fees_agree():
    for session in sessions():
        if session < "2015-08-01":
            continue
        found = fees(session)
        assert found.stamp_duty_sell == marina.rule_at("stamp_duty_sell", session)
        assert found.transfer_fee == marina.rule_at("transfer_fee_each_side", session)
        assert found.commission_cap == marina.rule_at("commission_cap", session)
        assert found.commission_minimum == marina.rule_at("commission_min_per_order_cny", session)


def test_tick_agrees():
    assert tick("2006-07-01") == marina.rule_at("tick_size", "2006-07-01")
    assert tick("2026-07-06") == marina.rule_at("tick_size", "2026-07-06")
