"""Integer money against decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest

from workbench.backtest.money import amount_fen, charge_fen, fen, price_units

CENT = Decimal("0.01")


def half_up(value: Decimal, step: Decimal = Decimal(1)) -> int:
    return int((value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_amounts_and_charges_round_half_up_once():
    rng = np.random.default_rng(2)
    shares, prices = rng.integers(1, 10**7, 500), rng.integers(1, 10**8, 500)
    for count, price in zip(shares.tolist(), prices.tolist(), strict=True):
        value = Decimal(count) * Decimal(price) / 10_000
        amount = half_up(value, CENT)
        assert amount_fen(count, price) == amount
        for rate in ("0.0003", "0.00001", "0.0005", "0.001"):
            assert charge_fen(amount, Fraction(rate)) == half_up(amount * Decimal(rate))


def test_every_tick_is_exact():
    ticks = np.arange(1, 200_000)
    assert np.array_equal(price_units(ticks / 100), ticks * 100)
    assert np.array_equal(price_units(ticks / 1000), ticks * 10)


def test_ties_of_decimals_go_up():
    assert price_units([1.00005, 3.21005, 7.00015]).tolist() == [10001, 32101, 70002]


def test_no_price_is_zero():
    assert price_units([np.nan, 0.0, -1.0, np.inf, -np.inf]).tolist() == [0] * 5


@pytest.mark.parametrize(
    ("amount", "expected"), [(1.005, 101), ("0.004", 0), (10_000_000, 10**9), (0.1 + 0.2, 30)]
)
def test_fen(amount, expected):
    assert fen(amount) == expected
