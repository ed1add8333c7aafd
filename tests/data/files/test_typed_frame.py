"""Columns by their kind, refusals with row numbers."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from workbench.data.catalog import dataset
from workbench.data.files.table import read_table
from workbench.data.files.typed_frame import typed_frame
from workbench.errors import BadValueError, DuplicateKeyError, SchemaError


def table(tmp_path, text):
    file = tmp_path / "weights.csv"
    file.write_text(text, encoding="utf-8")
    return read_table([file])


def test_reads_by_kind(tmp_path):
    read = typed_frame(
        table(
            tmp_path,
            "index,date,ts_code,weight\n000300.SH,20240131,600519.SH,0.05\n000300.SH,2024-01-31,000001.SZ,\n",
        ),
        dataset("idx.weights"),
    )
    assert read.schema == dataset("idx.weights").schema()
    assert read.rows() == [
        ("000300.SH", date(2024, 1, 31), "600519.SH", 0.05),
        ("000300.SH", date(2024, 1, 31), "000001.SZ", None),
    ]


def test_lacking_columns_are_null_and_order_is_the_contract(tmp_path):
    frame = pl.DataFrame({"asset": ["A"], "session": [date(2024, 1, 2)]})
    frame.write_parquet(tmp_path / "x.parquet")
    read = typed_frame(read_table([tmp_path / "x.parquet"]), dataset("cn.limits_1d"))
    assert read.rows() == [(date(2024, 1, 2), "A", None, None, None)]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("index,date,asset,weight\na,20240131,x,1\na,20240231,y,1\n", BadValueError, "row 2"),
        ("index,date,asset,weight\na,20240131,x,1\na,20240131,y,big\n", BadValueError, "row 2"),
        ("index,date,asset,weight\na,20240131,x,1\na,,y,1\n", BadValueError, "row 2"),
        ("index,date,asset,weight\na,20240131,x,inf\n", BadValueError, "row 1"),
        (
            "index,date,asset,weight\na,20240131,x,1\na,20240131,y,1\na,2024-01-31,x,2\n",
            DuplicateKeyError,
            r"row 1, row 3",
        ),
        ("index,date,asset,weigth\na,20240131,x,1\n", SchemaError, "weight"),
        ("index,date,weight\na,20240131,1\n", SchemaError, "lacks.*asset"),
        ("index,date,session,asset\na,20240131,20240131,x\n", SchemaError, "both mean 'session'"),
    ],
)
def test_refusals_say_the_rows(tmp_path, text, error, said):
    with pytest.raises(error, match=said):
        typed_frame(table(tmp_path, text), dataset("idx.weights"))


def test_mapping_renames_and_leaves_out(tmp_path):
    text = "i,d,a,w,junk\nx,20240131,b,0.5,?\n"
    mapping = {"i": "index", "d": "session", "a": "asset", "w": "weight", "junk": None}
    read = typed_frame(table(tmp_path, text), dataset("idx.weights"), mapping)
    assert read.rows() == [("x", date(2024, 1, 31), "b", 0.5)]
    with pytest.raises(SchemaError, match="'z', which the file does not have"):
        typed_frame(table(tmp_path, text), dataset("idx.weights"), {"z": "index"})


def test_times_need_a_zone(tmp_path):
    head = "time,asset,close\n"
    read = typed_frame(
        table(tmp_path, head + "2024-01-02T09:31:00+08:00,A,1\n"), dataset("cn.bars_1m")
    )
    assert str(read["time"][0]) == "2024-01-02 01:31:00+00:00"
    with pytest.raises(BadValueError, match="offset"):
        typed_frame(table(tmp_path, head + "2024-01-02 09:31:00,A,1\n"), dataset("cn.bars_1m"))
