"""A synthetic A-share market whose truth is known: no key, no network, the same for a seed.

1. `calendar`      sessions: weekdays without holidays
2. `roster`        codes, boards, industries; listings, delistings, ST spells, suspensions
3. `signal`        the planted alpha, the decoy and their information coefficients
4. `paths`         latent log prices: market, sectors, alpha, noise, jumps
5. `bars`          traded prices: ticks, limits, ex-rights days, open high low close
6. `activity`      volume, amount, shares outstanding
7. `fundamentals`  quarterly reports, as known on each session
8. `truth`         what was planted; `market` puts all together
"""

from __future__ import annotations

from workbench.data.providers.synthetic.market import demo_market, demo_truth
from workbench.data.providers.synthetic.truth import ExEvent, Truth

__all__ = ["ExEvent", "Truth", "demo_market", "demo_truth"]
