"""Fingerprint of what a vendor said in one row, independent of the order of its fields."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any

import polars as pl

__all__ = ["content_hash"]


def content_hash(frame: pl.DataFrame) -> pl.Series:
    """Sixteen hexadecimal digits of SHA-256 over each row.

    A row is written as JSON with its fields sorted by name: numbers as floats before scaling,
    days as ISO dates, missing values as null. Fields that are null are left out, so that a field
    the vendor adds later changes nothing while it is empty.

    Parameters
    ----------
    frame : polars.DataFrame
        Typed values under the vendor's names.

    Examples
    --------
    >>> one = pl.DataFrame({"a": [1.0], "b": ["x"]})
    >>> content_hash(one).to_list() == content_hash(one.select("b", "a")).to_list()
    True
    """
    names = sorted(frame.columns)
    digests = []
    for row in frame.select(names).iter_rows():
        pairs = zip(names, row, strict=True)
        # Minus zero is zero.
        said = {name: value or type(value)() for name, value in pairs if value is not None}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_iso)
        digests.append(sha256(text.encode("utf-8")).hexdigest()[:16])
    return pl.Series("content_hash", digests, dtype=pl.String)


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"expected numbers, text or days, got {type(value).__name__}")
