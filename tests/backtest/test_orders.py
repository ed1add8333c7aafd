"""Targets and orders against plain arithmetic."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

import numpy as np

from workbench.backtest.orders import orders_towards, target_shares
from workbench.market.rules import Lot

HUNDREDS = Lot(100, 100, 1, "test.lot")


def test_targets_are_exact_decimals_rounded_down():
    equity, marks = 1_000_000_00, np.array([100_000, 73_000, 250_000])
    for weight in np.arange(0, 101) / 100:
        found = target_shares(np.full(3, weight), equity, marks)
        for shares, mark in zip(found.tolist(), marks.tolist(), strict=True):
            value = Decimal(f"{weight:.2f}") * equity * 100 / mark
            assert shares == int(value.quantize(Decimal(1), rounding=ROUND_DOWN))


def test_short_targets_round_toward_zero():
    assert target_shares(np.array([-0.5]), 1_000_00, np.array([73_000])).tolist() == [-68]


def test_sells_come_first_then_buys_by_value():
    held = np.array([500, 0, 800, 0, 150])
    marks = np.array([100_000, 100_000, 100_000, 300_000, 100_000])
    targets = [(3, 200), (1, 400), (0, 250), (2, 0), (4, 0)]
    orders, too_small = orders_towards(targets, held, marks, lambda _: HUNDREDS, 7)
    found = [(order.side, order.asset, order.shares) for order in orders]
    assert found == [
        ("sell", 0, 200),
        ("sell", 2, 800),
        ("sell", 4, 150),
        ("buy", 3, 200),
        ("buy", 1, 400),
    ]
    assert {order.decided for order in orders} == {7}
    assert not too_small


def test_less_than_a_lot_is_reported_only_for_a_new_name():
    held, marks = np.array([0, 300]), np.array([100_000, 100_000])
    orders, too_small = orders_towards([(0, 60), (1, 360)], held, marks, lambda _: HUNDREDS, 0)
    assert not orders
    assert [(order.asset, order.shares) for order in too_small] == [(0, 60)]


def test_equal_values_go_by_name():
    held, marks = np.zeros(3, dtype=np.int64), np.full(3, 100_000)
    orders, _ = orders_towards([(2, 100), (0, 100), (1, 100)], held, marks, lambda _: HUNDREDS, 0)
    assert [order.asset for order in orders] == [0, 1, 2]
