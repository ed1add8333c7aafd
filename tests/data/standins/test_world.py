"""The synthetic world keeps the identities of a real market, so that it can be a truth."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data.standins.tushare import World, calendar
from workbench.data.catalog import catalog


@pytest.fixture(scope="module")
def world() -> World:
    return World(date(2024, 1, 2), date(2024, 12, 31), stocks=80)


@pytest.fixture(scope="module")
def bars(world: World) -> pl.DataFrame:
    return world.truth("cn.bars_1d")


@pytest.mark.filterwarnings("ignore:Series.values")
def test_the_calendar_is_that_of_shanghai() -> None:
    exchanges = pytest.importorskip("exchange_calendars")
    known = exchanges.get_calendar("XSHG", start="1990-12-19").sessions
    assert calendar.sessions() == tuple(day.date() for day in known)


def test_the_same_seed_is_the_same_world(world: World, bars: pl.DataFrame) -> None:
    again = World(world.start, world.end, stocks=world.stocks)
    assert again.truth("cn.bars_1d").equals(bars)
    other = World(world.start, world.end, stocks=world.stocks, seed=8)
    assert not other.truth("cn.bars_1d").equals(bars)


def test_bars_are_possible(bars: pl.DataFrame) -> None:
    vwap = pl.col("amount") / pl.col("volume")
    odd = bars.filter(
        (pl.col("low") > pl.min_horizontal("open", "close"))
        | (pl.col("high") < pl.max_horizontal("open", "close"))
        | (vwap < pl.col("low") - 1e-9)
        | (vwap > pl.col("high") + 1e-9)
        | (pl.col("low") <= 0)
    )
    assert odd.is_empty()


def test_factors_move_exactly_on_ex_days(world: World, bars: pl.DataFrame) -> None:
    factors = world.truth("cn.adj_factor")
    both = bars.join(factors, on=["session", "asset"]).sort("asset", "session")
    both = both.with_columns(
        rise=pl.col("adj_factor") / pl.col("adj_factor").shift(1).over("asset"),
        fall=pl.col("close").shift(1).over("asset") / pl.col("pre_close"),
    ).drop_nulls("rise")
    assert np.allclose(both["rise"], both["fall"], rtol=2e-4)
    assert (both["rise"] > 1.001).sum() > 20


def test_limits_hold_the_closes(world: World, bars: pl.DataFrame) -> None:
    limits = world.truth("cn.limits_1d").drop("pre_close")
    both = bars.join(limits, on=["session", "asset"])
    beyond = both.filter(
        (pl.col("high") > pl.col("up_limit")) | (pl.col("low") < pl.col("down_limit"))
    )
    assert both.height == bars.height
    assert beyond.is_empty()
    assert (both["close"] == both["up_limit"]).any()
    assert both["up_limit"].is_null().any()


def test_values_are_price_times_shares(world: World) -> None:
    basics = world.truth("cn.basic_1d")
    for value, shares in (("market_cap", "shares"), ("float_market_cap", "float_shares")):
        assert np.allclose(basics[value], basics["close"] * basics[shares])


def test_everybody_listed_and_not_halted_trades(world: World, bars: pl.DataFrame) -> None:
    halted = world.truth("cn.suspend").filter((pl.col("kind") == "S") & pl.col("timing").is_null())
    for day in world.sessions[::20]:
        off = set(halted.filter(pl.col("session") == day)["asset"])
        got = set(bars.filter(pl.col("session") == day)["asset"])
        assert got == set(world.listed(day)) - off
        assert off - got == off
    assert halted.height > 20


def test_the_roster_holds_the_known_troubles(world: World) -> None:
    stocks = {stock.code: stock for stock in world.roster}
    first, last = world.start, world.end
    assert stocks["T00018.SH"].delisted == date(2006, 10, 20)
    assert any(first < stock.listed <= last for stock in stocks.values())
    assert any(stock.delisted and first < stock.delisted <= last for stock in stocks.values())
    assert any(stock.special for stock in stocks.values())
    assert {stock.board for stock in stocks.values()} == {"main", "chinext", "star", "cdr", "bse"}


@pytest.mark.parametrize(("day", "share"), [(date(2026, 7, 3), 0.05), (date(2026, 7, 6), 0.10)])
def test_special_treatment_is_widened_in_july_2026(day: date, share: float) -> None:
    world = World(date(2026, 6, 1), date(2026, 7, 31), stocks=80)
    names = world.truth("cn.st_1d", day, day)["asset"].to_list()
    main = [code for code in names if code[:2] in ("60", "00")]
    limits = world.truth("cn.limits_1d", day, day).filter(pl.col("asset").is_in(main))
    assert main
    expected = (limits["pre_close"] * 100 * (1 + share) + 0.5 + 1e-6).floor() / 100
    assert limits["up_limit"].to_list() == expected.to_list()


def test_truth_has_the_columns_of_the_catalogue(world: World) -> None:
    month = {"first": date(2024, 3, 1), "last": date(2024, 3, 29)}
    for name in ("cn.moneyflow_1d", "cn.margin_1d", "cn.northbound_1d", "cn.limit_events"):
        frame = world.truth(name, **month)
        assert frame.schema == catalog()[name].schema()
        assert frame.height
        assert frame.select(catalog()[name].key).is_unique().all()
    assert world.truth("cn.northbound_1d")["session"].max() == date(2024, 8, 20)


def test_a_large_world_is_cheap() -> None:
    start = time.perf_counter()
    world = World(date(2016, 1, 4), date(2025, 12, 31), stocks=5000)
    table = world.table("daily", first=date(2016, 3, 1), last=date(2016, 3, 1))
    assert len(table["ts_code"]) > 2500
    assert time.perf_counter() - start < 5.0
