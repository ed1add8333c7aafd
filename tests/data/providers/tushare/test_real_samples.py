"""Tables as the real vendor gave them, through the provider."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from workbench.data.catalog import catalog
from workbench.data.provider import Pages, Response, Unit
from workbench.data.providers.tushare import PROVIDER
from workbench.errors import BadAnswerError

DAY = date(2020, 1, 2)


@pytest.fixture(scope="module")
def samples(shared_data):
    folder = shared_data / "tushare_samples"
    if not folder.is_dir():
        pytest.skip("the tushare samples are absent from the folder of real market data")
    return folder


def decoded(samples, unit, name):
    body = (samples / "json" / f"{name}.json").read_bytes()
    conversation = PROVIDER.requests(unit)
    request = next(conversation)
    answer = Response(200, {}, body)
    assert PROVIDER.judge(request, answer).outcome == "ok"
    return PROVIDER.decode(unit, Pages(unit, ((request, answer),)))


def table(samples, name):
    data = json.loads((samples / "json" / f"{name}.json").read_bytes())["data"]
    return pl.DataFrame(data["items"], schema=data["fields"], orient="row", strict=False)


def session(name):
    return Unit(name, DAY.isoformat(), DAY, DAY)


def history(name, code):
    frame = {"ts_code": code}
    return Unit(name, frame["ts_code"], date(1990, 12, 19), date(2025, 10, 23), (code,))


def test_daily_bars_of_the_whole_market(samples):
    frame = decoded(samples, session("cn.bars_1d"), "daily_20200102_all")
    assert frame.height == 3540
    traded = frame.filter(pl.col("volume") > 0)
    vwap = traded["amount"] / traded["volume"]
    inside = (vwap >= traded["low"] - 1e-6) & (vwap <= traded["high"] + 1e-6)
    assert inside.mean() >= 0.999
    assert frame["after_hours_volume"].null_count() == frame.height
    ping_an = frame.row(by_predicate=pl.col("asset") == "000001.SZ", named=True)
    assert (ping_an["close"], ping_an["pre_close"]) == (16.87, 16.45)
    assert ping_an["volume"] == pytest.approx(153_023_187)
    assert ping_an["amount"] == pytest.approx(2_571_196_482)


def test_factors_of_the_whole_market(samples):
    frame = decoded(samples, session("cn.adj_factor"), "adj_factor_20200102_all")
    bars = decoded(samples, session("cn.bars_1d"), "daily_20200102_all")
    assert set(bars["asset"]) <= set(frame["asset"])
    assert frame["adj_factor"].min() > 0


@pytest.mark.parametrize("code", ["002594.SZ", "600036.SH", "600519.SH"])
def test_market_value_is_close_by_shares(samples, code):
    given = table(samples, f"daily_basic_{code}")
    frame = PROVIDER.from_frame(catalog()["cn.basic_1d"], given)
    assert frame.height == 500
    for cap, shares in (("float_market_cap", "float_shares"), ("market_cap", "shares")):
        error = (frame[cap] / (frame["close"] * frame[shares]) - 1).abs()
        assert error.max() < 1e-6
    assert frame["turnover_rate"].is_between(0, 0.2).all()
    assert frame["dividend_yield"].drop_nulls().is_between(0, 0.2).all()


def test_market_value_agrees_with_turnover_in_the_bars(samples):
    code = "600519.SH"
    basic = PROVIDER.from_frame(catalog()["cn.basic_1d"], table(samples, f"daily_basic_{code}"))
    bars = PROVIDER.from_frame(catalog()["cn.bars_1d"], table(samples, f"stk_factor_{code}"))
    both = basic.join(bars, on=["session", "asset"], suffix="_bar")
    assert both.height == 500
    error = (both["volume"] / both["float_shares"] / both["turnover_rate"] - 1).abs()
    assert error.median() < 1e-3


def test_the_wrong_symbol_back_is_refused(samples):
    unit = Unit("cn.indicator", "600036.SH", None, date(2025, 10, 23), ("600036.SH",))
    with pytest.raises(BadAnswerError, match=r"asked for ts_code 600036\.SH"):
        decoded(samples, unit, "fina_indicator_600519.SH")


@pytest.mark.parametrize("code", ["002594.SZ", "600036.SH", "600519.SH"])
def test_indicators(samples, code):
    given = table(samples, f"fina_indicator_{code}")
    frame = PROVIDER.from_frame(catalog()["cn.indicator"], given)
    assert dict(frame.schema) == catalog()["cn.indicator"].schema()
    assert frame.height == given.unique().height
    assert (frame["announced"] > frame["period"]).all()
    assert frame["content_hash"].n_unique() == frame.height
    shuffled = given.select(sorted(given.columns)).reverse()
    assert PROVIDER.from_frame(catalog()["cn.indicator"], shuffled).equals(frame)


def test_securities(samples):
    given = table(samples, "stock_basic")
    frame = PROVIDER.from_frame(catalog()["ref.securities"], given)
    assert frame.select("security_id", "valid_from").is_duplicated().sum() == 0
    assert set(given["ts_code"]) <= set(frame["asset"])
    changed = frame.filter(pl.col("security_id") != pl.col("asset"))["asset"].to_list()
    assert set(changed) >= {"001872.SZ", "601360.SH", "001914.SZ"}
    # From the code alone: the sample does not name the market.
    assert set(frame["board"]) <= {"main", "chinext", "star", "bse", "cdr"}


def test_calendar(samples):
    unit = Unit("cal.sessions", "2023", date(2023, 9, 25), date(2025, 10, 23))
    frame = decoded(samples, unit, "trade_cal_20230925_20251023_open_days")
    assert frame["is_open"].all()
    assert (frame["pretrade"] < frame["session"]).all()
    truth = frame.filter(pl.col("session").is_between(date(2024, 1, 1), date(2024, 12, 31)))
    assert truth.height == 242


def test_a_month_without_a_snapshot(samples):
    first, last = date(2020, 1, 1), date(2020, 1, 31)
    unit = Unit("idx.weights", "000300.SH/2020-01", first, last, ("000300.SH",))
    assert decoded(samples, unit, "index_weight_399300.SZ_20200102").is_empty()


def test_one_share_over_the_years(samples):
    given = table(samples, "daily_000001.SZ")
    frame = PROVIDER.from_frame(catalog()["cn.bars_1d"], given)
    assert frame.height == given.height
    assert frame["session"].is_sorted()


@pytest.mark.parametrize("index", ["000300.SH", "000906.SH"])
def test_index_bars_from_csv(samples, index):
    text = pl.read_csv(samples / "benchmark" / f"{index}_daily.csv", infer_schema=False)
    frame = PROVIDER.from_frame(catalog()["idx.bars_1d"], text)
    assert frame.height == 500
    assert ((frame["low"] <= frame["close"]) & (frame["close"] <= frame["high"])).all()
    numbers = pl.read_csv(samples / "benchmark" / f"{index}_daily.csv")
    assert PROVIDER.from_frame(catalog()["idx.bars_1d"], numbers).equals(frame)


@pytest.mark.parametrize("code", ["002594.SZ", "600036.SH", "600519.SH"])
def test_margin_from_csv(samples, code):
    given = pl.read_csv(samples / "stock" / "raw" / f"{code}_indiv_margin.csv")
    given = given.rename(lambda name: name.removeprefix("indiv_margin_"))
    frame = PROVIDER.from_frame(catalog()["cn.margin_1d"], given)
    total = frame["financing_balance"] + frame["lending_balance"]
    assert ((total / frame["total_balance"]) - 1).abs().max() < 1e-6
