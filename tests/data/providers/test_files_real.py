"""Real market data through the reader, checked cell by cell against pandas."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from workbench.data import read_market
from workbench.errors import BadValueError


def truth(file, day, asset, values):
    """The columns as pandas pivots them."""
    frame = pd.read_parquet(file, columns=[day, asset, *values]).astype({asset: "category"})
    frame[day] = frame[day].astype("category")
    wide = frame.pivot(index=day, columns=asset, values=values)
    wide.index = pd.to_datetime(wide.index.astype(str))
    return wide


def same(market, field, expected, factor=1.0):
    panel = market[field]
    assert list(panel.assets) == list(expected.columns)
    assert (panel.sessions.values == expected.index.values.astype("datetime64[D]")).all()
    np.testing.assert_array_equal(panel.values, expected.to_numpy() * factor)


def test_all_a_shares(shared_data):
    file = shared_data / "cn_daily_2015_2019.parquet"
    market = read_market(file)
    assert market.shape == (1219, 1395)
    assert market.adjust == "hfq"
    assert market.provenance["rows"] == 1_349_713
    expected = truth(file, "trade_date", "ts_code", ["close", "vol", "amount"])
    same(market, "raw_close", expected["close"])
    same(market, "raw_volume", expected["vol"], 100.0)
    same(market, "amount", expected["amount"], 1000.0)
    vwap = (market["amount"].values / market["raw_volume"].values) / market["raw_close"].values
    assert 0.99 < np.nanmedian(vwap) < 1.01


def test_research_table_with_suspended_rows(shared_data):
    market = read_market(shared_data / "cn_research_2015_2019.parquet")
    suspended = market["suspended"].values == 1
    assert suspended.sum() == 12_775
    assert not market.mask("quoted").values[suspended].any()
    assert np.isnan(market["close"].values[suspended]).all()  # a carried price is no bar
    assert any("12,775 rows without volume" in note for note in market.notes)
    traded_before = np.logical_or.accumulate(market.mask("quoted").values, axis=0)
    assert market.mask("listed").values[suspended & traded_before].all()
    assert set(np.unique(market["is_st"].values[~np.isnan(market["is_st"].values)])) <= {0.0, 1.0}


def test_industries(shared_data):
    file = shared_data / "panels" / "cn300_2017_2020.parquet"
    market = read_market(file)
    frame = pd.read_parquet(file, columns=["trade_date", "ts_code", "industry"])
    panel = market["industry"]
    assert panel.labels == tuple(sorted(frame["industry"].unique()))
    picked = frame.sample(500, random_state=0)
    for day, asset, industry in picked.itertuples(index=False):
        assert panel.at(asset, f"{day[:4]}-{day[4:6]}-{day[6:]}") == industry
    assert any("'name'" in note for note in market.notes)


@pytest.mark.parametrize(
    ("name", "day", "asset", "broken"),
    [
        ("panels/us500_2012_2017.parquet", "date", "symbol", 13),
        ("us_daily_2008_2017.parquet", "date", "ticker", 31),
    ],
)
def test_us_shares_with_misplaced_decimal_points(shared_data, name, day, asset, broken):
    file = shared_data / name
    with pytest.raises(BadValueError, match=f"{broken} rows in all"):
        read_market(file)
    market = read_market(file, bad_bars="blank")
    expected = truth(file, day, asset, ["close", "volume"])
    untraded = (expected["volume"] == 0).to_numpy()
    close = market["close"].values
    differs = ~np.isclose(close, expected["close"].to_numpy(), rtol=0, atol=0, equal_nan=True)
    assert (differs & ~untraded).sum() == broken
    assert differs[untraded].all()
    assert np.isnan(close[differs]).all()


def test_dense_panel_in_plain_units(shared_data):
    market = read_market(shared_data / "panels" / "cn232_2019_2020.parquet")
    assert market.shape == (487, 232)
    assert market.adjust == "none"
    assert market.mask("quoted").values.all()


def test_intraday_file_is_refused(shared_data):
    with pytest.raises(BadValueError, match="2025-01-02 09:45:00"):
        read_market(shared_data / "cn_minute15_2025.parquet")


def test_api_rows_as_csv(shared_data, tmp_path):
    body = json.loads((shared_data / "tushare_samples/json/daily_000001.SZ.json").read_text())
    fields, items = body["data"]["fields"], body["data"]["items"]
    pl.DataFrame(items, schema=fields, orient="row", infer_schema_length=None).write_csv(
        tmp_path / "daily.csv"
    )
    market = read_market(tmp_path / "daily.csv")
    first = dict(zip(fields, items[0], strict=True))
    day = first["trade_date"]
    session = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    assert market.shape == (len(items), 1)
    assert market["close"].at("000001.SZ", session) == first["close"]
    assert market["volume"].at("000001.SZ", session) == pytest.approx(first["vol"] * 100)
