"""Files and frames into the store: the same values as `read_market`, or a refusal and no trace."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

import workbench as wb
from tests.data.bars import plain_rows, tushare_rows, write
from workbench.data.catalog import dataset
from workbench.errors import (
    BadValueError,
    DataError,
    DuplicateKeyError,
    NotCoveredError,
    SchemaError,
    SourceNotFoundError,
    StoreError,
)

DAYS = [date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)]


@pytest.fixture
def ws(tmp_path):
    return wb.open(tmp_path / "home")


def test_tushare_columns_become_shares_and_cny(ws, tmp_path):
    report = ws.data.import_files(write(tmp_path, tushare_rows()), dataset="cn.bars_1d")
    bars = ws.data.load("cn.bars_1d", on_gap="ignore").to_polars()
    assert bars.height == 5
    first = bars.filter(asset="000001.SZ", session=DAYS[0]).row(0, named=True)
    assert (first["close"], first["volume"], first["amount"]) == (10.5, 1000.0, 10500.0)
    factor = ws.data.load("cn.adj_factor", on_gap="ignore").to_polars()
    assert sorted(factor["adj_factor"].to_list()) == [1.0, 1.0, 2.0, 2.0, 4.0]
    assert report.rows >= 10


def test_market_equals_read_market(ws, tmp_path):
    file = write(tmp_path, tushare_rows())
    ws.data.import_files(file, dataset="cn.bars_1d")
    stored, plain = ws.market("cn", on_gap="ignore"), wb.read_market(file)
    for field in ("open", "close", "raw_close", "volume", "amount", "returns", "vwap"):
        ours = stored[field].to_pandas().loc[:, list(plain.assets)]
        theirs = plain[field].to_pandas()
        np.testing.assert_array_equal(ours.loc[theirs.index].to_numpy(), theirs.to_numpy())


def test_real_bars_equal_read_market(ws, shared_data, tmp_path):
    whole = pl.scan_parquet(shared_data / "cn_daily_2015_2019.parquet")
    rows = whole.filter(pl.col("trade_date").cast(pl.String) < "20150401").collect()
    file = tmp_path / "quarter.parquet"
    rows.drop("agree").write_parquet(file)
    ws.data.import_files(file, dataset="cn.bars_1d")
    stored, plain = ws.market("cn", on_gap="ignore"), wb.read_market(file)
    assert stored.shape == plain.shape
    for field in ("raw_close", "close", "volume", "amount", "pre_close"):
        np.testing.assert_array_equal(stored[field].values, plain[field].values)


def test_other_assets_of_the_same_days_stay(ws, tmp_path):
    rows = tushare_rows()
    for code in ("000001.SZ", "600519.SH"):
        keep = [i for i, name in enumerate(rows["ts_code"]) if name == code]
        part = {name: [values[i] for i in keep] for name, values in rows.items()}
        file = write(tmp_path, part, f"{code}.csv")
        ws.data.import_files(file, dataset="cn.bars_1d")
    assert ws.data.sql("SELECT count(*) FROM cn.bars_1d").to_polars().item() == 5
    ws.data.import_files(file, dataset="cn.bars_1d")
    assert ws.data.sql("SELECT count(*) FROM cn.bars_1d").to_polars().item() == 5


def test_a_changed_row_is_a_revision(ws, tmp_path):
    rows = tushare_rows()
    ws.data.import_files(write(tmp_path, rows), dataset="cn.bars_1d")
    rows["close"] = [value + (0.1 if i == 2 else 0) for i, value in enumerate(rows["close"])]
    ws.data.import_files(write(tmp_path, rows), dataset="cn.bars_1d")
    found = ws.data.revisions("cn.bars_1d")
    assert found[["column", "old", "new"]].to_numpy().tolist() == [["close", "11.0", "11.1"]]


def spoiled(**changes):
    rows = tushare_rows()
    for name, (row, value) in changes.items():
        rows[name] = [value if i == row else old for i, old in enumerate(rows[name])]
    return rows


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        (spoiled(trade_date=(3, "20200103")), DuplicateKeyError, r"000001\.SZ.*row 3, row 4"),
        (spoiled(trade_date=(1, "2020-13-45")), BadValueError, "row 2"),
        (spoiled(close=(2, "eleven")), BadValueError, "row 3"),
        (spoiled(high=(0, 1.0)), BadValueError, "row 1"),
        (spoiled(low=(4, -1.0)), BadValueError, "row 5"),
        (spoiled(vol=(0, -5.0)), BadValueError, "row 1"),
        ({**tushare_rows(), "comment": list("abcde")}, SchemaError, "comment"),
        ({**tushare_rows(), "amount": [1.0] * 5}, BadValueError, "look adjusted"),
        (spoiled(trade_date=(0, "20200104")), BadValueError, "no sessions of SSE: 2020-01-04"),
    ],
)
def test_refused_whole(ws, tmp_path, rows, error, said):
    file = write(tmp_path, rows, "bad.csv")
    before = ws._cellar.store.versions().get("cn.bars_1d")
    with pytest.raises(error, match=said):
        ws.data.import_files(file, dataset="cn.bars_1d")
    assert ws._cellar.store.versions().get("cn.bars_1d") == before
    assert not {"cn.bars_1d", "cn.adj_factor", "ref.securities"} & set(ws._cellar.store.versions())
    held = ws.data.quarantine()
    assert len(held) == 1
    assert "bad.csv" in str(held.to_dict("records"))


def test_places_and_datasets_that_are_not(ws, tmp_path):
    with pytest.raises(SourceNotFoundError):
        ws.data.import_files(tmp_path / "nothing.csv", dataset="cn.bars_1d")
    file = write(tmp_path, tushare_rows())
    with pytest.raises(DataError, match=r"cn\.bars_1d"):
        ws.data.import_files(file, dataset="cn.bars")
    with pytest.raises(SchemaError, match="key= is for user tables"):
        ws.data.import_files(file, dataset="idx.weights", key=["session"])


def test_user_table_round_trip(ws, tmp_path):
    file = write(tmp_path, {"date": ["20200102"] * 2, "code": ["A", "B"], "score": ["1.5", ""]})
    ws.data.import_files(file, dataset="user.signal")
    expected = [(DAYS[0], "A", 1.5), (DAYS[0], "B", None)]
    assert ws.data.load("user.signal").to_polars().sort("asset").rows() == expected
    text = "SELECT session, asset, score FROM user.signal ORDER BY asset"
    assert ws.data.sql(text.replace("user.", '"user".')).to_polars().rows() == expected
    later = write(tmp_path, {"date": ["20200102"], "code": ["B"], "score": ["2"]}, "later.csv")
    ws.data.import_files(later, dataset="user.signal")
    read = ws.data.load("user.signal").to_polars().sort("asset")
    assert read["score"].to_list() == [1.5, 2.0]


def test_frames_of_the_tushare_package(ws, shared_data):
    sample = shared_data / "tushare_samples" / "json" / "daily_20200102_all.json"
    answer = json.loads(sample.read_text(encoding="utf-8"))["data"]
    held = pd.DataFrame(answer["items"], columns=answer["fields"])
    ws.data.ingest(held, dataset="cn.bars_1d")
    bars = ws.data.load("cn.bars_1d", on_gap="ignore").to_pandas().set_index("asset")
    theirs = held.set_index("ts_code").loc[bars.index]
    assert len(bars) == len(held) == 3540
    np.testing.assert_array_equal(bars["close"], theirs["close"])
    np.testing.assert_allclose(bars["volume"], theirs["vol"] * 100, rtol=1e-12)
    np.testing.assert_allclose(bars["amount"], theirs["amount"] * 1000, rtol=1e-12)


def test_adjusted_frames_of_pro_bar_are_refused(ws, shared_data):
    file = shared_data / "tushare_samples" / "stock" / "raw" / "600519.SH_indiv_d.csv"
    held = pd.read_csv(file).rename(columns=lambda name: name.removeprefix("indiv_d_"))
    with pytest.raises(DataError):
        ws.data.ingest(held, dataset="cn.bars_1d")
    assert "cn.bars_1d" not in ws._cellar.store.versions()


def test_ingest_refuses_what_is_no_frame(ws):
    with pytest.raises(SchemaError, match="pandas or polars"):
        ws.data.ingest([1, 2], dataset="cn.bars_1d")


def test_plain_american_bars(ws, tmp_path):
    file = write(tmp_path, plain_rows(), "us.csv")
    ws.data.import_files(file, dataset="us.bars_1d")
    assert ws.data.sql("SELECT count(*) FROM us.bars_1d").to_polars().item() == 5


def test_two_imports_of_one_day_keep_each_others_rows(ws, tmp_path):
    ws.data.import_files(write(tmp_path, tushare_rows(), "seed.csv"), dataset="cn.bars_1d")
    codes = [f"6000{n:02d}.SH" for n in range(12)]

    def one(code: str) -> None:
        rows = {name: values[:1] for name, values in tushare_rows().items()}
        rows["ts_code"] = [code]
        file = write(tmp_path, rows, f"{code}.csv")
        wb.open(ws.path).data.import_files(file, dataset="cn.bars_1d")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, codes))
    held = ws.data.sql("SELECT DISTINCT asset FROM cn.bars_1d").to_polars()["asset"]
    assert set(held) == {*codes, "000001.SZ", "600519.SH"}


def test_codes_in_other_spellings_are_the_same_shares(ws, tmp_path):
    rows = tushare_rows()
    ws.data.import_files(write(tmp_path, rows, "a.csv"), dataset="cn.bars_1d")
    other = {"000001.SZ": "sz000001", "600519.SH": "600519.XSHG"}
    rows["ts_code"] = [other[code] for code in rows["ts_code"]]
    ws.data.import_files(write(tmp_path, rows, "b.csv"), dataset="cn.bars_1d")
    assert ws.market("cn").assets.names == ("000001.SZ", "600519.SH")
    rows["ts_code"] = ["000001"] * 5
    with pytest.raises(BadValueError, match="row 1: '000001'"):
        ws.data.import_files(write(tmp_path, rows, "c.csv"), dataset="cn.bars_1d")


def test_imported_codes_prove_nothing(ws, tmp_path):
    report = ws.data.import_files(write(tmp_path, tushare_rows()), dataset="cn.bars_1d")
    assert report["cn.bars_1d"].units == {"committed": 3}
    assert "ref.securities" not in ws._cellar.store.versions()


def test_earlier_bars_move_the_listing_back(ws, tmp_path):
    rows = tushare_rows()
    late = {name: values[2:3] for name, values in rows.items()}
    ws.data.import_files(write(tmp_path, late, "late.csv"), dataset="cn.bars_1d")
    early = {name: values[1:2] for name, values in rows.items()}
    ws.data.import_files(write(tmp_path, early, "early.csv"), dataset="cn.bars_1d")
    assert ws.market("cn")["raw_close"].values[:, 0].tolist()[0] == 10.5
    assert ws.market("cn").mask("listed").values.all()


def test_factors_beside_the_bars_of_a_frame_are_kept(ws):
    held = pd.DataFrame(tushare_rows())
    ws.data.ingest(held, dataset="cn.bars_1d")
    factor = ws.data.load("cn.adj_factor").to_polars()["adj_factor"].to_list()
    assert sorted(factor) == [1.0, 1.0, 2.0, 2.0, 4.0]


def test_frames_without_prices_are_refused(ws):
    held = pd.DataFrame(tushare_rows()).drop(columns="close")
    with pytest.raises(DataError, match="close"):
        ws.data.ingest(held, dataset="cn.bars_1d")


def test_a_calendar_without_closed_days_is_refused(ws):
    days = {"exchange": ["SSE"] * 2, "cal_date": ["20240102", "20240105"], "is_open": [1, 1]}
    with pytest.raises(BadValueError, match="2 of the 4 natural days"):
        ws.data.ingest(pd.DataFrame(days | {"pretrade_date": [None, None]}), dataset="cal.sessions")


def test_a_snapshot_is_not_written_through(ws, tmp_path):
    file = write(tmp_path, tushare_rows())
    ws.data.import_files(file, dataset="cn.bars_1d")
    ws.data.snapshot("now")
    then = ws.at("now")
    for write_through in (
        lambda: then.data.import_files(file, dataset="cn.bars_1d"),
        lambda: then.data.ingest(pd.DataFrame(tushare_rows()), dataset="cn.bars_1d"),
        lambda: then.data.compact(),
        lambda: then.data.prune(dry_run=False),
    ):
        with pytest.raises(StoreError, match="now"):
            write_through()


DAY = date(2024, 1, 2)
BAR = {"open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0, "volume": 1.0, "amount": 1.0}
OF_TWO = {
    "idx.bars_1d": ({"asset": "000300.SH"}, {"asset": "000905.SH"}),
    "idx.weights": ({"index": "000300.SH", "asset": "A"}, {"index": "000300.SH", "asset": "B"}),
    "ref.names": (
        {"asset": "A", "start": DAY, "name": "x"},
        {"asset": "A", "start": DAY, "name": "y"},
    ),
    "us.splits": ({"asset": "AAPL", "kind": "k"}, {"asset": "NVDA", "kind": "k"}),
    "ind.members": (
        {"scheme": "S", "level1": "x", "level3": "l", "asset": "A", "start": DAY},
        {"scheme": "S", "level1": "x", "level3": "l", "asset": "B", "start": DAY},
    ),
    "cn.bars_1m": (BAR | {"asset": "A"}, BAR | {"asset": "B"}),
    "cn.margin_1d": ({"asset": "A"}, {"asset": "B"}),
    "ind.industries": ({"scheme": "S", "code": "1"}, {"scheme": "S", "code": "2"}),
}


@pytest.mark.parametrize("name", OF_TWO)
def test_rows_of_other_keys_stay_on_every_axis(ws, tmp_path, name):
    contract = dataset(name)
    given = {"session": DAY, "time": datetime(2024, 1, 2, 2, tzinfo=UTC)}
    for number, row in enumerate(OF_TWO[name]):
        full = {k: v for k, v in given.items() if k in contract} | row
        frame = pl.DataFrame([full], schema={k: contract.schema()[k] for k in full})
        file = tmp_path / f"{number}.parquet"
        frame.write_parquet(file)
        ws.data.import_files(file, dataset=name)
    held = ws._cellar.table(name).read()
    assert held.height == 2
    later = {"session": date(2024, 1, 9), "time": datetime(2024, 1, 9, 2, tzinfo=UTC)}
    full = {k: v for k, v in later.items() if k in contract} | OF_TWO[name][0]
    if full.keys() & later.keys():
        frame = pl.DataFrame([full], schema={k: contract.schema()[k] for k in full})
        frame.write_parquet(tmp_path / "later.parquet")
        ws.data.import_files(tmp_path / "later.parquet", dataset=name)
        assert ws._cellar.table(name).read().height == 3


def test_bars_without_factors_say_what_hfq_needs(ws, tmp_path):
    rows = {name: values for name, values in tushare_rows().items() if name != "adj_factor"}
    ws.data.import_files(write(tmp_path, rows), dataset="cn.bars_1d")
    with pytest.raises(NotCoveredError, match=r"cn\.adj_factor"):
        ws.market("cn")
    raw = ws.market("cn", adjust="none")
    assert any("not proved" in note for note in raw.notes)
