"""One small study of the demo market for every screen."""

from __future__ import annotations

import pytest

import workbench as wb


@pytest.fixture(scope="session")
def study():
    """Study of a small demo market."""
    market = wb.demo_market(seed=7, sessions=90, assets=40)
    return wb.evaluate("-1 * delta(close, 5)", market, horizons=(1, 5), quantiles=5, decay_lags=5)
