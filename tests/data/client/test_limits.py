"""Limits over processes; the landing between processes; gates."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.data.client.limits import Limits, fingerprint, windows
from workbench.data.secrets import Secret
from workbench.errors import StoreCorruptionError

CALLER = """
import sys, time
from pathlib import Path
from workbench.data.client.limits import Limits
from workbench.data.secrets import Secret
limits = Limits("fake", lambda api: ((10, 2),), folder=Path(sys.argv[1]))
token, end, made = Secret("a-token-of-some-length"), time.time() + 4.4, []
while time.time() < end:
    wait = limits.ask("daily", token)
    if wait:
        time.sleep(min(wait, max(0, end - time.time())))
    else:
        made.append(time.time())
limits.close()
print(" ".join(map(repr, made)))
"""


def test_three_processes_share_a_window(tmp_path: Path) -> None:
    start = [sys.executable, "-c", CALLER, str(tmp_path)]
    flags = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    callers = [
        subprocess.Popen(start, env=dict(os.environ, PYTHONPATH="."), **flags) for _ in "abc"
    ]
    calls: list[float] = []
    for caller in callers:
        said, trouble = caller.communicate(timeout=60)
        assert caller.returncode == 0, trouble
        calls += map(float, said.split())
    calls.sort()
    within = [sum(one <= other < one + 2 for other in calls) for one in calls]
    assert max(within) <= 11
    # two full windows and a bit: they are used, not only kept
    assert len(calls) >= 18


def test_ninety_per_cent(tmp_path: Path) -> None:
    limits = Limits("fake", lambda api: ((50, 60),), folder=tmp_path)
    assert [limits.ask("daily") for _ in range(45)] == [0.0] * 45
    assert 50 < limits.ask("daily") <= 60.1
    assert limits.ask("basic") == 0.0
    assert limits.ask("basic", Secret("another account")) == 0.0
    limits.close()


def test_no_limit(tmp_path: Path) -> None:
    limits = Limits("fake", lambda api: (), folder=tmp_path)
    assert {limits.ask("daily") for _ in range(500)} == {0.0}
    assert not (tmp_path / "limits.sqlite").exists()


def test_accounts_and_vendors_are_apart(tmp_path: Path) -> None:
    one, two = Secret("account number one"), Secret("account number two")
    doors = [
        (Limits(name, lambda api: ((1, 60),), folder=tmp_path), token)
        for name in ("fake", "shop")
        for token in (one, two)
    ]
    assert [limits.ask("daily", token) for limits, token in doors] == [0.0] * 4
    assert all(limits.ask("daily", token) > 0 for limits, token in doors)
    again = Limits("fake", lambda api: ((1, 60),), folder=tmp_path)
    assert again.ask("daily", one) > 0
    for limits in (again, *(limits for limits, _ in doors)):
        limits.close()


def test_the_window_moves_on(tmp_path: Path) -> None:
    limits = Limits("fake", lambda api: ((2, 0.2),), folder=tmp_path)
    assert limits.ask("daily") == 0.0
    wait = limits.ask("daily")
    assert 0 < wait <= 0.21
    time.sleep(wait)
    assert limits.ask("daily") == 0.0
    limits.close()


def test_hold(tmp_path: Path) -> None:
    limits = Limits("fake", lambda api: (), folder=tmp_path)
    limits.hold("daily", 0.1)
    limits.hold("daily", 0.01)
    assert 0.05 < limits.ask("daily") <= 0.1
    assert limits.ask("basic") == 0.0
    time.sleep(0.11)
    assert limits.ask("daily") == 0.0


def test_a_clock_set_back_does_not_block(tmp_path: Path) -> None:
    limits = Limits("fake", lambda api: ((1, 60),), folder=tmp_path)
    assert limits.ask("daily") == 0.0
    with sqlite3.connect(tmp_path / "limits.sqlite") as connection:
        (table,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table'"
        ).fetchone()
        connection.execute(f"UPDATE '{table}' SET item_timestamp = item_timestamp + 86400000")
    connection.close()
    assert limits.ask("daily") == 0.0
    limits.close()


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "limits.sqlite").write_bytes(b"no database at all" * 300)
    limits = Limits("fake", lambda api: ((1, 60),), folder=tmp_path)
    with pytest.raises(StoreCorruptionError, match=r"limits\.sqlite.*Remove this file"):
        limits.ask("daily")
    limits.close()


def test_nothing_tells_the_token(tmp_path: Path) -> None:
    value = "a-token-of-some-length"
    limits = Limits("fake", lambda api: ((10, 60),), folder=tmp_path)
    limits.ask("daily", Secret(value))
    limits.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert value.encode() not in stored
    salts = [b"a" * 16, b"b" * 16]
    marks = [fingerprint(Secret(value), salt) for salt in salts]
    assert [len(mark) for mark in marks] == [8, 8]
    assert len({*marks, fingerprint(Secret(value + "x"), salts[0])}) == 3
    assert fingerprint(Secret(value), salts[0]) == marks[0]


@pytest.mark.parametrize(
    ("rates", "kept"),
    [
        ((), []),
        (((10, 2),), [(9, 2000)]),
        (((1, 60),), [(1, 60000)]),
        (((8000, 86400), (50, 60)), [(45, 60000), (7200, 86400000)]),
        (((200, 60), (100, 60)), [(90, 60000)]),
        (((100, 60), (300, 120)), [(90, 60000)]),
        (((100, 60), (100, 120)), [(90, 120000)]),
        (((10, 100), (5, 45)), [(4, 45000)]),
    ],
)
def test_windows(rates: tuple, kept: list) -> None:
    assert [(rate.limit, rate.interval) for rate in windows(rates)] == kept
