"""From the vendor's server to a market: what is read is what shareholders got."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from tests.data.standins.massive import CANARY, MassiveStandin, World
from workbench.data.assembly.market import market
from workbench.data.cellar import Cellar
from workbench.data.settings import ProviderSettings, Settings
from workbench.data.update import gaps, update

WORLD = World(fillers=3)
NAMES = ("us.sessions", "us.tickers", "us.bars_1d", "us.splits", "us.dividends")


@pytest.fixture
def vendor(monkeypatch):
    """A running stand-in whose key is in the environment."""
    monkeypatch.setenv("MASSIVE_API_KEY", CANARY)
    with MassiveStandin(WORLD) as standin:
        yield standin


def test_a_market_from_the_vendor(vendor, tmp_path):
    own = ProviderSettings(origin=vendor.origin, allow_insecure=True, rates=[(100_000, 60)])
    settings = Settings(providers={"massive": own})
    cellar = Cellar.open(tmp_path, settings=settings, clock=vendor.utc_now)
    window = {"start": WORLD.first, "end": WORLD.last}
    for name in NAMES:
        assert update(cellar, name, **window).complete
    assert gaps(cellar, "us.bars_1d").is_empty()
    calls = len(vendor.calls)
    for name in NAMES:
        assert update(cellar, name, **window).calls == 0
    assert len(vendor.calls) == calls

    made = market(cellar, "us", **window)
    factor, close = made["adj_factor"], made["raw_close"]
    seen = 0
    for (day, _), (company, bar) in WORLD.bars.items():
        # NEWN carries its past as OLDN; of two holders of a ticker the earlier is told apart.
        earlier = "REUS#BBG000000006" if company.name == "First Reuse" else None
        asset = earlier or company.tickers[-1][0]
        if company.otc or company.name == "Northern Bank":
            continue  # not asked for; pays in another currency
        assert factor.at(asset, str(day)) == pytest.approx(bar.factor, rel=1e-12)
        assert close.at(asset, str(day)) == bar.close
        seen += 1
    assert np.isfinite(close.values).sum() == seen + len(WORLD.sessions)

    vendor.clock += timedelta(days=3)  # the running year is asked for again
    assert update(cellar, "us.splits", **window).calls > 0
