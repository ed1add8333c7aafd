"""Massive, formerly Polygon.io: American shares, as pure functions.

1. `plans` cuts a window into units: sessions, months, years, ticker-months
2. `endpoints` says what to ask for, `paging` follows ``next_url`` until the vendor says it is done
3. `verdict` says what an answer means, `fields` and `tables` decode accepted ones
4. `provider` is the `Provider` made of them
"""

from workbench.data.providers.massive.provider import PROVIDER, MassiveProvider

__all__ = ["PROVIDER", "MassiveProvider"]
