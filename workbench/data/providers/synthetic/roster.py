"""Who is on the synthetic exchange: codes, boards, industries and the events of their lives.

1. every asset gets a board that exists in the sample, a code of that board and an industry
2. some list within the sample, some are delisted, some carry ST for a spell, many are suspended
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import BoolPanel
from workbench.market.rules import Board

__all__ = ["INDUSTRIES", "SECTORS", "Roster", "declining", "make_roster"]

SECTORS = ("Consumer", "Energy", "Financials", "Health", "Industrials", "Materials", "Technology")
INDUSTRIES = (
    ("Appliances", 0), ("Food", 0), ("Liquor", 0), ("Retail", 0),
    ("Coal", 1), ("Oil", 1), ("Power", 1),
    ("Banks", 2), ("Brokers", 2), ("Insurance", 2),
    ("Biotech", 3), ("Devices", 3), ("Pharma", 3),
    ("Construction", 4), ("Defence", 4), ("Machinery", 4), ("Transport", 4),
    ("Chemicals", 5), ("Metals", 5), ("Steel", 5),
    ("Electronics", 6), ("Semiconductors", 6), ("Software", 6), ("Telecom", 6),
)  # fmt: skip
# board: share of the assets, codes, first day of the board
_BOARDS = (
    (Board.MAIN_SH, 0.32, (600000, 601000, 603000), ".SH", "1990-12-19"),
    (Board.MAIN_SZ, 0.34, (0, 1000, 2000), ".SZ", "1990-12-19"),
    (Board.CHINEXT, 0.20, (300000, 301000), ".SZ", "2009-10-30"),
    (Board.STAR, 0.10, (688000,), ".SH", "2019-07-22"),
    (Board.BSE, 0.04, (920000,), ".BJ", "2021-11-15"),
)
_LISTING_SHARE = 0.12
_DELISTING_SHARE = 0.04
_ST_SHARE = 0.06
_SUSPENSION_RATE = 0.0015
_MEAN_SUSPENSION = 5.0
DECLINE = 40
LONG_LISTED = 2500


@dataclass(frozen=True)
class Roster:
    """Assets, in the order of their codes, and what happens to them.

    Attributes
    ----------
    names : tuple of str, length N
    boards : ndarray of str, shape (N,)
    industry, sector : ndarray of int32, shape (N,)
        Codes into `INDUSTRIES` and `SECTORS`.
    listing : ndarray of int, shape (N,)
        Row of the first listed session; 0 also for shares listed before the sample.
    is_new : ndarray of bool, shape (N,)
        Whether the share lists within the sample.
    delisting : ndarray of int, shape (N,)
        Row of the first session on which it is no longer listed; T where it stays.
    st, suspended, listed : ndarray of bool, shape (T, N)
    """

    names: tuple[str, ...]
    boards: NDArray[np.str_]
    industry: NDArray[np.int32]
    sector: NDArray[np.int32]
    listing: NDArray[np.int64]
    is_new: NDArray[np.bool_]
    delisting: NDArray[np.int64]
    st: BoolPanel
    suspended: BoolPanel
    listed: BoolPanel

    @property
    def age(self) -> NDArray[np.int64]:
        """Sessions since listing, shape (T, N); negative before."""
        rows = np.arange(len(self.st))[:, None]
        return rows - self.listing + np.where(self.is_new, 0, LONG_LISTED)


def make_roster(days: NDArray[np.datetime64], assets: int, seed: int) -> Roster:
    """Draw the roster of `assets` shares over `days`; the same for the same arguments."""
    rng = np.random.default_rng([seed, 1])
    names, boards = _names(days, assets, rng)
    kind = rng.integers(len(INDUSTRIES), size=assets)
    industry = kind.astype(np.int32)
    sector = np.array([INDUSTRIES[code][1] for code in kind], dtype=np.int32)
    listing, is_new = _listings(days, boards, rng)
    delisting = _delistings(len(days), listing, is_new, rng)
    rows = np.arange(len(days))[:, None]
    listed = (rows >= listing) & (rows < delisting)
    st = _st_spells(len(days), delisting, rng) & listed
    young = rows < listing + np.where(is_new, 10, 0)
    leaving = declining(len(days), delisting)
    suspended = _suspensions(len(days), assets, rng) & listed & ~young & ~leaving
    suspended[0] = False
    return Roster(
        names, boards, industry, sector, listing, is_new, delisting, st, suspended, listed
    )


def _names(
    days: NDArray[np.datetime64], assets: int, rng: np.random.Generator
) -> tuple[tuple[str, ...], NDArray[np.str_]]:
    # A board needs some sessions after its first day, so that its shares can list.
    last = days[int(0.8 * (len(days) - 1))]
    open_boards = [row for row in _BOARDS if np.datetime64(row[4]) <= last]
    share = np.array([row[1] for row in open_boards])
    chosen = rng.choice(len(open_boards), size=assets, p=share / share.sum())
    found: list[tuple[str, str]] = []
    for number, (board, _, starts, suffix, _) in enumerate(open_boards):
        codes = np.concatenate([np.arange(start + 1, start + 1000) for start in starts])
        count = int((chosen == number).sum())
        for code in rng.permutation(codes)[:count]:
            found.append((f"{code:06d}{suffix}", board.value))
    found.sort()
    return tuple(name for name, _ in found), np.array([board for _, board in found])


def _listings(
    days: NDArray[np.datetime64], boards: NDArray[np.str_], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw who lists within the sample, and when; boards younger than the sample always do."""
    count, last = len(boards), int(0.8 * (len(days) - 1))
    opening = {row[0].value: int(np.searchsorted(days, np.datetime64(row[4]))) for row in _BOARDS}
    earliest = np.array([opening[board] for board in boards])
    is_new = (rng.random(count) < _LISTING_SHARE) & (last >= 5) | (earliest > 0)
    earliest = np.where(is_new, np.maximum(earliest, min(5, last)), 0)
    listing = earliest + np.floor(rng.random(count) * (last - earliest + 1)).astype(np.int64)
    return np.where(is_new, listing, 0), is_new


