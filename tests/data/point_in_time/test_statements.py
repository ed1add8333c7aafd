"""Rows of statements as known on a day, by hand and on real announcements."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tests.data.point_in_time.memory import MemoryCellar, calendar_rows, day, with_weekdays
from workbench.data.point_in_time import Fundamentals, statement
from workbench.errors import BadValueError, CalendarUnknownError, UnknownFieldError


def cellar(*rows):
    made = []
    for number, (asset, period, announced, value, more) in enumerate(rows):
        made.append(
            {
                "asset": asset, "period": day(period), "announced": day(announced),
                "report_type": "1", "update_flag": "0", "n_income": value,
                "first_seen_at": datetime(2014, 9, 1, 12), "content_hash": f"{number:03d}", **more,
            }
        )  # fmt: skip
    frame = pl.DataFrame(made).with_columns(pl.col("first_seen_at").dt.replace_time_zone("UTC"))
    return with_weekdays("2013-01-01", "2015-12-31").put("cn.income", frame)


TWO = (
    ("600519.SH", "2013-12-31", "2014-03-20", 15.0, {}),
    ("600519.SH", "2014-03-31", "2014-04-16", 4.0, {}),
    ("600519.SH", "2014-03-31", "2014-04-16", 3.0, {"update_flag": "1"}),
    ("600519.SH", "2014-03-31", "2014-04-16", 4.5, {"report_type": "2"}),
    ("000001.SZ", "2014-03-31", "2014-04-24", 5.0, {}),
)


@pytest.mark.parametrize(
    ("on", "want"),
    [
        ("2014-03-20", []),
        ("2014-03-21", [("600519.SH", "2013-12-31", 15.0)]),
        ("2014-04-20", [("600519.SH", "2013-12-31", 15.0), ("600519.SH", "2014-03-31", 4.0)]),
        (
            "2014-09-02",
            [
                ("000001.SZ", "2014-03-31", 5.0),
                ("600519.SH", "2013-12-31", 15.0),
                ("600519.SH", "2014-03-31", 3.0),
            ],
        ),
    ],
)
def test_each_period_by_its_newest_known_row(on, want):
    got = statement(cellar(*TWO), "cn.income", on, fields=["n_income"])
    rows = got.select("asset", pl.col("period").cast(pl.String), "n_income").rows()
    assert rows == want
    assert (got["known_at"] <= day(on)).all()


def test_assets_and_fields_as_asked():
    got = statement(cellar(*TWO), "cn.income", "2014-09-02", ["000001.SZ"], ["n_income", "ebit"])
    assert got["asset"].to_list() == ["000001.SZ"]
    assert got.columns == [
        "asset", "period", "known_at", "announced", "f_announced", "report_type", "update_flag",
        "first_seen_at", "n_income", "ebit",
    ]  # fmt: skip
    every = statement(cellar(*TWO), "cn.income", "2014-09-02")
    assert {"total_revenue", "company_type"} <= set(every.columns)
    assert every.width > 60


def test_an_old_code_is_shown_under_the_name_asked_for():
    tables = cellar(*(("000022.SZ", *row[1:]) for row in TWO[:2]))
    span = {"security_id": "000022.SZ"}
    tables.put(
        "ref.securities",
        [
            {**span, "asset": "000022.SZ", "valid_from": day("1993-05-05"),
             "valid_to": day("2018-12-25")},
            {**span, "asset": "001872.SZ", "valid_from": day("2018-12-26"), "valid_to": None},
        ],
    )  # fmt: skip
    got = statement(tables, "cn.income", "2014-09-02", ["001872.SZ"], ["n_income"])
    assert got.select("asset", "n_income").rows() == [("001872.SZ", 15.0), ("001872.SZ", 4.0)]
    grid = np.array(["2014-09-02"], dtype="datetime64[D]")
    assert Fundamentals(tables, "cn.income").field("n_income", "latest", grid, ["001872.SZ"]) == 4.0


def test_what_cannot_be_answered():
    tables = cellar(*TWO)
    with pytest.raises(CalendarUnknownError):
        statement(tables, "cn.income", "2016-01-04")
    with pytest.raises(UnknownFieldError, match="Did you mean 'n_income'"):
        statement(tables, "cn.income", "2014-09-02", fields=["n_incomes"])
    with pytest.raises(BadValueError, match="no statements"):
        statement(tables, "cn.bars_1d", "2014-09-02")


def real_cellar(shared_data):
    """Quarterly net profit as announced, in the store's columns, on the real calendar."""
    truth = pl.read_csv(shared_data / "xshg_sessions_truth.csv", try_parse_dates=True)
    sessions = truth["date"].to_numpy().astype("datetime64[D]")
    code = pl.col("code").str.slice(3) + "." + pl.col("code").str.slice(0, 2).str.to_uppercase()
    rows = pl.read_parquet(shared_data / "cn_fundamentals_profit.parquet").select(
        asset=code,
        period=pl.col("statDate").str.to_date(),
        announced=pl.col("pubDate").str.to_date(),
        report_type=pl.lit("1"),
        update_flag=pl.lit("0"),
        first_seen_at=pl.lit(datetime(2023, 8, 1)).dt.replace_time_zone("UTC"),
        content_hash=pl.int_range(pl.len()).cast(pl.String),
        n_income=pl.col("netProfit"),
    )
    calendar = calendar_rows("1990-12-19", str(sessions[-1]), sessions)
    return MemoryCellar().put("cal.sessions", calendar).put("cn.income", rows), rows


