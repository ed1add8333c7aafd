"""Universe filters, each judged on the session itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data import cellar_fixture as world
from workbench.data.assembly.market import market
from workbench.data.assembly.source import StoreSource
from workbench.data.assembly.universes import (
    UniverseFilter,
    checked_index,
    index_members,
    membership,
)
from workbench.data.reading.window import Window
from workbench.errors import BadValueError, CalendarUnknownError, DataGapError

WINDOW = Window(date(2023, 12, 1), date(2024, 1, 31))
DAYS = world.sessions(WINDOW.first, WINDOW.last)
ALL = {"exclude_st": False}


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    return world.make_cellar(tmp_path_factory.mktemp("universe") / "ws")


@pytest.fixture(scope="module")
def source(cellar):
    return StoreSource(cellar, "cn", WINDOW)


def chosen(source, **conditions) -> np.ndarray:
    return membership(source, UniverseFilter(**{**ALL, **conditions}), "raise")


def truth(value) -> np.ndarray:
    return np.array([[bool(value(asset, day)) for asset in world.ASSETS] for day in DAYS])


def listed(asset: str, day: date) -> bool:
    if asset == "301000.SZ":
        return day >= world.LISTED
    return not (asset == "600001.SH" and day >= world.DELISTED)


def test_without_conditions_all_listed_belong(source):
    np.testing.assert_array_equal(chosen(source), truth(listed))


def test_sessions_since_listing_are_counted_by_the_calendar(source):
    days = world.sessions()
    seasoned = days[days.index(world.LISTED) + 5]
    expected = truth(lambda a, d: listed(a, d) and (a != "301000.SZ" or d >= seasoned))
    np.testing.assert_array_equal(chosen(source, listed_sessions=5), expected)


def test_counting_beyond_the_calendar_is_refused(source):
    with pytest.raises(CalendarUnknownError, match="earlier"):
        chosen(source, listed_sessions=200)


def test_boards(source):
    star = truth(lambda a, d: listed(a, d) and a.startswith("688"))
    np.testing.assert_array_equal(chosen(source, boards=("star",)), star)
    both = truth(lambda a, d: listed(a, d) and a[:3] in ("688", "300", "301"))
    np.testing.assert_array_equal(chosen(source, boards=["star", "chinext"]), both)


def test_warned_and_suspended(source):
    calm = truth(lambda a, d: listed(a, d) and (a != "600001.SH" or d < world.WARNED))
    np.testing.assert_array_equal(chosen(source, exclude_st=True), calm)
    open_ = truth(lambda a, d: listed(a, d) and (a != "300750.SZ" or d not in world.HALT))
    np.testing.assert_array_equal(chosen(source, exclude_suspended=True), open_)


def mean_amount(asset: str, day: date, window: int) -> float:
    """By definition: sessions without a bar count as nothing traded."""
    days = world.sessions()
    last = days.index(day) + 1
    bars = [world.bar(asset, one) for one in days[last - window : last]]
    return sum(bar["amount"] if bar else 0.0 for bar in bars) / window


@pytest.mark.parametrize(("money", "window"), [(1e7, 20), (2.5e7, 5)])
def test_mean_amount_up_to_the_session(source, money, window):
    expected = truth(lambda a, d: listed(a, d) and mean_amount(a, d, window) >= money)
    found = chosen(source, min_adv=money, adv_window=window)
    assert 0 < expected.sum() < truth(listed).sum()
    np.testing.assert_array_equal(found, expected)


def test_where_earlier_bars_are_not_stored_nobody_is_known_to_trade(cellar):
    first = StoreSource(cellar, "cn", Window(world.FIRST, date(2023, 11, 30)))
    found = membership(first, UniverseFilter(min_adv=1.0, adv_window=5, **ALL), "raise")
    assert not found[:4].any()
    assert found[4].sum() == 6


@pytest.mark.parametrize("day", [date(2023, 12, 29), date(2024, 1, 16)])
def test_membership_knows_no_future_and_no_beginning(tmp_path, cellar, source, day):
    rules = {"min_adv": 1e7, "listed_sessions": 5, "base": "csi300", "exclude_st": True,
             "exclude_suspended": True, "adv_window": 10}  # fmt: skip
    here = chosen(source, **rules)
    changed = world.make_cellar(tmp_path / "ws", world.future(day))
    there = chosen(StoreSource(changed, "cn", WINDOW), **rules)
    until = DAYS.index(day) + 1
    np.testing.assert_array_equal(here[:until], there[:until])
    part = StoreSource(cellar, "cn", Window(day, WINDOW.last))
    columns = [source.assets.index(asset) for asset in part.assets]
    np.testing.assert_array_equal(chosen(part, **rules), here[until - 1 :][:, columns])


def test_sessions_before_the_first_snapshot(tmp_path):
    def later(made):
        return made | {
            "idx.weights": made["idx.weights"].filter(pl.col("session") > date(2023, 12, 1))
        }

    here = world.make_cellar(tmp_path / "ws", later, skip=["idx.weights"])
    world.put(here, "idx.weights", later(world.frames())["idx.weights"])
    days = np.array(DAYS, dtype="datetime64[D]")
    with pytest.raises(DataGapError, match=r"No snapshot of csi300 is known on 21 sessions"):
        index_members(here, "csi300", days, ["000001.SZ"], "raise")
    mask, notes = index_members(here, "csi300", days, ["000001.SZ"], "ignore")
    assert mask[:, 0].tolist() == [day > date(2023, 12, 29) for day in DAYS]
    assert any("first snapshot" in note for note in notes)
    with pytest.warns(UserWarning, match="they have no members"):
        found = market(here, universe="csi300", on_gap="warn", start=DAYS[0], end=DAYS[-1])
    assert any("first snapshot" in note for note in found.notes)


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"base": "csi330"}, "Did you mean"),
        ({"listed_sessions": -1}, "listed_sessions"),
        ({"listed_sessions": 1.5}, "whole number"),
        ({"listed_sessions": True}, "whole number"),
        ({"min_adv": -1.0}, "min_adv"),
        ({"min_adv": float("nan")}, "min_adv"),
        ({"min_adv": float("inf")}, "min_adv"),
        ({"adv_window": 0}, "adv_window"),
        ({"boards": ("starr",)}, "Did you mean 'star'"),
    ],
)
def test_conditions_that_cannot_be_meant(conditions, said):
    with pytest.raises(BadValueError, match=said):
        UniverseFilter(**conditions)


def test_indices_by_name_and_code():
    assert checked_index("CSI300") == "csi300"
    assert checked_index("399300.sz") == "399300.SZ"
    with pytest.raises(BadValueError, match="no universe"):
        checked_index(None)
