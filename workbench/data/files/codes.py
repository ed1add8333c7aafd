"""Codes of Chinese shares as files spell them, in one spelling: ``600519.SH``.

``SH600519``, ``sh.600519``, ``600519.XSHG`` and ``600519.SS`` are the same share. A bare ``600519``
is refused: 000001 is a share in Shenzhen and an index in Shanghai, and a file should say which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.errors import BadValueError

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.files.table import Table

__all__ = ["chinese_code", "chinese_codes"]

_AFTER = re.compile(r"([0-9]{6})\.(SH|SZ|BJ|XSHG|XSHE|BSE|SS)")
_BEFORE = re.compile(r"(SH|SZ|BJ)\.?([0-9]{6})")
_EXCHANGES: Mapping[str, str] = MappingProxyType(
    {"XSHG": "SH", "SS": "SH", "XSHE": "SZ", "BSE": "BJ"}
)
_SHOWN = 5


def chinese_code(text: str) -> str | None:
    """One spelling of a code, None where it is no code of a share.

    Examples
    --------
    >>> [chinese_code(text) for text in ("600519.SH", "sz000001", "sh.600000", "000001.XSHE")]
    ['600519.SH', '000001.SZ', '600000.SH', '000001.SZ']
    >>> chinese_code("000001") is None
    True
    """
    word = text.strip().upper()
    if found := _AFTER.fullmatch(word):
        return f"{found[1]}.{_EXCHANGES.get(found[2], found[2])}"
    if found := _BEFORE.fullmatch(word):
        return f"{found[2]}.{found[1]}"
    return None


def chinese_codes(table: Table, assets: pl.Series) -> pl.Series:
    """A column of codes in one spelling.

    Raises
    ------
    BadValueError
        With the rows of what is no code.
    """
    import polars as pl

    spelt = {text: chinese_code(text) for text in assets.unique().to_list()}
    wrong = [text for text, code in spelt.items() if code is None]
    if wrong:
        rows = assets.is_in(wrong).arg_true().to_list()
        values = assets.gather(rows[:_SHOWN]).to_list()
        raise BadValueError(
            f"{len(wrong)} codes are none of a Chinese share (600519.SH, SH600519 or 600519.XSHG "
            f"are; a bare number does not say its exchange): {table.examples(rows, values)}"
        )
    return assets.replace_strict(spelt, return_dtype=pl.String)
