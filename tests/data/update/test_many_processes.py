"""Many processes and one workspace: no unit is fetched twice, nobody fails, readers see whole days.

``WORKBENCH_SOAK_SECONDS`` says how long readers and writers mix (default 2).
"""

from __future__ import annotations

import multiprocessing as mp
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from tests.data.update.vendor_days import END, NIGHT, SESSIONS, START, place
from tests.data.update.victim import run
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar

SECONDS = float(os.environ.get("WORKBENCH_SOAK_SECONDS", "2"))
PROCESSES = int(os.environ.get("WORKBENCH_PROCESSES", "3"))


def updating(root: Path, origin: str, clock: datetime, seen: mp.Queue) -> None:
    """One writer."""
    try:
        report = run(root, origin, clock, ["cn.bars_1d"])
        seen.put(("calls", report.calls, report.complete))
    except BaseException as error:
        seen.put(("error", repr(error), False))
        raise


def test_processes_that_update_one_dataset_share_its_calls(tmp_path: Path):
    context = mp.get_context("spawn")
    with place(tmp_path) as here:
        seen = context.Queue()
        words = (tmp_path, here.vendor.origin, NIGHT, seen)
        crowd = [context.Process(target=updating, args=words) for _ in range(PROCESSES)]
        for one in crowd:
            one.start()
        told = [seen.get(timeout=300) for _ in crowd]
        for one in crowd:
            one.join()
        assert [kind for kind, *_ in told] == ["calls"] * PROCESSES, told
        assert all(complete for *_, complete in told)
        assert here.vendor.count("daily") == SESSIONS
        assert here.vendor.count("trade_cal") == 2
        assert sum(calls for _, calls, _ in told) == len(here.vendor.calls)
        assert here.is_true("cn.bars_1d")


def reading(root: Path, seconds: float, sizes: dict[str, int], seen: mp.Queue) -> None:
    """One reader: every session it sees is whole."""
    cellar, until, reads = Cellar.open(root), time.monotonic() + seconds, 0
    try:
        while time.monotonic() < until:
            if not cellar.has("cn.bars_1d"):
                time.sleep(0.01)
                continue
            rows = cellar.pinned().table("cn.bars_1d").read(["session", "asset"])
            counts = rows.group_by("session").len()
            wrong = [
                (day, count) for day, count in counts.iter_rows() if sizes[day.isoformat()] != count
            ]
            if wrong or rows.is_duplicated().any():
                seen.put(("torn", wrong[:5], reads))
                return
            reads += 1
        seen.put(("reads", [], reads))
    except BaseException as error:
        seen.put(("error", repr(error), reads))
        raise


def test_readers_beside_writers_see_whole_sessions(tmp_path: Path):
    context = mp.get_context("spawn")
    with place(tmp_path, clock=datetime(2024, 1, 15, 23, 50)) as here:
        truth = here.world.truth("cn.bars_1d", START, END)
        sizes = {day.isoformat(): count for day, count in truth.group_by("session").len().rows()}
        here.update("cn.bars_1d")
        seen = context.Queue()
        words = (tmp_path, SECONDS, sizes, seen)
        readers = [context.Process(target=reading, args=words) for _ in range(2)]
        for one in readers:
            one.start()
        until, rounds = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            if here.vendor.clock < NIGHT:
                here.vendor.clock += timedelta(days=1)
            assert here.update("cn.bars_1d", force=rounds % 3 == 2).complete
            if rounds % 5 == 4:
                here.cellar.store.compact(dataset("cn.bars_1d"), before=END)
            rounds += 1
        told = [seen.get(timeout=120) for _ in readers]
        for one in readers:
            one.join()
        assert [kind for kind, *_ in told] == ["reads"] * len(readers), told
        assert all(reads > 0 for *_, reads in told)
        last = min(END, here.vendor.clock.date())
        assert here.is_true("cn.bars_1d", START, last)
    reads = sum(reads for *_, reads in told)
    sys.stdout.write(f"{rounds} updates beside {reads} reads in {SECONDS:g} s\n")
