"""SQL over the store: what a SELECT answers, and that nothing else can happen."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.data.escapes import ESCAPES
from workbench.data.catalog import dataset
from workbench.errors import DataError, NotCoveredError, QueryError, UnknownDatasetError

DAYS = (date(2023, 12, 28), date(2023, 12, 29), date(2024, 1, 2))
ASSETS = ("000001.SZ", "600519.SH")


def bars(scale: float = 1.0) -> pl.DataFrame:
    contract = dataset("cn.bars_1d")
    rows = [
        {
            "session": day,
            "asset": asset,
            "open": 10.0 * scale,
            "high": 12.0 * scale,
            "low": 9.0,
            "close": float(d + 10 * a),
            "volume": 100.0 * (d + 1),
        }
        for d, day in enumerate(DAYS)
        for a, asset in enumerate(ASSETS)
    ]
    return pl.DataFrame(rows, schema=contract.schema())


@pytest.fixture(scope="module")
def ws(tmp_path_factory):
    workspace = wb.open(tmp_path_factory.mktemp("数据 #1"))
    store = workspace._cellar.store
    store.replace(dataset("cn.bars_1d"), bars(), column="session", values=DAYS, metadata={})
    return workspace


def test_select_equals_the_same_in_sqlite(ws):
    text = (
        "SELECT asset, count(*) AS n, sum(volume) AS volume, max(close) AS top "
        "FROM {} GROUP BY asset ORDER BY asset"
    )
    lite = sqlite3.connect(":memory:")
    bars().select("asset", "volume", "close").to_pandas().to_sql("bars", lite, index=False)
    expected = lite.execute(text.format("bars")).fetchall()
    lite.close()
    assert ws.data.sql(text.format("cn.bars_1d")).to_polars().rows() == expected


def test_columns_are_the_declared_ones(ws):
    frame = ws.data.sql("SELECT * FROM cn.bars_1d").to_polars()
    assert frame.columns == list(dataset("cn.bars_1d").names)
    assert frame.sort("session", "asset").equals(bars())


def test_provenance_names_the_versions(ws):
    frame = ws.data.sql("SELECT 1 FROM cn.bars_1d")
    assert frame.provenance["versions"] == {"cn.bars_1d": ws._cellar.store.version("cn.bars_1d")}


def test_a_snapshot_answers_its_own_version(tmp_path):
    workspace = wb.open(tmp_path)
    store, contract = workspace._cellar.store, dataset("cn.bars_1d")
    store.replace(contract, bars(), column="session", values=DAYS, metadata={})
    workspace.data.snapshot("before")
    store.replace(contract, bars(2.0), column="session", values=DAYS, metadata={})
    text = "SELECT max(open) AS top FROM cn.bars_1d"
    assert workspace.data.sql(text).to_polars().item() == 20.0
    assert workspace.at("before").data.sql(text).to_polars().item() == 10.0


@pytest.mark.parametrize(
    "text",
    [
        "FROM cn.bars_1d",
        "WITH x AS (SELECT * FROM cn.bars_1d) SELECT count(*) FROM x",
        "SELECT b.asset FROM cn.bars_1d AS b JOIN cn.bars_1d USING (session, asset)",
        "SELECT asset, avg(close) OVER (PARTITION BY asset ORDER BY session) FROM cn.bars_1d",
        'SELECT count(*) FROM "cn"."bars_1d"',
        "SUMMARIZE cn.bars_1d",
        "DESCRIBE cn.bars_1d",
    ],
)
def test_forms_of_select(ws, text):
    assert len(ws.data.sql(text)) > 0


def test_unknown_and_uncovered_tables(ws):
    with pytest.raises(UnknownDatasetError, match=r"cn\.bars_1d"):
        ws.data.sql("SELECT * FROM cn.bars_1dd")
    with pytest.raises(NotCoveredError, match=r"workbench data update cn\.adj_factor"):
        ws.data.sql("SELECT * FROM cn.adj_factor")


def test_escapes(ws, tmp_path, monkeypatch):
    """Whatever is tried: a typed error, no file appears, the store stays at its version."""
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / ".tmp" / "secret.csv"
    secret.parent.mkdir()
    secret.write_text("canary\n")
    before = ws._cellar.store.versions()
    assert len(ESCAPES) >= 200
    for text in ESCAPES:
        with pytest.raises(DataError):
            ws.data.sql(text.replace("SECRET", str(secret)).replace("ROOT", str(ws.path)))
        assert [p for p in tmp_path.rglob("*") if p.is_file()] == [secret], text
    assert ws._cellar.store.versions() == before
    assert ws.data.sql("SELECT count(*) FROM cn.bars_1d").to_polars().item() == 6


def test_times_do_not_depend_on_the_machine(ws, monkeypatch):
    text = "SELECT hour(timestamptz '2024-01-02 01:31:00+00') AS hour FROM cn.bars_1d LIMIT 1"
    assert ws.data.sql(text).to_polars().item() == 1


TEXT = (
    "select * from cn.bars_1d ; drop table copy to 'x' ( ) attach read_csv '/etc/passwd' install "
    "httpfs load set = pragma call -- /* union all 1 , into create view as export database where '"
)
WORDS = TEXT.split(" ")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=40))
def test_any_text_reads_or_is_refused(ws, text):
    before = ws._cellar.store.versions()
    with suppress(DataError):
        ws.data.sql(text)
    assert ws._cellar.store.versions() == before


def test_memory_is_limited(ws):
    with pytest.raises(QueryError, match=r"[Mm]emory"):
        ws.data.sql(
            "SELECT count(DISTINCT a.range * 100000 + b.range) FROM range(4000) a, range(1000) b, "
            "cn.bars_1d",
            memory="20MB",
        )
