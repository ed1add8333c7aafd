"""What is peculiar to American shares.

`actions` makes factors of splits and dividends, `tickers` tells companies from the tickers that
change hands.
"""

from __future__ import annotations

__all__: list[str] = []
