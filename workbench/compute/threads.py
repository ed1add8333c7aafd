"""How many threads a run may use without taking more than the process is given."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["default_threads"]

_CONTROL = Path("/sys/fs/cgroup")


def default_threads(control: Path = _CONTROL) -> int:
    """Count the CPUs this process may use: its affinity, and a container's share if less.

    Parameters
    ----------
    control : Path
        Where the kernel shows the control group.

    Examples
    --------
    >>> default_threads() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    share = _share(control)
    return max(1, allowed if share is None else min(allowed, share))


def _share(control: Path) -> int | None:
    """CPUs of a quota, rounded up; None where there is none."""
    try:
        quota, period, *_ = (control / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None  # another operating system, or an older kernel without this file
    if not quota.isdigit() or not period.isdigit() or int(period) == 0:
        return None
    return -(-int(quota) // int(period))
