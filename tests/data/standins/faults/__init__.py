"""Vendors that fail: the stand-in with one thing wrong, and the corpus of what can be wrong."""

from __future__ import annotations

from tests.data.standins.faults.cases import CASES, Case
from tests.data.standins.faults.server import FaultServer, closed_port

__all__ = ["CASES", "Case", "FaultServer", "closed_port"]
