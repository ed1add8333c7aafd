"""Threads by default: no more than the process is given."""

from __future__ import annotations

import os

import pytest

from workbench.compute import cpu
from workbench.compute.threads import default_threads


def allowed() -> int:
    """CPUs without a quota."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("max 100000", None),
        ("50000 100000", 1),
        ("100000 100000", 1),
        ("150000 100000", 2),
        ("junk", None),
        ("", None),
        ("100000 0", None),
    ],
)
def test_quota_of_a_container(tmp_path, text, share):
    (tmp_path / "cpu.max").write_text(text)
    assert default_threads(tmp_path) == (allowed() if share is None else min(share, allowed()))


def test_no_control_group(tmp_path):
    assert default_threads(tmp_path) == allowed()


def test_the_engine_asks_here():
    assert cpu.default_threads is default_threads
