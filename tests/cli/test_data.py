"""``workbench data``: what it prints, as what status it ends, in a workspace of its own."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.data.bars import tushare_rows, write
from workbench.cli.imported import refused
from workbench.cli.main import run
from workbench.data.update.report import DatasetReport, UpdateReport


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
    assert call("import", str(file), "--dataset", "cn.bars_1d")[0] == 0
    return call


@pytest.fixture
def listed(call, tmp_path):
    """Say who is listed, so that a share without a bar is a gap."""

    def enter(name, rows):
        file = write(tmp_path, rows, f"{name}.csv")
        assert call("import", str(file), "--dataset", name)[0] == 0

    codes = ["000001.SZ", "600519.SH"]
    day = ["19910403", "20010827"]
    shares = {"asset": codes, "security_id": codes, "valid_from": day, "list_date": day}
    enter("ref.securities", shares | {"status": ["L", "L"]})
    halt = {"session": ["20200102"], "asset": ["000002.SZ"], "kind": ["S"]}
    return lambda: enter("cn.suspend", halt)


def test_an_empty_workspace_says_so(call):
    assert answer(call, "status") == answer(call, "verify") == []
    for word in ("status", "verify"):
        code, out, _ = call(word)
        assert code == 0
        assert out.startswith("Nothing is stored yet in ")
        assert out.rstrip().endswith("home.")
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
    assert {"cn.bars_1d", "cn.adj_factor", "ref.provisional", "cal.sessions"} <= held


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


def test_hints_are_said_for_the_command_line(call, tmp_path):
    rows = tushare_rows() | {"agree": [1.0] * 5, "my note": list("abcab")}
    file = str(write(tmp_path, rows, "more.csv"))
    code, _, err = call("import", file, "--dataset", "cn.bars_1d")
    assert code == 1
    assert "On the command line: `--map agree= --map 'my note='`." in err
    lots = tushare_rows()
    lots["vol"] = [value * 100 for value in lots["vol"]]
    code, _, err = call("import", str(write(tmp_path, lots, "u.csv")), "--dataset", "cn.bars_1d")
    assert code == 1
    assert "--unit volume=shares --unit amount=thousand_cny" in err
    options = ["--map", "agree=", "--map", "my note="]
    assert call("import", file, "--dataset", "cn.bars_1d", *options)[0] == 0


def test_import_says_what_would_prove_it(call, tmp_path, listed):
    words = ["import", str(write(tmp_path, tushare_rows(), "bars.csv")), "--dataset", "cn.bars_1d"]
    code, out, _ = call(*words)
    assert code == 0
    assert out.splitlines()[-1] == (
        "Stored; whether cn.bars_1d and cn.adj_factor are complete is unknown until cn.suspend is "
        "there."
    )
    listed()
    report = answer(call, *words)
    assert not report["complete"]
    code, out, _ = call(*words)
    assert code == 0
    assert "Stored, not complete: 2 expected rows missing; `workbench data gaps cn.bars_1d`" in out


def test_import_that_proves_itself(call, tmp_path, listed):
    listed()
    rows = {name: values[:2] for name, values in tushare_rows().items()}
    code, out, _ = call("import", str(write(tmp_path, rows, "day.csv")), "--dataset", "cn.bars_1d")
    assert code == 0
    assert out.splitlines()[-1] == "Stored and complete."


def test_import_without_any_list_of_shares(call, tmp_path):
    file = write(tmp_path, tushare_rows(), "bars.csv")
    code, out, _ = call("import", str(file), "--dataset", "cn.bars_1d")
    assert code == 0
    assert "unknown until cn.suspend and ref.securities are there." in out


def test_rows_left_out_end_with_one():
    kept = DatasetReport("cn.bars_1d", rows=5, units={"committed": 3})
    assert not refused(UpdateReport((kept,)))
    assert refused(UpdateReport((kept, replace(kept, notes=("1 rows quarantined: x",)))))
    assert refused(UpdateReport((replace(kept, rows=0),)))


def test_gaps_end_with_one(call, tmp_path, listed):
    listed()
    call("import", str(write(tmp_path, tushare_rows(), "bars.csv")), "--dataset", "cn.bars_1d")
    code, out, _ = call("gaps", "cn.bars_1d", "--end", "2020-01-08")
    assert code == 1  # 600519.SH has no bar on the second session and no suspension says why
    first, second = out.index("Gaps of cn.bars_1d by kind"), out.index("Gaps of cn.bars_1d: 3 rows")
    assert first < second
    assert "600519.SH" in out[second:]
    assert "00:00" not in out
    assert "2020-01-03" in out
    _, out, _ = call("gaps", "cn.bars_1d", "--end", "2020-01-08", "--rows", "1")
    assert "Gaps of cn.bars_1d: 3 rows, first 1 shown; --json gives all\n" in out
    assert "2020-01-08" not in out[out.index("first 1 shown") :]
    words = ["gaps", "cn.bars_1d", "--end", "2020-01-08", "--rows", "1"]
    assert len(answer(call, *words, status=1)) == 3


def test_revisions_and_rows(filled, tmp_path):
    assert filled("revisions")[1] == "Revisions: 0 rows\n"
    rows = tushare_rows()
    rows["high"] = [value + 0.1 for value in rows["high"]]
    file = str(write(tmp_path, rows, "changed.csv"))
    assert filled("import", file, "--dataset", "cn.bars_1d")[0] == 0
    out = filled("revisions", "cn.bars_1d", "--rows", "2")[1]
    assert "Revisions of cn.bars_1d: 5 rows, first 2 shown; --json gives all\n" in out
    assert re.search(r"\d\d:\d\d:\d\dZ", out)
    assert len(answer(filled, "revisions", "--rows", "2")) == 5


def test_sql_counts_its_rows(filled):
    text = "select session, asset from cn.bars_1d order by session, asset"
    out = filled("sql", text + " limit 1")[1]
    assert out.splitlines()[0] == "1 row"
    assert "2020-01-02  000001.SZ" in out
    out = filled("sql", text, "--rows", "2")[1]
    assert out.splitlines()[0] == "5 rows, first 2 shown; --json gives all"
    assert len(answer(filled, "sql", text, "--rows", "2")) == 5


def test_snapshot_verify_prune(filled):
    assert answer(filled, "verify") == []
    assert filled("verify")[:2] == (0, "All is well.\n")
    pinned = answer(filled, "snapshot", "first")
    assert {row["snapshot"] for row in pinned} == {"first"}
    shown = answer(filled, "prune")
    assert not any(row["done"] for row in shown)
    assert all(row["done"] for row in answer(filled, "prune", "--yes"))
    assert answer(filled, "verify") == []


def test_findings_of_verify(filled, tmp_path):
    files = list((tmp_path / "home" / "store" / "cn").rglob("*.parquet"))
    assert len(files) > 1
    for file in files:
        file.write_bytes(b"")
    code, out, _ = filled("verify", "--rows", "1")
    assert code == 1
    found = answer(filled, "verify", "--rows", "1", status=1)
    assert len(found) >= len(files)
    assert out.startswith(f"Findings: {len(found)} rows, first 1 shown; --json gives all\n")


def test_demo_update(call):
    words = ["update", "cn", "--provider", "demo", "--start", "2019-01-02", "--end", "2019-01-31"]
    report = answer(call, *words)
    assert report["complete"]
    assert answer(call, "gaps", "cn.bars_1d") == []
    lines = call("status")[1].splitlines()
    assert max(map(len, lines)) <= 120
    assert any("kB" in line for line in lines)
    (bars,) = (row for row in answer(call, "status") if row["dataset"] == "cn.bars_1d")
    assert isinstance(bars["bytes"], int)
    assert set(bars) >= {"verified", "committed", "empty", "updated_at", "first", "last"}


def test_unknown_words(call):
    code, _, err = call("update", "cn.bars")
    assert code == 1
    assert "cn.bars_1d" in err
