"""Tables of one's own: declared once, kept to ever after."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.data.files.table import read_table
from workbench.data.files.user_tables import declare, find_dataset, user_datasets
from workbench.errors import BadValueError, SchemaError, UnknownDatasetError


def table(tmp_path, **columns):
    file = tmp_path / "mine.parquet"
    pl.DataFrame(columns).write_parquet(file)
    return read_table([file])


def test_kinds_are_told_from_the_values(tmp_path):
    mine = table(
        tmp_path,
        trade_date=["20240102"],
        symbol=["A"],
        score=[1.5],
        text=["why"],
        count=["7"],
        due=["2024-01-05"],
        flag=["true"],
    )
    contract = declare(tmp_path, "user.mine", mine, {"count": "n"}, None)
    assert {c.name: c.kind for c in contract.columns} == {
        "session": "day",
        "asset": "text",
        "score": "number",
        "text": "text",
        "n": "number",
        "due": "day",
        "flag": "truth",
    }
    assert contract.key == ("session", "asset")
    assert find_dataset(tmp_path, "user.mine") == contract
    assert user_datasets(tmp_path) == ("user.mine",)


def test_the_first_declaration_holds(tmp_path):
    declare(tmp_path, "user.a", table(tmp_path, asset=["A"], x=[1.0]), None, ["asset"])
    again = declare(tmp_path, "user.a", table(tmp_path, asset=["A"], x=["text"]), None, None)
    assert again["x"].kind == "number"
    with pytest.raises(SchemaError, match="declared with the key"):
        declare(tmp_path, "user.a", table(tmp_path, asset=["A"], x=[1.0]), None, ["asset", "x"])


@pytest.mark.parametrize(
    "name", ["mine", "user.", "user.A", "user.a/b", "user...", "user.a b", "user.1a", "cn.mine"]
)
def test_names_that_are_none(tmp_path, name):
    with pytest.raises(BadValueError, match=r"user\.<name>"):
        declare(tmp_path, name, table(tmp_path, asset=["A"]), None, ["asset"])
    assert not (tmp_path / "meta").exists()


def test_a_key_is_needed(tmp_path):
    with pytest.raises(SchemaError, match="needs a key"):
        declare(tmp_path, "user.a", table(tmp_path, x=[1.0]), None, None)
    with pytest.raises(SchemaError, match="needs a key"):
        declare(tmp_path, "user.a", table(tmp_path, x=[1.0]), None, ["y"])


def test_columns_that_cannot_be(tmp_path):
    with pytest.raises(SchemaError, match="rename"):
        declare(tmp_path, "user.a", table(tmp_path, asset=["A"], **{"a b": [1]}), None, ["asset"])
    with pytest.raises(SchemaError, match="two columns mean 'session'"):
        declare(
            tmp_path, "user.a", table(tmp_path, date=["20240102"], day=["20240102"]), None, None
        )
    with pytest.raises(SchemaError, match="mixes numbers"):
        declare(
            tmp_path, "user.a", table(tmp_path, asset=["A", "B"], x=["1", "b"]), None, ["asset"]
        )
    with pytest.raises(SchemaError, match="no table here can keep"):
        declare(tmp_path, "user.a", table(tmp_path, asset=["A"], x=[[1]]), None, ["asset"])


def test_unknown_tables_have_near_names(tmp_path):
    declare(tmp_path, "user.signal", table(tmp_path, asset=["A"]), None, ["asset"])
    with pytest.raises(UnknownDatasetError, match=r"user\.signal"):
        find_dataset(tmp_path, "user.signals")
    with pytest.raises(UnknownDatasetError, match=r"cn\.bars_1d"):
        find_dataset(tmp_path, "cn.bars")
    with pytest.raises(UnknownDatasetError):
        find_dataset(tmp_path, "user.../../etc")
