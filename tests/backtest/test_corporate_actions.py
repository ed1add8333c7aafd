"""Restating a holding conserves its value and never invents a share."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from workbench.backtest.corporate_actions import split_shares


@pytest.mark.parametrize(
    ("shares", "ratio", "whole", "fraction"),
    [
        (1000, 2.0, 2000, 0.0),
        (1000, 0.5, 500, 0.0),
        (105, 1.5, 157, 0.5),
        (-105, 1.5, -157, -0.5),
        (10_000, 1.0500001, 10_500, 0.0),
        (10_000, 1.0499999, 10_500, 0.0),
        (7, 1.1, 7, 0.7),
        (0, 1.3, 0, 0.0),
    ],
)
def test_by_hand(shares, ratio, whole, fraction):
    assert split_shares(shares, ratio) == (whole, pytest.approx(fraction, abs=1e-9))


def test_nothing_is_lost():
    rng = np.random.default_rng(6)
    for shares, ratio in zip(rng.integers(1, 10**6, 300), rng.uniform(0.1, 5, 300), strict=True):
        whole, fraction = split_shares(int(shares), float(ratio))
        exact = Fraction(float(ratio)) * int(shares)
        assert 0 <= fraction < 1
        assert abs(whole + fraction - float(exact)) <= 1e-6 * float(exact)
