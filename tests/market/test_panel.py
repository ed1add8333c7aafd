"""Panel: what it refuses, what it shows, what it hands over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from workbench.errors import PanelError, UnknownAssetError, UnknownSessionError
from workbench.market import Assets, Panel, Sessions

SESSIONS = Sessions(["2019-01-02", "2019-01-03", "2019-01-07"])
ASSETS = Assets(["000001.SZ", "300750.SZ", "600519.SH", "688001.SH"])


def address_panel() -> Panel:
    """Values that spell their own address: 10 × row + column."""
    values = 10.0 * np.arange(3)[:, None] + np.arange(4)[None, :]
    return Panel(values, SESSIONS, ASSETS, "address")


def test_values_cannot_be_written() -> None:
    panel = address_panel()
    with pytest.raises(ValueError, match="read-only"):
        panel.values[0, 0] = 1.0
    assert not panel.to_numpy().flags.writeable


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((2, 4)), "do not fit"),
        (np.zeros((3, 4), dtype=np.int64), "int64"),
        (np.full((3, 4), "x"), "holds float64"),
        (np.zeros((3, 4), dtype=np.int32), "need `labels`"),
    ],
)
def test_wrong_values_are_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(PanelError, match=message):
        Panel(values, SESSIONS, ASSETS)


def test_labels_must_fit_the_codes() -> None:
    codes = np.zeros((3, 4), dtype=np.int32)
    codes[1, 1] = 2
    with pytest.raises(PanelError, match=r"-1 … 1; got 0 … 2"):
        Panel(codes, SESSIONS, ASSETS, labels=("bank", "food"))
    with pytest.raises(PanelError, match="Only group codes"):
        Panel(np.zeros((3, 4)), SESSIONS, ASSETS, labels=("bank",))


def test_at_reads_the_address_written_there() -> None:
    panel = address_panel()
    for row, session in enumerate(SESSIONS):
        for column, asset in enumerate(ASSETS):
            assert panel.at(asset, session) == 10 * row + column


def test_unknown_labels_are_named() -> None:
    panel = address_panel()
    with pytest.raises(UnknownAssetError, match=r"600519\.SH"):
        panel.at("600519.SS", "2019-01-02")
    with pytest.raises(UnknownSessionError, match=r"before is 2019-01-03, after is 2019-01-07"):
        panel.at("600519.SH", "2019-01-05")


def test_between_includes_both_ends_and_needs_no_session() -> None:
    part = address_panel().between("2019-01-03", "2019-01-06")
    assert part.shape == (1, 4)
    np.testing.assert_array_equal(part.values[0], [10, 11, 12, 13])


def test_select_keeps_the_order_of_the_panel() -> None:
    part = address_panel().select(["688001.SH", "000001.SZ"])
    assert part.assets.names == ("000001.SZ", "688001.SH")
    np.testing.assert_array_equal(part.values[:, 1], [3, 13, 23])


def test_pandas_frame_is_wide_and_labelled() -> None:
    frame = address_panel().to_pandas()
    assert frame.index.name == "session"
    assert frame.columns.name == "asset"
    assert frame.loc[pd.Timestamp("2019-01-07"), "600519.SH"] == 22


def test_polars_frame_is_long_with_null_for_nan() -> None:
    values = address_panel().values.copy()
    values[0, 0] = np.nan
    frame = Panel(values, SESSIONS, ASSETS, "address").to_polars()
    assert frame.columns == ["session", "asset", "address"]
    assert frame["address"].null_count() == 1
    row = frame.filter(pl.col("asset") == "300750.SZ", pl.col("session") == pl.date(2019, 1, 3))
    assert row["address"].to_list() == [11.0]


def test_groups_are_shown_by_name() -> None:
    codes = np.tile(np.array([0, 1, -1, 0], dtype=np.int32), (3, 1))
    panel = Panel(codes, SESSIONS, ASSETS, "industry", labels=("bank", "<b>food</b>"))
    assert panel.kind == "group"
    assert panel.coverage == 0.75
    assert panel.at("000001.SZ", "2019-01-02") == "bank"
    assert panel.at("600519.SH", "2019-01-02") is None
    assert panel.to_pandas().iloc[0, 1] == "<b>food</b>"
    assert panel.to_polars()["industry"].null_count() == 3


def test_html_escapes_every_text_and_draws_the_strip() -> None:
    codes = np.tile(np.array([0, 1, -1, 0], dtype=np.int32), (3, 1))
    panel = Panel(codes, SESSIONS, ASSETS, "<script>x</script>", labels=("bank", "<b>food</b>"))
    html = panel._repr_html_()
    assert "<script>" not in html
    assert "<b>food" not in html
    assert "&lt;b&gt;food" in html
    assert html.count("<rect") == 9  # three sessions × three tiles with a value


def test_heat_strip_shows_ranks_within_the_session() -> None:
    values = np.array([[1.0, 1000.0, np.nan, 2.0]] * 3)
    html = Panel(values, SESSIONS, ASSETS)._repr_html_()
    assert html.count("<rect") == 9
    assert html.count("#2c699a") == 3  # the smallest of each session is the coldest
    assert html.count("#b23a48") == 3  # the largest the hottest, however large


def test_mask_and_empty_panels_have_a_repr() -> None:
    mask = Panel(np.ones((3, 4), dtype=bool), SESSIONS, ASSETS, "listed")
    assert "100.0 % present" in repr(mask)
    assert mask.at("000001.SZ", "2019-01-02") is True
    empty = Panel(np.zeros((0, 4)), Sessions([]), ASSETS)
    assert "no session" in repr(empty)
    assert "<svg" not in empty._repr_html_()