def vendor_figures(shared_data):
    """The vendor's own trailing profit (parent's share) and yearly change, by announcement."""
    code = pl.col("code").str.slice(3) + "." + pl.col("code").str.slice(0, 2).str.to_uppercase()
    growth = pl.read_parquet(shared_data / "cn_fundamentals_growth.parquet")
    both = pl.read_parquet(shared_data / "cn_fundamentals_profit.parquet").join(
        growth.select("code", "statDate", "YOYNI"), on=["code", "statDate"]
    )
    return both.select(
        asset=code,
        period=pl.col("statDate").str.to_date(),
        announced=pl.col("pubDate").str.to_date(),
        trailing=pl.col("epsTTM") * pl.col("totalShare"),
        change=pl.col("YOYNI"),
    )


def test_real_announcements(shared_data):
    """Our figures on a grid equal what the vendor computed with each announcement.

    The yearly change is the same quantity, up to restated bases; the trailing profit is the
    parent's share, so minority interests stand between the two.
    """
    tables, rows = real_cellar(shared_data)
    sessions = np.arange("2014-06-02", "2023-07-01", 168, dtype="datetime64[D]")
    assets = rows["asset"].unique().sort().to_list()
    book = Fundamentals(tables, "cn.income")
    assert len(book.quarantined()) == (rows["announced"] < rows["period"]).sum()
    figures = {
        "trailing": book.field("n_income", "ttm", sessions, assets),
        "change": book.field("n_income", "yoy", sessions, assets),
    }
    vendor = vendor_figures(shared_data)
    ratio = {"trailing": [], "change": []}
    for line, on in enumerate(sessions.tolist()):
        recent = (pl.col("announced") < on) & (pl.col("announced") > on - timedelta(days=300))
        newest = vendor.filter(recent).sort("period").group_by("asset").last()
        column = np.searchsorted(np.array(assets), newest["asset"].to_numpy().astype(str))
        for name, found in figures.items():
            theirs = newest[name].to_numpy()
            with np.errstate(divide="ignore", invalid="ignore"):
                shares = found[line, column] / theirs
            ratio[name].append(shares[np.isfinite(shares)])
    trailing, change = np.concatenate(ratio["trailing"]), np.concatenate(ratio["change"])
    assert min(len(trailing), len(change)) > 10_000
    assert abs(np.median(trailing) - 1) < 0.02
    assert (np.abs(trailing - 1) < 0.25).mean() > 0.8
    assert (np.abs(change - 1) < 1e-3).mean() > 0.88


def test_real_values_by_hand(shared_data):
    tables, rows = real_cellar(shared_data)
    bank = rows.filter(pl.col("asset") == "600000.SH").sort("announced")
    values = dict(bank.select("period", "n_income").rows())
    on = np.array(["2014-04-29", "2014-04-30", "2015-08-28"], dtype="datetime64[D]")
    got = Fundamentals(tables, "cn.income").field("n_income", "ttm", on, ["600000.SH"])[:, 0]
    told = dict(bank.select("period", "announced").rows())
    for line, when in enumerate(on.tolist()):
        newest = max(period for period, announced in told.items() if announced < when)
        before = date(newest.year - 1, newest.month, newest.day)
        want = values[newest] if newest.month == 12 else (
            values[newest] + values.get(date(newest.year - 1, 12, 31), np.nan)
            - values.get(before, np.nan))  # fmt: skip
        np.testing.assert_allclose(got[line], want, rtol=1e-12)
    assert np.isfinite(got).all()
