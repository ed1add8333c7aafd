"""Many writers and readers of one table; locks between processes, threads and within a thread.

`WORKBENCH_SECONDS` says for how long (3 by default).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.conftest import REPOSITORY
from tests.data.store.tables import CODES, DAILY, bars, content, days, put, store_at
from workbench.data.store import Store
from workbench.errors import StoreBusyError

SECONDS = float(os.environ.get("WORKBENCH_SECONDS", "3"))
TEN = days(10)

WRITER = """
import sys, time
from datetime import date
from pathlib import Path
import polars as pl
from tests.data.store.tables import CODES, DAILY, days
from workbench.data.store import Store
store, place, seconds = Store(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3])
code, sessions, value = CODES[place], days(10), 0
end = time.monotonic() + seconds
while time.monotonic() < end:
    value += 1
    rows = [(day, code, float(value), 1.0) for day in sessions]
    frame = pl.DataFrame(rows, schema=DAILY.schema(), orient="row")
    where = [("asset", [code]), ("session", sessions)]
    store.replace_where(DAILY, frame, where=where, metadata={})
    if value % 5 == 0:
        store.compact(DAILY, before=date(2100, 1, 1))
print(value)
"""
READER = """
import sys, time
from pathlib import Path
import polars as pl
from tests.data.store.tables import DAILY
from workbench.data.store import Store
store, reads, seen = Store(Path(sys.argv[1])), 0, {}
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    snapshot = store.snapshot(DAILY.name)
    frame = snapshot.read()
    for code, values in frame.group_by("asset").agg("close").rows():
        assert len(values) == 10 and len(set(values)) == 1, (snapshot, code, values)
        assert values[0] >= seen.get(code, 0), "went back in time"
        seen[code] = values[0]
    reads += 1
    time.sleep(0.01)
print(reads)
"""


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_three_writers_and_three_readers(tmp_path):
    store = store_at(tmp_path / "库 ws")
    put(store, bars(TEN).with_columns(close=0.5), TEN)
    writers = [run(WRITER, store.root, place, SECONDS) for place in range(3)]
    readers = [run(READER, store.root, SECONDS) for _ in range(3)]
    told = [process.communicate(timeout=SECONDS + 120) for process in (*writers, *readers)]
    assert [p.returncode for p in (*writers, *readers)] == [0] * 6, [err for _, err in told]
    written, reads = [int(out) for out, _ in told[:3]], [int(out) for out, _ in told[3:]]
    final = dict(zip(CODES, map(float, written), strict=True))
    assert {(row[1], row[2]) for row in content(store)} == set(final.items())
    assert len(content(store)) == 30
    history = store.history(DAILY.name)
    assert (history["operation"] == "replace").sum() == 1 + sum(written)
    assert min(reads) > 0
    assert store.verify() == []
    sys.stdout.write(f"{sum(written)} writes, {history.height} commits, {sum(reads)} reads\n")


HOLDER = """
import sys, time
from pathlib import Path
from workbench.data.store import Store
with Store(Path(sys.argv[1])).lock("cn.probe"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_busy_dataset_says_so_and_is_free_after_a_kill(tmp_path):
    store = store_at(tmp_path / "ws")
    holder = run(HOLDER, store.root)
    assert holder.stdout.readline() == "held\n"
    with (
        pytest.raises(StoreBusyError, match=r"cn\.probe is being written by another process"),
        store.lock(DAILY.name, timeout=0.05),
    ):
        pass
    with store.lock("cn.other", timeout=0.05):
        pass
    holder.kill()
    holder.communicate()
    with store.lock(DAILY.name, timeout=5):
        put(store, bars(TEN), TEN)


def test_a_thread_may_take_its_lock_again_through_another_store(tmp_path):
    store = store_at(tmp_path / "ws")
    with store.lock(DAILY.name), Store(store.root).lock(DAILY.name, timeout=0.05):
        Store(store.root).append(DAILY, bars(TEN), metadata={})
    assert len(content(store)) == 30


def test_threads_exclude_one_another(tmp_path):
    store = store_at(tmp_path / "ws")
    seen = []

    def other():
        try:
            with store.lock(DAILY.name, timeout=0.05):
                seen.append("entered")
        except StoreBusyError:
            seen.append("busy")

    with store.lock(DAILY.name):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    other()
    assert seen == ["busy", "entered"]


def test_threads_share_one_store(tmp_path):
    store = store_at(tmp_path / "ws")
    put(store, bars(TEN), TEN)
    failures = []

    def work(place):
        try:
            for value in range(5):
                where = [("asset", [CODES[place % 3]]), ("session", TEN)]
                fresh = bars(TEN, close=float(value)).filter(asset=CODES[place % 3])
                store.replace_where(DAILY, fresh, where=where, metadata={})
                assert store.snapshot(DAILY.name).read().height == 30
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert content(store) == bars(TEN, close=4.0).rows()
