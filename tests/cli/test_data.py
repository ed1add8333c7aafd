"""``workbench data``: what it prints, as what status it ends, in a workspace of its own."""

from __future__ import annotations

import json

import pytest

from tests.data.bars import tushare_rows, write
from workbench.cli.main import run


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_CONFIG_HOME", str(tmp_path / "config"))

    def command(*words):
        with pytest.raises(SystemExit) as left:
            run(["data", *words])
        printed = capsys.readouterr()
        return left.value.code, printed.out, printed.err

    return command


def answer(call, *words, status=0):
    code, out, err = call(*words, "--json")
    assert code == status, err
    return json.loads(out)


@pytest.fixture
def filled(call, tmp_path):
    file = write(tmp_path, tushare_rows(), "bars.csv")
    assert call("import", str(file), "--dataset", "cn.bars_1d")[0] in (0, 1)
    return call


def test_an_empty_workspace_says_so(call):
    assert answer(call, "status") == []
    code, _, err = call("sql", "select * from cn.bars_1d")
    assert code == 1
    assert "workbench data update cn.bars_1d" in err


def test_providers_and_datasets(call):
    found = answer(call, "providers")
    assert {row["provider"] for row in found["providers"]} >= {"tushare", "massive", "demo"}
    assert "cn.bars_1d" in {row["dataset"] for row in found["datasets"]}


def test_import_then_query(filled):
    rows = answer(
        filled, "sql", "select asset, count(*) as n from cn.bars_1d group by asset order by asset"
    )
    assert [(row["asset"], row["n"]) for row in rows] == [("000001.SZ", 3), ("600519.SH", 2)]
    held = {row["dataset"] for row in answer(filled, "status")}
    assert {"cn.bars_1d", "cn.adj_factor", "ref.securities", "cal.sessions"} <= held


def test_import_refuses_with_row_numbers(call, tmp_path):
    rows = tushare_rows()
    rows["close"] = ["x", *rows["close"][1:]]
    code, _, err = call("import", str(write(tmp_path, rows, "bad.csv")), "--dataset", "cn.bars_1d")
    assert code == 1
    assert "row 1" in err


def test_mapping_on_the_command_line(call, tmp_path):
    rows = {"d": ["20240131"], "c": ["A"], "s": [1.5], "junk": ["?"]}
    file = write(tmp_path, rows, "mine.csv")
    words = ["import", str(file), "--dataset", "user.mine", "--key", "session,asset"]
    names = ["--map", "d=session", "--map", "c=asset", "--map", "s=score", "--map", "junk="]
    assert answer(call, *words, *names)["complete"]
    assert call("import", str(file), "--dataset", "user.mine", "--map", "d")[0] == 2


def test_gaps_end_with_one(filled):
    code, out, _ = filled("gaps", "cn.bars_1d")
    assert code == 1  # 600519.SH has no bar on the second session and no suspension says why
    assert "600519.SH" in out


def test_snapshot_verify_prune(filled):
    assert answer(filled, "verify") == []
    pinned = answer(filled, "snapshot", "first")
    assert {row["snapshot"] for row in pinned} == {"first"}
    shown = answer(filled, "prune")
    assert not any(row["done"] for row in shown)
    assert all(row["done"] for row in answer(filled, "prune", "--yes"))
    assert answer(filled, "verify") == []


def test_demo_update(call):
    words = ["update", "cn", "--provider", "demo", "--start", "2019-01-02", "--end", "2019-01-31"]
    report = answer(call, *words)
    assert report["complete"]
    assert answer(call, "gaps", "cn.bars_1d") == []


def test_unknown_words(call):
    code, _, err = call("update", "cn.bars")
    assert code == 1
    assert "cn.bars_1d" in err
