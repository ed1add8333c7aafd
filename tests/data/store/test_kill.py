"""A writer killed anywhere leaves the state before or after its step, and loses no answered one.

`WORKBENCH_KILLS` says how many random kills (12 by default).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.data.store import kill_writer
from tests.data.store.kill_writer import POINTS, state
from tests.data.store.tables import DAILY, store_at
from workbench.data.store import Ledger, Store, prepare

KILLS = int(os.environ.get("WORKBENCH_KILLS", "12"))


def start(root: Path, *point: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.data.store.kill_writer", str(root), *point],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def check(root: Path, answered: tuple[int, int]) -> int:
    """The state is the answered one or the next; table and ledger are sound."""
    store = Store(prepare(root))
    found = state(store)
    value, count = answered
    assert found in {(value, count), (value + 1, count), (value, count + 1)}
    assert store.verify() == []
    if not store.exists(DAILY.name):
        return 0
    ledger = Ledger(root / "meta/ledger.sqlite")
    known = set(ledger.units().drop("version").rows())
    history = store.history(DAILY.name)
    committed = {(*tuple(u.values())[:3], u["sha256"]) for us in history["units"] for u in us}
    assert {(*row[:3], row[9]) for row in known} <= committed
    ledger.rebuild(store)
    assert ledger.units().height <= 2
    for version in {0, history.height // 2, history.height - 1}:
        state(store, version)
    return history.height


def answers(writer: subprocess.Popen[str]) -> tuple[int, int]:
    """Wait for the end; the last state that the writer printed."""
    out, errors = writer.communicate(timeout=120)
    assert writer.returncode in (-9, 9), errors
    lines = [line.split() for line in out.splitlines(keepends=True) if line.endswith("\n")]
    return tuple(map(int, lines[-1])) if lines else None


def test_random_kills(tmp_path):
    dice = random.Random(20240102)
    root = store_at(tmp_path / "库 ws").root
    last = (0, 0)
    commits = 0
    for _ in range(KILLS):
        writer = start(root)
        first = writer.stdout.readline()
        assert first, writer.stderr.read()
        time.sleep(dice.uniform(0, 0.25))
        writer.kill()
        last = answers(writer) or tuple(map(int, first.split()))
        commits = check(root, last)
        last = state(Store(root))
    assert commits > KILLS
    sys.stdout.write(f"{KILLS} kills, {commits} commits, state {last}\n")


@pytest.mark.parametrize("point", POINTS)
def test_named_points(tmp_path, point):
    root = store_at(tmp_path / "ws").root
    kill_writer.carry_out(Store(root), Ledger(root / "meta/ledger.sqlite"), 0, 0, 0)
    assert answers(start(root, point)) == (1, 0)
    check(root, (1, 0))
    expected = {"before a data file is synced": (1, 0), "before the commit": (1, 0)}
    assert state(Store(root)) == expected.get(point, (2, 0))
    leftover = [p for p in (root / "store/cn/probe").rglob("*") if p.name.startswith(".wb-")]
    assert len(leftover) == (point == "before a data file is synced")
    kill_writer.carry_out(Store(root), Ledger(root / "meta/ledger.sqlite"), 1, 0, 0)
    assert state(Store(root)) == (2, 0)
