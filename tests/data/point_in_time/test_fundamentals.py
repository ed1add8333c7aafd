"""Figures of statements against the slow truth, and against changes of the future."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time import slow_truth
from tests.data.point_in_time.memory import day, weekdays, with_weekdays
from workbench.data.point_in_time import Fundamentals, known_at
from workbench.errors import BadValueError, CalendarUnknownError, UnknownFieldError

ASSETS = ("000001.SZ", "000002.SZ", "600000.SH")
HOWS = (
    *(("latest", 1), ("q", 1), ("q", 2), ("q", 5), ("ttm", 1), ("sq", 1), ("yoy", 1)),
    *(("qoq", 1), ("avg2", 1), ("growth", 1), ("growth", 2), ("sue", 1)),
    *(("revision", 1), ("revision", 30), ("days_since_announce", 1)),
)
FIRST, LAST = "2012-01-01", "2017-12-31"


def random_rows(seed):
    """Reports of three shares with everything that goes wrong with reports."""
    rng = np.random.default_rng(seed)
    start = datetime(2014, 1, 15, 12, 0)
    rows = []
    for asset in ASSETS:
        downloads = [start, start + timedelta(days=300, hours=13), start + timedelta(days=700)]
        for quarter in range(30):
            period = slow_truth.back(date(2016, 6, 30), quarter)
            tidy = asset == "600000.SH"
            if not tidy and rng.random() < 0.12:
                continue
            announced = period + timedelta(days=int(rng.integers(1, 110)))
            for version in range(1 + int(rng.random() < 0.5) + int(rng.random() < 0.3)):
                kind = "1" if version == 0 else str(rng.choice(["1", "1", "4", "5"]))
                moved = timedelta(days=int(rng.choice([0, 0, 3, 200, 380])))
                wrong = not tidy and rng.random() < 0.04
                rows.append(
                    {
                        "asset": asset,
                        "period": period,
                        "report_type": kind,
                        "announced": period - timedelta(days=40) if wrong else announced,
                        "f_announced": None if rng.random() < 0.3 or wrong else announced + moved,
                        "update_flag": str(rng.integers(0, 2)),
                        "first_seen_at": None
                        if rng.random() < 0.05
                        else downloads[int(rng.choice([0, 0, 1, 2]))],
                        "content_hash": f"{len(rows):05d}",
                        "n_income": None
                        if not tidy and rng.random() < 0.05
                        else float(rng.integers(-20, 90)),
                    }
                )
    return rows


def table(rows):
    return pl.DataFrame(rows).with_columns(pl.col("first_seen_at").dt.replace_time_zone("UTC"))


def truth(rows, how, k, grid, sessions, **options):
    plain = [day_.item() for day_ in sessions]
    dated = slow_truth.date_rows([dict(row, value=row["n_income"]) for row in rows], plain)
    out = np.empty((len(grid), len(ASSETS)))
    for column, asset in enumerate(ASSETS):
        mine = [row for row in dated if row["asset"] == asset]
        for line, on in enumerate(grid):
            out[line, column] = slow_truth.figure(mine, how, on.item(), plain, k, **options)
    return out


@pytest.mark.parametrize("seed", range(8))
def test_every_figure_equals_the_slow_truth(seed):
    rows = random_rows(seed)
    cellar = with_weekdays(FIRST, LAST).put("cn.income", table(rows))
    sessions = weekdays(FIRST, LAST)
    grid = sessions[250 + seed :: 23]
    for how, k in HOWS:
        got = Fundamentals(cellar, "cn.income").field("n_income", how, grid, ASSETS, k=k)
        want = truth(rows, how, k, grid, sessions)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12, err_msg=f"{how} {k}")
        assert np.isfinite(want).any(), f"{how}: the truth has nothing to compare"


def test_levels_and_age_equal_the_slow_truth():
    rows = random_rows(99)
    cellar = with_weekdays(FIRST, LAST).put("cn.income", table(rows))
    sessions = weekdays(FIRST, LAST)
    grid = sessions[100::19]
    for how in ("latest", "qoq", "growth", "sue"):
        options = {"cumulative": False, "max_age": 120}
        got = Fundamentals(cellar, "cn.income").field("n_income", how, grid, ASSETS, **options)
        want = truth(rows, how, 1, grid, sessions, **options)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12, err_msg=how)
        assert np.isnan(want).any()


@pytest.mark.parametrize("seed", range(3))
def test_what_becomes_known_later_changes_nothing_before(seed):
    """Replace every figure known after t, drop such rows, invent others: values to t stay."""
    rows = random_rows(40 + seed)
    rng = np.random.default_rng(seed)
    sessions = weekdays(FIRST, LAST)
    base = with_weekdays(FIRST, LAST).put("cn.income", table(rows))
    cut = sessions[700 + 60 * seed]
    grid = sessions[300:]
    known = known_at(base.tables["cn.income"], Fundamentals(base, "cn.income").calendar,
                     backfill=False).frame  # fmt: skip
    late = (known["known_at"] > cut.item()).fill_null(True)
    assert 10 < late.sum() < len(late) - 10
    noise = pl.Series(rng.normal(size=len(known)) * 1e6)
    disturbed = known.with_columns(
        pl.when(late).then(noise).otherwise("n_income").alias("n_income")
    )
    # A row dropped may have been the original of later ones only, never of earlier ones.
    dropped = disturbed.filter(~late | pl.Series(rng.random(len(known)) < 0.5))
    others = with_weekdays(FIRST, LAST).put("cn.income", disturbed)
    fewer = with_weekdays(FIRST, LAST).put("cn.income", dropped)
    before = grid <= cut
    for how, k in HOWS:
        want = Fundamentals(base, "cn.income").field("n_income", how, grid, ASSETS, k=k)
        for other in (others, fewer):
            got = Fundamentals(other, "cn.income").field("n_income", how, grid, ASSETS, k=k)
            np.testing.assert_array_equal(got[before], want[before], err_msg=how)
        got = Fundamentals(others, "cn.income").field("n_income", how, grid, ASSETS, k=k)
        if how != "days_since_announce":
            assert not np.array_equal(got[~before], want[~before], equal_nan=True)


def test_values_do_not_depend_on_the_grid():
    cellar = with_weekdays(FIRST, LAST).put("cn.income", table(random_rows(5)))
    sessions = weekdays(FIRST, LAST)
    book = Fundamentals(cellar, "cn.income")
    for how, k in HOWS:
        whole = book.field("n_income", how, sessions, ASSETS, k=k)
        part = book.field("n_income", how, sessions[813:1100:7], ASSETS[::-1], k=k)
        np.testing.assert_array_equal(part, whole[813:1100:7, ::-1], err_msg=how)


def reports(*rows):
    """Rows from (period, announced, value) with optional overrides."""
    made = []
    for number, (period, announced, value, *more) in enumerate(rows):
        row = {
            "asset": "600519.SH", "period": day(period), "announced": day(announced),
            "f_announced": None, "report_type": "1", "update_flag": "0", "n_income": value,
            "first_seen_at": datetime(2012, 1, 2), "content_hash": f"{number:03d}",
        }  # fmt: skip
        made.append({**row, **(more[0] if more else {})})
    frame = pl.DataFrame(made, schema_overrides={"f_announced": pl.Date})
    frame = frame.with_columns(pl.col("first_seen_at").dt.replace_time_zone("UTC"))
    return with_weekdays(FIRST, LAST).put("cn.income", frame)


def one(cellar, how, *on, **options):
    grid = np.array(on, dtype="datetime64[D]")
    return Fundamentals(cellar, "cn.income").field("n_income", how, grid, ["600519.SH"],
                                                   **options)[:, 0].tolist()  # fmt: skip


def test_a_report_by_hand():
    cellar = reports(
        ("2013-03-31", "2013-04-20", 10.0),
        ("2013-06-30", "2013-08-20", 25.0),
        ("2013-09-30", "2013-10-20", 45.0),
        ("2013-12-31", "2014-04-19", 70.0),
        ("2014-03-31", "2014-04-19", 16.0),  # annual and first quarter on one day
    )
    # 2014-04-19 is a Saturday: known on Monday, not on Friday.
    assert one(cellar, "latest", "2014-04-18", "2014-04-21") == [45.0, 16.0]
    assert one(cellar, "ttm", "2014-04-21") == [16.0 + 70.0 - 10.0]
    assert one(cellar, "sq", "2014-04-18", "2014-04-21") == [20.0, 16.0]
    assert one(cellar, "qoq", "2014-04-21") == [(16.0 - 25.0) / 25.0]
    assert one(cellar, "yoy", "2014-04-21") == [0.6]
    assert one(cellar, "q", "2014-04-21", k=2) == [70.0]
    assert one(cellar, "avg2", "2014-04-21") == [43.0]
    assert one(cellar, "days_since_announce", "2014-04-21", "2014-05-02") == [2.0, 13.0]
    assert one(cellar, "latest", "2013-04-20", "2013-04-22")[1] == 10.0


def test_a_late_restatement_of_an_old_period_changes_bases_only():
    cellar = reports(
        ("2013-03-31", "2013-04-20", 10.0),
        ("2014-03-31", "2014-04-20", 16.0),
        ("2013-03-31", "2014-07-01", 8.0, {"report_type": "4"}),
    )
    assert one(cellar, "latest", "2014-06-30", "2014-07-02") == [16.0, 16.0]
    assert one(cellar, "yoy", "2014-07-01", "2014-07-02") == [0.6, 1.0]
    assert one(cellar, "q", "2014-07-01", "2014-07-02", k=2) == [10.0, 8.0]


def test_the_original_is_used_until_the_correction_was_seen():
    seen = {"first_seen_at": datetime(2014, 9, 1, 12)}  # a Monday, 20:00 in Shanghai
    both = reports(
        ("2014-03-31", "2014-04-20", 16.0, seen),
        ("2014-03-31", "2014-04-20", 11.0, {"update_flag": "1", **seen}),
    )
    on = ("2014-04-21", "2014-09-01", "2014-09-02")
    assert one(both, "latest", *on) == [16.0, 16.0, 11.0]
    before = reports(
        ("2014-03-31", "2014-04-20", 11.0, seen),
        ("2014-03-31", "2014-04-20", 16.0, {"report_type": "5", **seen}),
    )
    assert one(before, "latest", *on) == [16.0, 16.0, 11.0]
    assert one(both, "revision", "2014-09-02", "2014-09-03") == [(11.0 - 16.0) / 16.0, 0.0]


def test_too_old_is_nothing():
    cellar = reports(("2014-03-31", "2014-04-20", 16.0))
    got = one(cellar, "latest", "2015-05-25", "2015-05-26")
    assert got == pytest.approx([16.0, np.nan], nan_ok=True)
    got = one(cellar, "latest", "2014-04-30", "2014-05-01", max_age=10)
    assert got[0] == 16.0
    assert np.isnan(got[1])


def test_a_wrong_announcement_is_quarantined():
    cellar = reports(
        ("2014-03-31", "2014-04-20", 16.0), ("2014-06-30", "2014-04-22", 99.0),
    )  # fmt: skip
    assert one(cellar, "latest", "2014-08-01") == [16.0]
    apart = Fundamentals(cellar, "cn.income").quarantined()
    assert apart.select("period", "reason").rows() == [
        (day("2014-06-30"), "announced before its period ended")
    ]


@pytest.mark.parametrize(
    ("how", "options", "error", "message"),
    [
        ("tmt", {}, BadValueError, "Did you mean 'ttm'"),
        ("q", {"k": 0}, BadValueError, "whole number from 1"),
        ("q", {"k": True}, BadValueError, "whole number from 1"),
        ("latest", {"k": 2}, BadValueError, "takes no k"),
        ("latest", {"max_age": 0}, BadValueError, "max_age"),
        ("ttm", {"cumulative": False}, BadValueError, "have no 'ttm'"),
    ],
)
def test_questions_that_cannot_be_meant(how, options, error, message):
    with pytest.raises(error, match=message):
        one(reports(("2014-03-31", "2014-04-20", 16.0)), how, "2014-05-05", **options)


def test_fields_and_days_that_do_not_exist():
    cellar = reports(("2014-03-31", "2014-04-20", 16.0))
    book, grid = Fundamentals(cellar, "cn.income"), weekdays("2014-05-01", "2014-05-05")
    with pytest.raises(UnknownFieldError, match="n_income"):
        book.field("n_incom", "latest", grid, ["600519.SH"])
    with pytest.raises(BadValueError, match="no number"):
        book.field("company_type", "latest", grid, ["600519.SH"])
    with pytest.raises(CalendarUnknownError, match="2017-12-31"):
        book.field("n_income", "latest", weekdays("2017-12-25", "2018-01-05"), ["600519.SH"])
    with pytest.raises(BadValueError, match="cumulative"):
        Fundamentals(cellar, "cn.indicator").field("eps", "ttm", grid, ["600519.SH"])
    with pytest.raises(BadValueError, match="levels"):
        Fundamentals(cellar, "cn.balance").field("total_assets", "ttm", grid, ["600519.SH"])
    with pytest.raises(BadValueError, match="one ascending row"):
        book.field("n_income", "latest", grid[::-1], ["600519.SH"])


def test_nothing_known_is_missing_everywhere():
    cellar = reports(("2014-03-31", "2014-04-20", 16.0))
    grid = weekdays("2014-05-01", "2014-05-05")
    got = Fundamentals(cellar, "cn.income").field("n_income", "latest", grid, ["000001.SZ"])
    assert got.shape == (3, 1)
    assert np.isnan(got).all()


def test_a_market_of_ten_years_takes_seconds():
    """2,000 shares over ten years with restatements; a share must not cost a loop."""
    assets = [f"{number:06d}.SZ" for number in range(2000)]
    periods = [slow_truth.back(date(2021, 12, 31), back) for back in range(44)]
    rng = np.random.default_rng(0)
    size = len(assets) * len(periods)
    frame = pl.DataFrame({"asset": assets}).join(pl.DataFrame({"period": periods}), how="cross")
    frame = frame.with_columns(
        (pl.col("period") + pl.duration(days=pl.Series(rng.integers(10, 110, size))))
        .alias("announced"),
        pl.lit("1").alias("report_type"), pl.lit("0").alias("update_flag"),
        pl.lit(datetime(2022, 1, 1)).dt.replace_time_zone("UTC").alias("first_seen_at"),
        pl.Series("content_hash", np.arange(size).astype(str)),
        pl.Series("n_income", rng.normal(size=size)),
    )  # fmt: skip
    again = frame.sample(fraction=0.3, seed=1).with_columns(
        pl.lit("1").alias("update_flag"), pl.col("announced") + pl.duration(days=90)
    )
    cellar = with_weekdays("2010-01-01", "2022-12-31").put(
        "cn.income", pl.concat([frame, again], how="diagonal")
    )
    grid = weekdays("2012-01-02", "2021-12-31")
    began = time.process_time()
    got = Fundamentals(cellar, "cn.income").field("n_income", "ttm", grid, assets)
    assert time.process_time() - began < 6.0
    assert got.shape == (len(grid), 2000)
    assert np.isfinite(got[500:]).mean() > 0.9


@pytest.mark.parametrize("hashes", [("a", "b"), ("b", "a")])
def test_of_two_rows_alike_neither_wins(hashes):
    cellar = reports(
        ("2013-03-31", "2013-04-20", 10.0),
        ("2013-06-30", "2013-08-20", 25.0, {"content_hash": hashes[0]}),
        ("2013-06-30", "2013-08-20", 99.0, {"content_hash": hashes[1]}),
    )
    assert one(cellar, "latest", "2013-08-19", "2013-08-21") == [10.0, 10.0]
    grid = np.array(["2013-08-21"], dtype="datetime64[D]")
    notes = Fundamentals(cellar, "cn.income").told("n_income", "latest", grid, ["600519.SH"])[1]
    assert notes == (
        "cn.income: 1 figures are left out because two rows of one announcement differ and "
        "nothing tells which holds (n_income of 600519.SH for 2013-06-30)",
    )
