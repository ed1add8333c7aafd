"""Rows that are stored: the audit, the factor identity, and both on real prices."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar
from workbench.data.catalog import dataset
from workbench.data.validate import audit_prices, factor_identity, identity_anomalies, validate
from workbench.errors import NotCoveredError


def series(asset, closes, references, factors, first=date(2018, 1, 2)):
    """Bars and factors of one share on consecutive days."""
    days = [first + timedelta(days=number) for number in range(len(closes))]
    return pl.DataFrame(
        {
            "session": days, "asset": asset, "open": closes, "high": closes, "low": closes,
            "close": closes, "pre_close": references, "volume": 1e4,
            "amount": [close * 1e4 for close in closes], "adj_factor": factors,
        },
        schema_overrides={"pre_close": pl.Float64},
    )  # fmt: skip


def stored(*parts):
    whole = pl.concat(parts)
    return (
        MemoryCellar()
        .put("cn.bars_1d", whole.drop("adj_factor"))
        .put("cn.adj_factor", whole.select("session", "asset", "adj_factor"))
    )


GOOD = series(
    "600000.SH", [10.0, 10.2, 9.2, 9.3], [None, 10.0, 9.18, 9.2], [2.0, 2.0, 2.222, 2.222]
)


@pytest.mark.parametrize(
    ("factors", "references", "kind"),
    [
        ([2.0, 2.1, 2.1], [None, 10.0, 10.2], "factor without event"),
        ([2.0, 2.0, 2.0], [None, 10.0, 9.18], "event without factor"),
        ([2.0, 2.0, 2.4], [None, 10.0, 9.18], "ratios differ"),
        ([2.0, 2.0, 1.8], [None, 10.0, 9.18], "ratios differ"),
    ],
)
def test_breaks_of_the_identity(factors, references, kind):
    broken = series("600001.SH", [10.0, 10.2, 10.1], references, factors)
    found = factor_identity(stored(GOOD, broken))
    assert found.select("asset", "kind").rows() == [("600001.SH", kind)]
    assert found["session"][0] in (date(2018, 1, 3), date(2018, 1, 4))


def test_an_event_is_told_to_rounding():
    # 1:1 bonus at 9.99: the reference is 5.00, the exact factor 2; a cent of dividend likewise.
    split = series("600001.SH", [9.99, 5.1], [None, 5.0], [1.0, 2.0])
    cent = series("600002.SH", [3.33, 3.3], [None, 3.32], [1.0, 1.003])
    tiny = series("600003.SH", [3.33, 3.3], [None, 3.33], [1.0, 1.0009])  # below half a tick
    assert factor_identity(stored(GOOD, split, cent, tiny)).is_empty()


def test_an_event_inside_a_halt_belongs_to_the_first_bar_after_it():
    before = series("600001.SH", [10.0, 10.2], [None, 10.0], [1.0, 1.0])
    after = series("600001.SH", [5.2], [5.1], [2.0], first=date(2018, 7, 2))
    assert factor_identity(stored(before, after)).is_empty()
    wrong = after.with_columns(adj_factor=pl.lit(1.0))
    found = factor_identity(stored(before, wrong))
    assert found.select("session", "kind").rows() == [(date(2018, 7, 2), "event without factor")]


def test_the_year_s_first_session_knows_the_year_before():
    old = series("600001.SH", [10.0], [None], [1.0], first=date(2017, 12, 29))
    new = series("600001.SH", [10.0], [10.0], [1.5], first=date(2018, 1, 2))
    cellar = stored(old, new)
    whole = factor_identity(cellar)
    assert whole.select("session", "kind").rows() == [(date(2018, 1, 2), "factor without event")]
    assert factor_identity(cellar, start=date(2018, 1, 1)).equals(whole)
    assert factor_identity(cellar, end=date(2017, 12, 31)).is_empty()


def test_many_small_moves_on_one_session_are_a_recomputation():
    shares = [
        series(f"{600100 + number}.SH", [10.0, 10.0, 10.0], [None, 10.0, 10.0], [1.0, 1.0, 1.0001])
        for number in range(25)
    ]
    found = factor_identity(stored(*shares))
    assert set(found["kind"]) == {"factors recomputed"}
    assert found.height == 25
    assert factor_identity(stored(*shares[:10])).is_empty()


def test_the_audit_names_table_rule_and_figures():
    wrong = series("600001.SH", [10.0, 12.0, 11.9], [None, 10.0, 12.0], [1.0, 1.1, 1.1])
    cellar = stored(GOOD, wrong.with_columns(
        high=pl.when(pl.col("close") == 11.9).then(11.0).otherwise("high")
    ))  # fmt: skip
    found = audit_prices(cellar)
    assert found.select("dataset", "check", "session", "asset").rows() == [
        ("cn.adj_factor", "identity", date(2018, 1, 3), "600001.SH"),
        ("cn.bars_1d", "band", date(2018, 1, 3), "600001.SH"),
        ("cn.bars_1d", "average", date(2018, 1, 4), "600001.SH"),
        ("cn.bars_1d", "range", date(2018, 1, 4), "600001.SH"),
    ]
    assert "high 11.0, low 11.9" in found["detail"][3]
    assert found["detail"][0] == "factor without event: reference moved by 1.0, factor by 1.1"
    late = audit_prices(cellar, start=date(2018, 1, 4))
    assert late["check"].to_list() == ["average", "range"]
    assert audit_prices(cellar, end=date(2018, 1, 2)).is_empty()


def test_the_audit_knows_risk_warnings():
    falling = series("600001.SH", [10.0, 9.4, 9.4], [None, 10.0, 9.4], [1.0, 1.0, 1.0])
    cellar = stored(GOOD, falling)
    assert audit_prices(cellar).is_empty()
    cellar.put("cn.st_1d", [{"session": date(2018, 1, 3), "asset": "600001.SH"}])
    found = audit_prices(cellar)
    assert found.select("check", "session").rows() == [("band", date(2018, 1, 3))]


def test_two_codes_of_one_security_in_one_year():
    span = {"security_id": "000022.SZ", "list_date": date(1993, 5, 5)}
    cellar = stored(
        series("000022.SZ", [10.0, 9.0], [None, 10.0], [1.0, 1.0]),
        series("001872.SZ", [9.0, 8.6], [9.0, 9.0], [1.0, 1.0], first=date(2018, 6, 1)),
    ).put(
        "ref.securities",
        [
            {**span, "asset": "000022.SZ", "valid_from": date(1993, 5, 5),
             "valid_to": date(2018, 5, 31)},
            {**span, "asset": "001872.SZ", "valid_from": date(2018, 6, 1), "valid_to": None},
        ],
    )  # fmt: skip
    cellar.put("cn.st_1d", [{"session": date(2018, 1, 3), "asset": "000022.SZ"}])
    found = audit_prices(cellar)
    assert found.select("check", "asset").rows() == [("band", "000022.SZ")]


def test_tables_that_are_not_there():
    assert audit_prices(MemoryCellar()).is_empty()
    assert audit_prices(MemoryCellar()).columns == [
        "dataset", "check", "session", "asset", "detail",
    ]  # fmt: skip
    with pytest.raises(NotCoveredError):
        factor_identity(MemoryCellar())
    empty = stored(GOOD.clear())
    assert audit_prices(empty).is_empty()
    assert factor_identity(empty).is_empty()


def real_bars(shared_data):
    names = dataset("cn.bars_1d").names
    rows = pl.read_parquet(shared_data / "cn_daily_2015_2019.parquet").select(
        "open", "high", "low", "close", "pre_close", "adj_factor", "agree",
        session=pl.col("trade_date").str.to_date("%Y%m%d"), asset="ts_code",
        volume=pl.col("vol") * 100.0, amount=pl.col("amount") * 1000.0,
        after_hours_volume=pl.lit(None, pl.Float64), after_hours_amount=pl.lit(None, pl.Float64),
    )  # fmt: skip
    return rows, rows.select(names)


def test_real_bars(shared_data):
    """1.35 million real rows: the doubts are those of two shares with restated prices."""
    rows, frame = real_bars(shared_data)
    found = validate(None, "cn.bars_1d", frame)
    assert found.bad.is_empty()
    assert found.checked["average"] == 1_349_713
    assert "2181 rows" in found.notes[0]
    restated = ["300344.SZ", "300391.SZ"]  # old prices over new volumes: no vendor agrees
    others = frame.filter(~pl.col("asset").is_in(restated))
    began = rows.group_by("asset").agg(list_date=pl.col("session").min())
    cellar = MemoryCellar().put(
        "ref.securities",
        began.filter(pl.col("list_date") > date(2015, 1, 5)).with_columns(
            security_id="asset"
        ),
    )  # fmt: skip
    quiet = validate(cellar, "cn.bars_1d", others)
    assert quiet.bad.is_empty()
    # One close in 1.35 million: the first day after a long halt with a restructuring.
    assert quiet.notes == (
        "close lies outside the price band: 1 row, such as 600710.SH 2017-07-31",
    )
    lots = others.head(20_000).with_columns(pl.col("volume") / 100.0)
    assert validate(None, "cn.bars_1d", lots).bad.height == 20_000


def test_the_factor_identity_on_real_bars(shared_data):
    rows, _ = real_bars(shared_data)
    found = identity_anomalies(rows)
    restated = found["asset"].is_in(["300344.SZ", "300391.SZ"])
    assert restated.sum() == 2147
    # Two rights issues whose factors this file lacks.
    assert found.filter(~restated).select("session", "asset", "kind").rows() == [
        (date(2019, 12, 26), "002466.SZ", "event without factor"),
        (date(2019, 12, 30), "300715.SZ", "event without factor"),
    ]
    moved = rows.sort("asset", "session").filter(
        (pl.col("adj_factor") / pl.col("adj_factor").shift(1).over("asset") - 1).abs() > 1e-7
    )
    assert moved.height > 4_000
    # Take one factor move away: exactly that event is missed, and told.
    event = moved.filter(pl.col("pre_close") > 5).row(100, named=True)
    flat = rows.filter(pl.col("asset") == event["asset"]).with_columns(adj_factor=pl.lit(1.0))
    told = identity_anomalies(flat)
    assert event["session"] in told["session"].to_list()
    assert set(told["kind"]) == {"event without factor"}


def test_the_identity_on_every_event_since_2010(shared_data):
    """Each event as two bars: close before, then the reference and the factor that moved."""
    events = pl.read_parquet(shared_data / "cn_ex_events_2010_2023.parquet").with_row_index("n")
    day = pl.col("trade_date").str.to_date("%Y%m%d")
    name = pl.col("n").cast(pl.String)
    before = events.select(
        session=day - pl.duration(days=1), asset=name, close="prev_close",
        pre_close="prev_close", adj_factor=pl.lit(1.0),
    )  # fmt: skip
    after = events.select(
        session=day, asset=name, close="pre_close", pre_close="pre_close",
        adj_factor="factor_ratio",
    )  # fmt: skip
    found = identity_anomalies(pl.concat([before, after]))
    assert events.height == 29_000
    assert found.height / events.height < 0.0045
    assert {"ratios differ"} <= set(found["kind"])
