"""Updating at full size: first load, one more day, nothing to do.

    python tests/benchmarks/bench_update.py --stocks 5000 --years 10 --dataset cn.bars_1d

A stand-in for tushare runs as a process of its own and makes its answers as they are asked for, so
``seconds`` hold its work too; ``cpu_seconds`` are those of the updating process alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.data.standins.tushare import CANARY
from workbench.data.cellar import Cellar
from workbench.data.client import Client
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings
from workbench.data.update import UpdateReport, status, update


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stocks", type=int, default=5000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--end", type=date.fromisoformat, default=date(2025, 12, 30))
    parser.add_argument("--dataset", default="cn.bars_1d")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        print(json.dumps(bench(given, Path(folder)), indent=1))


def bench(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    last = given.end + timedelta(days=1)
    words = ["--stocks", given.stocks, "--years", given.years, "--end", last]
    vendor = subprocess.Popen(
        [sys.executable, "-m", "tests.data.standins.tushare", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert vendor.stdout is not None
    origin = vendor.stdout.readline().strip()
    try:
        return _measured(given, folder, origin, last)
    finally:
        vendor.kill()
        vendor.wait()


def _measured(given: argparse.Namespace, folder: Path, origin: str, last: date) -> dict[str, Any]:
    clock = _Clock(given.end)
    settings = Settings(
        providers={
            "tushare": ProviderSettings(
                origin=origin,
                allow_insecure=True,
                rates=((1_000_000, 60.0),),
                concurrency=given.concurrency,
            )
        },
        audit_units=0,
    )
    cellar = Cellar.open(folder, settings=settings, clock=clock)
    start = last.replace(year=last.year - given.years)
    found: dict[str, Any] = {"vendor_s_a_call": round(_vendor_alone(origin, given.end), 4)}
    found["first_load"] = _run(cellar, given.dataset, start)
    found["nothing_to_do"] = _run(cellar, given.dataset, start)
    clock.day = last
    found["one_more_day"] = _run(cellar, given.dataset, None)
    found["nothing_to_do_again"] = _run(cellar, given.dataset, None)
    sizes = status(cellar).select("dataset", "rows", "bytes").rows()
    found["store"] = {
        name: {"rows": rows, "mb": round(size / 1e6, 1)} for name, rows, size in sizes
    }
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    found["folder_mb"] = round(disk / 1e6, 1)
    found["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found


class _Clock:
    """Late in the evening of a day, Shanghai time."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 15, 50, tzinfo=UTC)


def _vendor_alone(origin: str, day: date, calls: int = 20) -> float:
    """Seconds of one call when its answer is only read."""
    sessions = [day - timedelta(days=step) for step in range(calls)]
    began = time.perf_counter()
    with httpx.Client() as client:
        for one in sessions:
            body = {
                "api_name": "daily",
                "token": CANARY,
                "params": {"trade_date": f"{one:%Y%m%d}"},
                "fields": "",
            }
            client.post(origin, json=body, timeout=120).raise_for_status()
    return (time.perf_counter() - began) / calls


def _run(cellar: Cellar, name: str, start: date | None) -> dict[str, Any]:
    began, busy = time.perf_counter(), time.process_time()
    report: UpdateReport = update(
        cellar,
        name,
        start=start,
        client_factory=lambda provider, held: Client(provider, held, token=Secret(CANARY)),
    )
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(busy, 2),
        "rows": report.rows,
        "rows_per_s": round(report.rows / seconds),
        "calls": report.calls,
        "units": report.units,
        "complete": report.complete or str(report),
    }


if __name__ == "__main__":
    main()