def _delistings(
    length: int,
    listing: NDArray[np.int64],
    is_new: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw who leaves, and when: after a decline of `DECLINE` sessions within the sample."""
    delisting = np.full(len(listing), length)
    earliest = DECLINE + 10
    if length <= earliest:
        return delisting
    leaves = rng.random(len(listing)) < _DELISTING_SHARE
    if not (leaves & ~is_new).any() and not is_new.all():
        leaves[np.flatnonzero(~is_new)[0]] = True
    when = rng.integers(earliest, length, size=len(listing))
    return np.where(leaves & ~is_new, when, delisting)


def _st_spells(length: int, delisting: NDArray[np.int64], rng: np.random.Generator) -> BoolPanel:
    """Draw spells of risk warning; shares that will be delisted carry one through the decline."""
    count = len(delisting)
    begin = rng.integers(0, length, size=count)
    end = begin + rng.integers(60, 240, size=count)
    has = rng.random(count) < _ST_SHARE
    rows = np.arange(length)[:, None]
    return has & (rows >= begin) & (rows < end) | declining(length, delisting)


def declining(length: int, delisting: NDArray[np.int64]) -> BoolPanel:
    """Sessions in which a share falls towards its delisting, shape (T, N)."""
    rows = np.arange(length)[:, None]
    # A share that stays has `length` as its delisting session: it declines towards nothing.
    return (rows >= delisting - DECLINE) & (delisting < length)


def _suspensions(length: int, count: int, rng: np.random.Generator) -> BoolPanel:
    """Draw spells of suspension: a constant rate, geometric lengths."""
    starts = rng.random((length, count)) < _SUSPENSION_RATE
    lengths = rng.geometric(1 / _MEAN_SUSPENSION, size=(length, count))
    suspended = np.zeros((length, count), dtype=np.bool_)
    for row, column in np.argwhere(starts):
        suspended[row : row + lengths[row, column], column] = True
    return suspended
