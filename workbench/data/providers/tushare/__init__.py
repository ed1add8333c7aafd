"""Tushare pro: Chinese shares, indices, industries and statements.

``apis/*.yaml`` say which api fills which dataset and in which units, `plan` makes units,
`requests` asks until nothing is cut short, `judge` reads errors, `decode` makes frames.
"""

from __future__ import annotations

from workbench.data.providers.tushare.vendor import Tushare

__all__ = ["PROVIDER", "Tushare"]

PROVIDER = Tushare()
"""The vendor with the machine's clock."""
