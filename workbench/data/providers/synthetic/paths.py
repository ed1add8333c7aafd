"""Latent log prices: what every share would cost without ticks, limits and suspensions.

A session has two increments: overnight (previous close to open) and intraday (open to close). The
alpha known at the close of t-1 pays in the intraday leg of t and the overnight leg into t+1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.arrays import FloatPanel
from workbench.data.providers.synthetic.roster import INDUSTRIES, SECTORS, Roster, declining
from workbench.data.providers.synthetic.signal import Risk

__all__ = ["Paths", "make_paths"]

_INTRADAY = 0.7  # share of variance, and of the alpha's gain
_DRIFT = 0.0002
_JUMP_RATE = 0.001
_DAILY_DECLINE = -0.03


@dataclass(frozen=True)
class Paths:
    """Latent log prices relative to the first reference price, shape (T, N)."""

    opens: FloatPanel
    closes: FloatPanel


def make_paths(roster: Roster, risk: Risk, alpha: FloatPanel, slope: float, seed: int) -> Paths:
    """Draw the latent paths.

    Parameters
    ----------
    roster : Roster
        Lives of the shares: paths start at listing with a jump, and fall before a delisting.
    risk : Risk
        Volatilities.
    alpha : ndarray, shape (T + 2, N)
        The signal, beginning two sessions before the first: row t + 2 is known at the close of t.
    slope : float
        Gain in own volatilities per unit of signal and session.
    """
    rng = np.random.default_rng([seed, 4])
    shape = roster.listed.shape
    gain = slope * risk.own * alpha
    overnight = _common(roster, risk, 1 - _INTRADAY, rng)
    overnight += np.sqrt(1 - _INTRADAY) * risk.own * rng.standard_normal(shape)
    overnight += (1 - _INTRADAY) * gain[:-2]
    intraday = _common(roster, risk, _INTRADAY, rng)
    intraday += np.sqrt(_INTRADAY) * risk.own * rng.standard_normal(shape)
    intraday += _INTRADAY * gain[1:-1] + _DRIFT - risk.cross_variance() / 2
    overnight += _jumps(roster, rng)
    intraday += np.where(declining(shape[0], roster.delisting), _DAILY_DECLINE, 0.0)
    overnight[~roster.listed] = 0.0
    intraday[~roster.listed] = 0.0
    closes = np.cumsum(overnight + intraday, axis=0)
    return Paths(closes - intraday, closes)


def _common(roster: Roster, risk: Risk, part: float, rng: np.random.Generator) -> FloatPanel:
    """Return market, sector and industry moves of one leg, shape (T, N)."""
    length = len(roster.listed)
    scale = np.sqrt(part)
    market = scale * risk.market * rng.standard_normal((length, 1))
    sector = scale * risk.sector * rng.standard_normal((length, len(SECTORS)))
    industry = scale * risk.industry * rng.standard_normal((length, len(INDUSTRIES)))
    return market * risk.beta + sector[:, roster.sector] + industry[:, roster.industry]


def _jumps(roster: Roster, rng: np.random.Generator) -> FloatPanel:
    """Return news over night: rare moves of 12 to 25 %, and the first price of new shares."""
    shape = roster.listed.shape
    size = rng.uniform(0.12, 0.25, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    jumps = np.where(rng.random(shape) < _JUMP_RATE, size, 0.0)
    first = rng.uniform(0.3, 0.8, size=shape[1])
    columns = np.flatnonzero(roster.is_new)
    jumps[roster.listing[columns], columns] = first[columns]
    return jumps
