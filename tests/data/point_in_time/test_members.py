"""Members and weights of an index, as known on each session."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, day, weekdays
from workbench.data.point_in_time import INDEX_ALIASES, index_code, members
from workbench.errors import BadValueError, NotCoveredError


def snapshots(*rows, index="000300.SH"):
    made = [
        {"index": index, "session": day(session), "asset": asset, "weight": weight}
        for session, asset, weight in rows
    ]
    return MemoryCellar().put("idx.weights", made)


HAND = (
    ("2020-01-02", "000001.SZ", 0.6), ("2020-01-02", "600000.SH", 0.4),
    ("2020-01-06", "600000.SH", 0.3), ("2020-01-06", "600519.SH", 0.7),
)  # fmt: skip


def test_a_snapshot_serves_from_the_next_session_on():
    grid = weekdays("2020-01-01", "2020-01-08")
    found = members(snapshots(*HAND), "csi300", grid)
    assert found.assets == ("000001.SZ", "600000.SH", "600519.SH")
    want = [
        [np.nan] * 3,  # 01-01
        [np.nan] * 3,  # 01-02: published after the close
        [0.6, 0.4, 0.0],  # 01-03
        [0.6, 0.4, 0.0],  # 01-06: the day of the next snapshot
        [0.0, 0.3, 0.7],
        [0.0, 0.3, 0.7],
    ]
    np.testing.assert_array_equal(found.weights, want)
    assert "2 sessions before 2020-01-02" in found.notes[0]


def test_columns_as_asked_and_codes_that_changed():
    cellar = snapshots(*HAND, ("2020-01-06", "000022.SZ", 0.0))
    grid = weekdays("2020-01-07", "2020-01-08")
    found = members(cellar, "000300.SH", grid, ["600519.SH", "300750.SZ"])
    assert found.weights.tolist() == [[0.7, 0.0]] * 2
    span = {"security_id": "600000.SH"}
    cellar.put(
        "ref.securities",
        [
            {**span, "asset": "600000.SH", "valid_from": day("1999-11-10"),
             "valid_to": day("2020-02-01")},
            {**span, "asset": "601999.SH", "valid_from": day("2020-02-02"), "valid_to": None},
        ],
    )  # fmt: skip
    assert members(cellar, "csi300", grid, ["601999.SH"]).weights.tolist() == [[0.3]] * 2


def test_later_snapshots_change_nothing_before():
    grid = weekdays("2020-01-01", "2020-01-06")
    both = members(snapshots(*HAND), "csi300", grid, ["000001.SZ", "600519.SH"])
    early = members(snapshots(*HAND[:2]), "csi300", grid, ["000001.SZ", "600519.SH"])
    np.testing.assert_array_equal(both.weights, early.weights)


def test_a_fragment_is_passed_over_and_told():
    cellar = snapshots(*HAND, ("2020-01-07", "000001.SZ", 0.01))
    found = members(cellar, "csi300", weekdays("2020-01-08", "2020-01-09"))
    assert found.weights.tolist() == [[0.3, 0.7]] * 2
    assert "1 snapshots of csi300 sum to less than 90%" in found.notes[0]
    alone = snapshots(("2020-01-07", "000001.SZ", 0.01))
    with pytest.raises(NotCoveredError, match="fragments"):
        members(alone, "csi300", weekdays("2020-01-08", "2020-01-09"))


def test_members_without_weights_count_equally():
    cellar = snapshots(("2020-01-02", "000001.SZ", None), ("2020-01-02", "600000.SH", None))
    found = members(cellar, "csi300", weekdays("2020-01-03", "2020-01-06"))
    assert found.weights.tolist() == [[0.5, 0.5]] * 2
    assert "count equally" in found.notes[0]


def test_weights_carried_for_long_are_told():
    found = members(snapshots(*HAND), "csi300", weekdays("2020-01-07", "2020-05-29"))
    assert "carried up to 144 days" in found.notes[0]


def test_one_code_of_an_index_is_read():
    other = snapshots(*HAND[:2], index="399300.SZ").tables["idx.weights"]
    mixed = pl.concat([snapshots(*HAND).tables["idx.weights"], other])
    cellar = MemoryCellar().put("idx.weights", mixed)
    grid = weekdays("2020-01-03", "2020-01-03")
    np.testing.assert_allclose(members(cellar, "399300.SZ", grid).weights.sum(), 1.0)
    alone = MemoryCellar().put("idx.weights", other)
    np.testing.assert_allclose(members(alone, "csi300", grid).weights.sum(), 1.0)


def test_names_of_indices():
    assert index_code(" CSI300 ") == "000300.SH"
    assert index_code("000905.sh") == "000905.SH"
    assert index_code("399905.SZ") == "000905.SH"
    assert index_code("931643.CSI") == "931643.CSI"
    assert len({code for codes in INDEX_ALIASES.values() for code in codes}) == sum(
        len(codes) for codes in INDEX_ALIASES.values()
    )
    for bad in ("csi30", "000300", "", "../etc.SH"):
        with pytest.raises(BadValueError, match="no index"):
            index_code(bad)
    with pytest.raises(BadValueError, match="csi300"):
        index_code("csi30")


def test_an_index_nobody_fetched():
    with pytest.raises(NotCoveredError, match=r"idx\.weights --codes 000905\.SH"):
        members(snapshots(*HAND), "csi500", weekdays("2020-01-03", "2020-01-06"))
    with pytest.raises(NotCoveredError):
        members(MemoryCellar(), "csi500", weekdays("2020-01-03", "2020-01-06"))


def test_real_weights_of_the_csi300(shared_data):
    raw = pl.read_parquet(shared_data / "cn_index_weights.parquet")
    rows = raw.select(
        index="index_code",
        session=pl.col("datetime").cast(pl.String).str.to_date("%Y%m%d"),
        asset="con_code",
        weight=pl.col("weight") / 100.0,
    ).unique(["session", "asset"], keep="first", maintain_order=True)
    cellar = MemoryCellar().put("idx.weights", rows)
    grid = weekdays("2007-01-01", "2024-03-29")
    found = members(cellar, "csi300", grid)
    held = found.weights > 0
    assert np.isfinite(found.weights).all()
    np.testing.assert_allclose(found.weights.sum(axis=1), 1.0, atol=0.02)
    assert (np.median(held.sum(axis=1)), held.sum(axis=1).min() > 280) == (300, True)
    # Independently: the last complete snapshot strictly before the day, by hand.
    totals = rows.group_by("session").agg(pl.col("weight").sum())
    whole = totals.filter(pl.col("weight") > 0.9)["session"].sort().to_list()
    for line in range(0, len(grid), 301):
        on = grid[line].item()
        last = max(session for session in whole if session < on)
        wanted = dict(rows.filter(pl.col("session") == last).select("asset", "weight").rows())
        got = {a: w for a, w in zip(found.assets, found.weights[line], strict=True) if w > 0}
        assert got == {asset: weight for asset, weight in wanted.items() if weight > 0}
