"""What was planted into a synthetic market: the answers to check an analysis against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.arrays import BoolPanel

__all__ = ["Announcement", "ExEvent", "Truth"]


@dataclass(frozen=True, slots=True)
class ExEvent:
    """One ex-rights day: cash in CNY and new shares per old share; prices in CNY."""

    asset: str
    session: np.datetime64
    cash: float
    bonus: float
    previous_close: float
    reference: float


@dataclass(frozen=True, slots=True)
class Announcement:
    """One report: the quarter's end, the day it was announced, the first session that knows it."""

    asset: str
    quarter: np.datetime64
    announced: np.datetime64
    known_from: np.datetime64


@dataclass(frozen=True, eq=False)
class Truth:
    """Everything that `demo_market` planted.

    Attributes
    ----------
    alpha_ic : mapping of int to float
        Expected rank information coefficient of the field ``alpha`` at each horizon, for forward
        returns from the next open (open t+1 to open t+1+h). Computed from the generator's
        parameters, see `workbench.data.providers.synthetic.signal`; limits, suspensions, jumps
        and ticks are not in the formula and cost a few per cent of it.
    noise_ic : float
        Expected coefficient of the decoy ``noise``: 0.
    alpha_persistence : float
        Autocorrelation of ``alpha`` from session to session; the coefficient of ``alpha`` k
        sessions old is ``alpha_ic[1] * alpha_persistence ** k``.
    sessions : ndarray of datetime64[D], shape (T,)
    assets : tuple of str, length N
    listing, delisting : mapping of str to datetime64
        First listed session of shares that list within the sample; first session on which a
        delisted share is gone. Their declines begin `decline` sessions before.
    suspended, st, locked_up, locked_down : ndarray of bool, shape (T, N)
        Suspended (no bar), risk-warned, one-price sessions on the upper and the lower limit.
    ex_events : tuple of ExEvent
    announcements : tuple of Announcement
    """

    alpha_ic: Mapping[int, float]
    noise_ic: float
    alpha_persistence: float
    sessions: np.ndarray
    assets: tuple[str, ...]
    listing: Mapping[str, np.datetime64]
    delisting: Mapping[str, np.datetime64]
    decline: int
    suspended: BoolPanel
    st: BoolPanel
    locked_up: BoolPanel
    locked_down: BoolPanel
    ex_events: tuple[ExEvent, ...]
    announcements: tuple[Announcement, ...]

    @property
    def delisted(self) -> tuple[str, ...]:
        """Assets that leave within the sample."""
        return tuple(self.delisting)

    def __repr__(self) -> str:
        coefficients = ", ".join(f"{h}: {ic:.4f}" for h, ic in self.alpha_ic.items())
        return (
            f"Truth(alpha_ic={{{coefficients}}}, {len(self.listing)} listings, "
            f"{len(self.delisting)} delistings, {len(self.ex_events)} ex-rights days, "
            f"{int(self.suspended.sum())} suspended and "
            f"{int((self.locked_up | self.locked_down).sum())} locked asset-sessions)"
        )
