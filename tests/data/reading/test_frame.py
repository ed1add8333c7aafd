"""Frame: immutable rows with provenance, and one column as a panel."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from workbench.data.reading.frame import Frame
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError
from workbench.market import Sessions

DAYS = [date(2024, 1, 2), date(2024, 1, 4)]
ROWS = pl.DataFrame(
    {
        "session": [DAYS[0], DAYS[0], DAYS[1]],
        "asset": ["600519.SH", "000001.SZ", "000001.SZ"],
        "close": [1.0, None, 3.0],
        "trades": [1, 2, 3],
        "halted": [True, False, None],
        "board": ["main", "main", None],
        "note": [b"x", b"y", b"z"],
    }
)
SESSIONS = Sessions(["2024-01-02", "2024-01-03", "2024-01-04"])


@pytest.fixture
def frame():
    return Frame(ROWS, {"dataset": "cn.bars_1d", "version": 3}, SESSIONS)


def test_numbers_lie_on_every_session_of_the_window(frame):
    panel = frame.panel("close")
    assert panel.assets.names == ("000001.SZ", "600519.SH")
    assert panel.sessions == SESSIONS
    expected = [[np.nan, 1.0], [np.nan, np.nan], [3.0, np.nan]]
    np.testing.assert_array_equal(panel.values, expected)
    assert panel.provenance["version"] == 3


def test_without_a_window_the_days_are_those_of_the_rows():
    panel = Frame(ROWS).panel("trades")
    assert panel.sessions.values.astype(str).tolist() == ["2024-01-02", "2024-01-04"]
    np.testing.assert_array_equal(panel.values, [[2.0, 1.0], [3.0, np.nan]])


def test_truth_and_text(frame):
    np.testing.assert_array_equal(frame.panel("halted").values[0], [0.0, 1.0])
    board = frame.panel("board")
    assert board.kind == "group"
    assert board.at("600519.SH", "2024-01-02") == "main"
    assert board.at("000001.SZ", "2024-01-04") is None


def test_rows_of_other_days_are_not_moved_to_a_session():
    sessions = Sessions(["2024-01-02", "2024-01-03"])
    with pytest.raises(BadValueError, match="1 days of these rows are no sessions"):
        Frame(ROWS, sessions=sessions).panel("close")


def test_what_no_panel_can_hold(frame):
    with pytest.raises(SchemaError, match="Did you mean 'close'"):
        frame.panel("clsoe")
    with pytest.raises(SchemaError, match="holds Binary"):
        frame.panel("note")
    with pytest.raises(SchemaError, match="no column 'asset'"):
        Frame(ROWS.drop("asset")).panel("close")
    with pytest.raises(DuplicateKeyError, match=r"000001.SZ has more than one row on 2024-01-02"):
        Frame(pl.concat([ROWS, ROWS[1:2]])).panel("close")


def test_nothing_reaches_back_into_a_frame(frame):
    mine = ROWS.clone()
    kept = Frame(mine)
    mine.insert_column(0, pl.Series("extra", [1, 2, 3]))
    assert "extra" not in kept.columns
    out = kept.to_polars()
    out.insert_column(0, pl.Series("extra", [1, 2, 3]))
    assert "extra" not in kept.frame.columns
    with pytest.raises(TypeError):
        frame.provenance["version"] = 4
    with pytest.raises(AttributeError):
        frame.frame = ROWS
    with pytest.raises(ValueError, match="read-only"):
        frame.panel("close").values[0, 0] = 1.0


def test_ways_out(frame):
    table = frame.to_pandas()
    assert str(table["session"].dtype).startswith("datetime64")
    assert table["close"].isna().tolist() == [False, True, False]
    assert frame.to_arrow().num_rows == len(frame) == 3
    assert frame.to_polars().equals(ROWS)
    assert "cn.bars_1d: 3 rows × 7 columns" in repr(frame)


def test_html_is_escaped():
    shown = Frame(pl.DataFrame({"<b>": ["<script>"]}), {"note": "<i>"})._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;i&gt;" in shown
