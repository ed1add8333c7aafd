"""The demo market as a vendor: its frames say what its market says."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from workbench.data import demo_market
from workbench.data.catalog import dataset
from workbench.data.provider import Pages, Provider, Unit, Want
from workbench.data.providers.synthetic.provider import PROVIDER
from workbench.errors import BadAnswerError, SchemaError

DAY = date(2020, 3, 2)


def decoded(name, key="x", first=DAY, last=DAY):
    unit = Unit(name, key, first, last)
    return PROVIDER.decode(unit, Pages(unit, ()))


@pytest.fixture(scope="module")
def market():
    return demo_market(seed=7)


def test_it_is_a_provider():
    assert isinstance(PROVIDER, Provider)


@pytest.mark.parametrize("name", PROVIDER.datasets())
def test_declared_columns_and_unique_keys(name):
    contract = dataset(name)
    frame = decoded(name, first=date(2019, 1, 1) if name == "cal.sessions" else DAY)
    assert frame.schema == contract.schema()
    assert frame.height > 0
    assert not frame.select(contract.key).is_duplicated().any()


def test_bars_are_those_of_the_market(market):
    bars = decoded("cn.bars_1d")
    row = market.sessions.index(str(DAY))
    for field in ("open", "close", "volume"):
        values = market[f"raw_{field}"].values[row]
        expected = {n: v for n, v in zip(market.assets, values, strict=True) if np.isfinite(v)}
        assert dict(zip(bars["asset"], bars[field], strict=True)) == expected


def test_listed_is_traded_or_suspended(market):
    row = market.sessions.index(str(DAY))
    listed = {n for n, v in zip(market.assets, market["listed"].values[row], strict=True) if v}
    traded, halted = set(decoded("cn.bars_1d")["asset"]), set(decoded("cn.suspend")["asset"])
    assert traded | halted == listed
    assert not traded & halted
    spans = decoded("ref.securities")
    held = spans.filter(
        (pl.col("list_date") <= DAY)
        & (pl.col("delist_date").is_null() | (pl.col("delist_date") > DAY))
    )
    assert set(held["asset"]) == listed


def test_calendar_has_every_natural_day(market):
    days = decoded("cal.sessions", first=date(2019, 1, 1), last=date(2019, 12, 31))
    assert days.height == 2 * 365
    opened = days.filter(pl.col("is_open"), exchange="SSE")["session"].to_list()
    expected = [d for d in market.sessions.values.tolist() if d.year == 2019]
    assert opened == expected
    row = days.filter(session=expected[1], exchange="SSE").row(0, named=True)
    assert row["pretrade"] == expected[0]


def test_plan_is_one_unit_a_session():
    want = Want(DAY, DAY, sessions=(DAY,))
    assert [u.key for u in PROVIDER.plan(dataset("cn.bars_1d"), want)] == ["2020-03-02"]
    assert len(list(PROVIDER.plan(dataset("ref.securities"), want))) == 1


def test_what_it_cannot():
    with pytest.raises(BadAnswerError, match="does not deliver"):
        decoded("us.bars_1d")
    with pytest.raises(SchemaError):
        PROVIDER.from_frame(dataset("cn.bars_1d"), pl.DataFrame())
