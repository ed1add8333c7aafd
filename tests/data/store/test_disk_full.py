"""A full disk is a typed error with its cause, and the table is as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.data.store.tables import DAILY, bars, content, days, put, store_at
from workbench.data.store import Store

resource = pytest.importorskip("resource")

SCRIPT = """
import resource, sys
from pathlib import Path
from tests.data.store.tables import DAILY, bars, days, put, unit, units
from workbench.data.store import Ledger, Store
from workbench.errors import StoreError
root, what, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = Store(root)
big = [f"{n:06d}.SH" for n in range(3000)]
many = [unit(f"code-{n}") for n in range(400)]
steps = {
    "data": lambda: put(store, bars(days(20), big), days(20)),
    "commit": lambda: put(store, bars(days(2), close=3.0), days(2), **units(*many)),
    "ledger": lambda: Ledger(root / "meta/ledger.sqlite").record("cn.probe", 0, many),
    "create": lambda: Store(root / "new").settle(DAILY, metadata=units(*many)),
}
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    steps[what]()
except StoreError as error:
    print(type(error).__name__, error)
    sys.exit(3)
"""


@pytest.mark.parametrize(
    ("what", "limit"),
    [("data", 2_000), ("commit", 20_000), ("ledger", 40_000), ("create", 20_000)],
)
def test_full_disk(tmp_path, what, limit):
    store = store_at(tmp_path / "ws")
    put(store, bars(days(10)), days(10))
    before = set((store.root / "store").rglob("*.parquet"))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(store.root), what, str(limit)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout.startswith("StoreError")
    causes = ("File too large", "disk I/O error", "database or disk is full")
    assert any(cause in done.stdout for cause in causes), done.stdout
    fresh = Store(store.root)
    assert fresh.versions() == {DAILY.name: 0}
    assert content(fresh) == bars(days(10)).rows()
    assert fresh.verify() == []
    assert set((store.root / "store").rglob("*.parquet")) == before
    assert not list(Path(store.root).rglob(".wb-*"))
    assert put(fresh, bars(days(2), close=3.0), days(2)) == 1
