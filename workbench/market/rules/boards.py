"""The board of an asset, told from its code: main boards, ChiNext, STAR and Beijing.

`boards.yaml` lists the prefixes of each board; `board` reads one code, `boards` many.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UnknownAssetError
from workbench.market.rules.rulebook import documents

__all__ = ["Board", "board", "boards"]


class Board(StrEnum):
    """Where a share is listed; the rules of trading depend on it."""

    MAIN_SH = "main_sh"
    MAIN_SZ = "main_sz"
    CHINEXT = "chinext"
    STAR = "star"
    BSE = "bse"


@lru_cache(maxsize=1)
def _prefixes() -> tuple[tuple[str, str, Board], ...]:
    rows = documents()["boards.yaml"]["rows"]
    return tuple((row["exchange"], prefix, Board(row["board"])) for row in rows
                 for prefix in row["prefixes"])  # fmt: skip


@lru_cache(maxsize=65536)
def board(asset: str) -> Board:
    """Return the board of `asset`.

    Parameters
    ----------
    asset : str
        Six digits, a dot and the exchange: ``600519.SH``, ``300750.SZ``, ``920019.BJ``.

    Raises
    ------
    UnknownAssetError
        The code belongs to no share board of these exchanges (B shares, funds, foreign codes).

    Examples
    --------
    >>> board("688981.SH")
    <Board.STAR: 'star'>
    """
    code, _, exchange = asset.partition(".")
    if len(code) == 6 and code.isdigit():
        for listed_on, prefix, found in _prefixes():
            if exchange == listed_on and code.startswith(prefix):
                return found
    raise UnknownAssetError(
        f"{asset!r} is no A-share code: expected six digits and the exchange, such as "
        "'600519.SH', '300750.SZ' or '920019.BJ'; rules of other securities are not recorded"
    )


def boards(assets: Iterable[str]) -> NDArray[np.str_]:
    """Return the boards of many assets, shape (N,), as text that compares equal to `Board`.

    Examples
    --------
    >>> boards(["600519.SH", "300750.SZ"]).tolist()
    ['main_sh', 'chinext']
    """
    return np.array([board(asset).value for asset in assets], dtype=np.str_)
