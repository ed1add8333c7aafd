"""Tables on the terminal: days, times, counts and sizes as people write them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.cli import tables
from workbench.cli.status_table import by_kind, status_table
from workbench.report.results import plain

CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2015, 1, 5), "2015-01-05"),
        (pd.Timestamp("2015-01-05"), "2015-01-05"),
        (pd.Timestamp("2015-01-05 09:31:00.25"), "2015-01-05 09:31:00"),
        (pd.Timestamp("2015-01-05 07:01:02.123456", tz="UTC"), "2015-01-05 07:01:02Z"),
        (dt.datetime(2015, 1, 5, tzinfo=dt.UTC), "2015-01-05 00:00:00Z"),
        (dt.datetime(2015, 1, 5, 15, 0, 0, 9, CHINA), "2015-01-05 15:00:00+08:00"),
        (pd.NaT, "\N{EN DASH}"),
        (9999, "9999"),
        (10_000, "10,000"),
        (np.int64(-86_930), "-86,930"),
        (1_234_500.0, "1,234,500"),
        (10**18 + 1, "1,000,000,000,000,000,001"),
        (1e18, "1e+18"),
        (float("inf"), "inf"),
    ],
)
def test_how_values_are_written(value: object, text: str) -> None:
    assert tables.written(value) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (999, "999 B"),
        (1_000, "1 kB"),
        (999_600, "1.0 MB"),
        (9_960_000, "10 MB"),
        (3e15, "3,000 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert tables.sized(count) == text


def test_a_title_is_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    title = "A title that is far longer than the one narrow column below it"
    tables.show(title, ["n"], [[1]])
    assert capsys.readouterr().out.splitlines()[0] == title
    tables.show("x" * 300, ["n"], [[1]])
    assert capsys.readouterr().out.splitlines()[0] == "x" * 300


def test_a_full_status_fits(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "rows": 12_345_678,
        "first": pd.Timestamp("2015-01-05"),
        "last": pd.Timestamp("2024-12-31"),
        "version": 1234,
        "verified": 9998,
        "committed": 1,
        "empty": 1,
        "gaps": 1_086_930,
        "bytes": 208_912_345,
        "updated_at": pd.Timestamp("2025-01-01 07:01:02.123456", tz="UTC"),
    }
    index = pd.Index(["cn.northbound_1d"], name="dataset")
    short = status_table(pd.DataFrame([row], index=index))
    tables.show("Workspace", *tables.frame_rows(short))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 120
    (line,) = (line for line in lines if "cn.northbound_1d" in line)
    assert line.split() == [
        *("cn.northbound_1d", "12,345,678", "2015-01-05", "2024-12-31", "1234", "99.9%"),
        *("1,086,930", "209", "MB", "2025-01-01", "07:01:02Z"),
    ]


def test_gaps_by_kind() -> None:
    days = pd.to_datetime(["2020-01-03", "2020-01-02", "2020-01-03", None])
    gaps = pd.DataFrame(
        {
            "session": days,
            "asset": [None, "A", "A", "B"],
            "kind": ["unfetched", "missing", "missing", "missing"],
        }
    )
    first, second = by_kind(gaps).to_dict(orient="records")
    assert (first["kind"], first["rows"], first["sessions"], first["assets"]) == (
        "missing",
        3,
        2,
        2,
    )
    assert (first["first"], first["last"]) == (days[1], days[0])
    assert (second["kind"], second["rows"], second["assets"]) == ("unfetched", 1, 0)


def test_no_time_is_null_in_json() -> None:
    assert plain({"updated_at": pd.NaT, "first": pd.Timestamp("2020-01-02")}) == {
        "updated_at": None,
        "first": "2020-01-02",
    }
