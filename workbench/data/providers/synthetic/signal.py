"""The planted alpha: a persistent signal with a known information coefficient, and a decoy.

The signal ``z`` is an AR(1) process for each asset, standard normal in every cross-section. A
share of volatility ``sigma`` gains ``slope * sigma * z[t]`` in log price from the open of t+1 to
the open of t+2: known at the close of t, earned from the next open on.

The rank information coefficient at horizon h follows. The signal's part of the log return from
open t+1 to open t+1+h is ``a = slope * sigma * S`` per unit of ``z[t]`` with
``S = (1 - rho**h) / (1 - rho)``; all else is close to normal with variance ``tau**2``. For a
small slope the derivative of Spearman's correlation gives, over pairs of assets i and j,

    IC(h) = 6 / (pi * sqrt(2)) * mean(a_i / sqrt(tau_i**2 + tau_j**2)).

With equal volatilities this is the known ``3 / pi`` times Pearson's correlation. Jumps, price
limits, suspensions and ticks are not part of the formula; they cost a few per cent of the IC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.arrays import FloatPanel

__all__ = [
    "HORIZONS",
    "PERSISTENCE",
    "TARGET_IC",
    "Risk",
    "ar1",
    "planted_ic",
    "planted_ics",
    "slope_for",
]

PERSISTENCE = 0.9
TARGET_IC = 0.05
HORIZONS = (1, 2, 3, 5, 10, 20)


@dataclass(frozen=True)
class Risk:
    """Standard deviations of log returns, a session.

    Attributes
    ----------
    own : ndarray, shape (N,)
        Own volatility of each share.
    beta : ndarray, shape (N,)
        Exposure to the market.
    market, sector, industry : float
        Volatilities of the common factors.
    """

    own: NDArray[np.float64]
    beta: NDArray[np.float64]
    market: float = 0.010
    sector: float = 0.005
    industry: float = 0.003

    @classmethod
    def draw(cls, assets: int, seed: int) -> Risk:
        """Draw volatilities around 2 % and betas around 1."""
        rng = np.random.default_rng([seed, 2])
        own = np.clip(0.02 * np.exp(0.25 * rng.standard_normal(assets)), 0.01, 0.04)
        return cls(own, np.clip(1 + 0.2 * rng.standard_normal(assets), 0.4, 1.6))

    def cross_variance(self) -> NDArray[np.float64]:
        """Return the variance within a cross-section: what a common market move leaves."""
        spread = (self.beta - self.beta.mean()) * self.market
        return self.own**2 + spread**2 + self.sector**2 + self.industry**2


def ar1(length: int, count: int, rng: np.random.Generator, rho: float = PERSISTENCE) -> FloatPanel:
    """Return independent stationary AR(1) processes, standard normal, shape (length, count)."""
    shocks = rng.standard_normal((length, count))
    values = np.empty_like(shocks)
    values[0] = shocks[0]
    scale = np.sqrt(1 - rho**2)
    for row in range(1, length):
        values[row] = rho * values[row - 1] + scale * shocks[row]
    return values


def planted_ic(risk: Risk, slope: float, horizon: int) -> float:
    """Return the rank information coefficient of the signal at `horizon`; see the module."""
    rho = PERSISTENCE
    gained = (1 - rho**horizon) / (1 - rho)
    # What later shocks to the signal add: its part of the return that is not known at t.
    later = sum(
        (1 - rho**2) * ((1 - rho ** (horizon - k)) / (1 - rho)) ** 2 for k in range(1, horizon)
    )
    signal = slope * risk.own
    variance = horizon * risk.cross_variance() + signal**2 * (later + gained**2)
    pair = np.sqrt(variance[:, None] + variance[None, :])
    return float(6 / (np.pi * np.sqrt(2)) * np.mean(signal[:, None] * gained / pair))


def slope_for(risk: Risk, target: float = TARGET_IC) -> float:
    """Return the slope at which the one-session information coefficient is `target`."""
    slope = target
    for _ in range(8):  # the coefficient is almost linear in the slope: converges at once
        slope *= target / planted_ic(risk, slope, 1)
    return slope


def planted_ics(risk: Risk, slope: float) -> Mapping[int, float]:
    """Return the coefficient at each of `HORIZONS`."""
    return {horizon: planted_ic(risk, slope, horizon) for horizon in HORIZONS}
