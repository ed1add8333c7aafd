"""An import that is killed leaves each dataset as it was or as it should be, whole.

``WORKBENCH_KILLS`` says how many kills (default 4).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

import workbench as wb

KILLS = int(os.environ.get("WORKBENCH_KILLS", "4"))
ROOT = Path(__file__).resolve().parents[3]
DAYS = ["20200102", "20200103", "20200106", "20200107", "20200108"]
CODES = [f"6000{n:02d}.SH" for n in range(40)]
VICTIM = """
import itertools, sys
import workbench as wb
ws = wb.open(sys.argv[1])
for number in itertools.count():
    ws.data.import_files(f"{sys.argv[2]}/{number % 3}.parquet", dataset="cn.bars_1d")
    if not number:
        print("ready", flush=True)
"""


def bars(price: float) -> pl.DataFrame:
    keys = pl.DataFrame({"trade_date": DAYS}).join(pl.DataFrame({"ts_code": CODES}), how="cross")
    prices = [pl.lit(price).alias(name) for name in ("open", "high", "low", "close")]
    amount = (pl.lit(price) * 100 * 100 / 1000).alias("amount")
    factor = pl.lit(price).alias("adj_factor")
    return keys.with_columns(*prices, pl.lit(100.0).alias("vol"), amount, factor)


def test_killed_imports_leave_whole_datasets(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(3):
        bars(10.0 + number).write_parquet(tmp_path / f"{number}.parquet")
    home = tmp_path / "home"
    wb.open(home).data.import_files(tmp_path / "0.parquet", dataset="cn.bars_1d")
    words = [sys.executable, "-c", VICTIM, str(home), str(tmp_path)]
    seen = set()
    for _ in range(KILLS):
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
            assert victim.stdout is not None
            assert victim.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.6))
            victim.send_signal(signal.SIGKILL)
        ws = wb.open(home)
        for name, column in (("cn.bars_1d", "close"), ("cn.adj_factor", "adj_factor")):
            rows = ws._cellar.table(name).read()
            assert rows.height == len(DAYS) * len(CODES)
            assert not rows.select("session", "asset").is_duplicated().any()
            assert rows[column].n_unique() == 1, "a torn dataset"
            seen.add((name, rows[column][0]))
    ws.data.import_files(tmp_path / "1.parquet", dataset="cn.bars_1d")
    assert set(ws._cellar.table("cn.bars_1d").read()["close"]) == {11.0}
    assert ws.data.verify().empty
    assert len(seen) > 2, "the kills came too early to change anything"
