"""APIs that are closed for the rest of a run: refused, allowance spent, vendor out of reach.

1. An answer that ends every further call of an API closes its gate with that error
2. `Gates.refusal` answers the error for whoever comes next, so that no call is made
3. A denial is also written to the ledger and holds for `DENIED_FOR`, over processes and restarts
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workbench.errors import (
    AccessDeniedError,
    AuthenticationError,
    ProviderError,
    QuotaError,
    UnreachableError,
)

if TYPE_CHECKING:
    from workbench.data.store import Ledger

__all__ = ["DENIED_FOR", "Gates"]

DENIED_FOR = timedelta(days=1)
"""After this a denied API is tried again: accounts grow."""

EVERY = ""
"""Stands for every API of the vendor."""


class Gates:
    """The closed APIs of one vendor and account.

    Parameters
    ----------
    provider : str
        Name of the vendor.
    ledger : Ledger
        Remembers denials.
    clock : callable
        Gives the time, aware, in UTC.
    """

    def __init__(self, provider: str, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self.provider = provider
        self.ledger = ledger
        self.clock = clock
        self._guard = threading.Lock()
        self._closed: dict[str, ProviderError] = {}
        self._looked_up: set[str] = set()

    def refusal(self, api: str) -> ProviderError | None:
        """The error that answers any call of this API, None where it may be called."""
        with self._guard:
            if api not in self._looked_up:
                self._looked_up.add(api)
                self._recall(api)
            found = self._closed.get(EVERY) or self._closed.get(api)
            if isinstance(found, QuotaError) and found.until and found.until <= self.clock():
                del self._closed[api]
                return None
            return found

    def close(self, api: str, error: ProviderError) -> None:
        """Close an API, or all of them, if the error is of a kind that ends further calls."""
        with self._guard:
            if isinstance(error, (AuthenticationError, UnreachableError)):
                self._closed[EVERY] = error
            elif isinstance(error, (AccessDeniedError, QuotaError)):
                self._closed[api] = error
            if isinstance(error, AccessDeniedError):
                self.ledger.deny(self.provider, api, self.clock() + DENIED_FOR)

    def _recall(self, api: str) -> None:
        until = self.ledger.denied(self.provider, api)
        if until is not None and until > self.clock():
            self._closed[api] = AccessDeniedError(
                f"{self.provider} refused {api} to this account; asked again after "
                f"{until:%Y-%m-%d %H:%M} UTC. Nothing was asked now."
            )
