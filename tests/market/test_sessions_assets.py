"""Sessions and assets: order is meaning, so disorder is refused."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from workbench.errors import (
    EmptyUniverseError,
    PanelError,
    UnknownAssetError,
    UnknownSessionError,
)
from workbench.market import Assets, Sessions

DAYS = ["2019-01-02", "2019-01-03", "2019-01-07"]


@pytest.mark.parametrize(
    "days",
    [
        DAYS,
        [date(2019, 1, 2), date(2019, 1, 3), date(2019, 1, 7)],
        np.array(DAYS, "datetime64[ns]"),
    ],
)
def test_sessions_read_any_day(days: object) -> None:
    assert Sessions(days) == Sessions(DAYS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["2019-01-03", "2019-01-02"], "followed by 2019-01-02"),
        (["2019-01-03", "2019-01-03"], "without repetition"),
        (["2019-01-03", "soon"], "must be days"),
        (["2019-01-03", None], "NaT"),
        ([[1, 2], [3, 4]], "must be days|one-dimensional"),
    ],
)
def test_disorder_is_refused(days: list, message: str) -> None:
    with pytest.raises(PanelError, match=message):
        Sessions(days)


def test_slice_covers_both_ends() -> None:
    sessions = Sessions(DAYS)
    assert sessions.slice("2019-01-03", "2019-01-07") == slice(1, 3)
    assert sessions.slice("2019-01-04", "2019-01-06") == slice(2, 2)
    assert sessions.slice(None, datetime(2019, 1, 3, 15)) == slice(0, 2)
    assert sessions.slice("2020-01-01", "2018-01-01") == slice(3, 3)


def test_membership_and_bounds() -> None:
    sessions = Sessions(DAYS)
    assert "2019-01-07" in sessions
    assert "2019-01-05" not in sessions
    assert (str(sessions.first), str(sessions.last)) == ("2019-01-02", "2019-01-07")
    with pytest.raises(EmptyUniverseError):
        _ = Sessions([]).first
    with pytest.raises(UnknownSessionError, match="is not a day"):
        sessions.index("tomorrow")


def test_sessions_are_immutable_and_own_their_days() -> None:
    days = np.array(DAYS, dtype="datetime64[D]")
    sessions = Sessions(days)
    days[0] = np.datetime64("2000-01-01")
    assert str(sessions.first) == "2019-01-02"
    with pytest.raises(ValueError, match="read-only"):
        sessions.values[0] = np.datetime64("2000-01-01")
    assert hash(sessions) == hash(Sessions(DAYS))


@pytest.mark.parametrize("names", [["b", "a"], ["a", "a"], [""], [None], [1]])
def test_assets_refuse_disorder(names: list) -> None:
    with pytest.raises(PanelError):
        Assets(names)


def test_asset_lookup_offers_near_names() -> None:
    assets = Assets(["000001.SZ", "000002.SZ"])
    assert [assets.index(name) for name in assets] == [0, 1]
    with pytest.raises(UnknownAssetError, match=r"Did you mean '000001\.SZ'"):
        assets.index("000001.SH")
