"""The American market of the store: tickers to identities, splits and dividends to factors."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from workbench.data.assembly.market import market
from workbench.data.assembly.source import StoreSource
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.reading.window import Window

DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5, 8, 9, 10, 11, 12)]
SPLIT, PAID = date(2024, 1, 5), date(2024, 1, 10)
LISTS = [date(2024, 1, 1), date(2024, 2, 1)]


def rows(name: str, listed: list[dict]) -> pl.DataFrame:
    schema = dataset(name).schema()
    return pl.DataFrame({key: [row.get(key) for row in listed] for key in schema}, schema=schema)


def bars() -> list[dict]:
    made = []
    for step, day in enumerate(DAYS):
        for asset, close in (("AAA", 100.0 + step), ("BBB", 40.0 + step)):
            if asset == "BBB" and day == SPLIT:
                continue  # no trade on one session
            price = close / 2 if asset == "AAA" and day >= SPLIT else close
            made.append({
                "session": day, "asset": asset, "open": price, "high": price, "low": price,
                "close": price, "volume": 1000.0, "vwap": price, "trades": 5, "otc": False,
            })  # fmt: skip
    return made


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    here = Cellar.open(
        tmp_path_factory.mktemp("us") / "ws", clock=lambda: datetime(2024, 2, 5, tzinfo=UTC)
    )
    natural = pl.date_range(date(2024, 1, 1), date(2024, 2, 29), eager=True).to_list()
    tables = {
        "us.sessions": ("exchange", [
            {"exchange": "XNYS", "session": day,
             "is_open": day.weekday() < 5 and day != date(2024, 1, 1)}
            for day in natural
        ]),
        "us.tickers": ("session", [
            {"session": day, "asset": asset, "active": True, "name": asset, "kind": "CS",
             "composite_figi": figi}
            for day in LISTS for asset, figi in (("AAA", "F1"), ("BBB", "F2"))
        ]),
        "us.bars_1d": ("session", bars()),
        "us.splits": ("asset", [
            {"asset": "AAA", "session": SPLIT, "split_from": 1.0, "split_to": 2.0,
             "kind": "forward_split", "vendor_id": "s1"},
        ]),
        "us.dividends": ("asset", [
            {"asset": "BBB", "session": PAID, "amount": 4.5, "currency": "USD", "vendor_id": "d1"},
            {"asset": "BBB", "session": PAID, "amount": 1.0, "currency": "EUR", "vendor_id": "d2"},
        ]),
    }  # fmt: skip
    for name, (column, listed) in tables.items():
        frame = rows(name, listed)
        values = frame[column].unique().to_list()
        here.store.replace(dataset(name), frame, column=column, values=values, metadata={})
    return here


def test_columns_and_masks(cellar):
    found = market(cellar, "us")
    assert found.assets.names == ("AAA", "BBB")
    assert found.sessions.values.tolist() == DAYS
    quoted = found.mask("quoted").values
    assert quoted.sum() == 17
    assert not quoted[DAYS.index(SPLIT), 1]
    np.testing.assert_array_equal(found.mask("buyable").values, quoted)
    assert "benchmark_close" not in found


def test_the_factor_joins_splits_and_dividends(cellar):
    found = market(cellar, "us")
    factor = found["adj_factor"].values
    turn, paid = DAYS.index(SPLIT), DAYS.index(PAID)
    assert factor[:, 0].tolist() == [1.0] * turn + [2.0] * (len(DAYS) - turn)
    jump = 45.0 / (45.0 - 4.5)
    assert factor[:, 1].tolist() == [1.0] * paid + [jump] * (len(DAYS) - paid)
    returns = found["returns"].values[turn, 0]
    assert returns == pytest.approx(103.0 / 102.0 - 1)
    assert any("1 dividends are left out" in note for note in found.notes)


def test_a_factor_does_not_depend_on_the_window(cellar):
    late = StoreSource(cellar, "us", Window(date(2024, 1, 9), date(2024, 1, 11)))
    whole = StoreSource(cellar, "us", Window(DAYS[0], DAYS[-1]))
    np.testing.assert_array_equal(late.field("adj_factor"), whole.field("adj_factor")[5:8])
    early = StoreSource(cellar, "us", Window(DAYS[0], PAID))
    np.testing.assert_array_equal(early.field("adj_factor"), whole.field("adj_factor")[:7])


def test_the_vendors_vwap_does_not_hide_ours(cellar):
    # Without an amount there is none to derive; the vendor's is not passed off as it.
    assert "vwap" not in market(cellar, "us")
