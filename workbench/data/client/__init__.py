"""The client: the only part of workbench that asks vendors.

A unit passes the core (`core`: what to do next, no I/O), the gates and limits (`gates`, `limits`:
whether to ask at all), the transport (`transport`, `origin`, `body`: one request out, one capped
answer in) and the landing (`landing`, `landing_file`: on the disk before it is used). `Client`
and `AsyncClient` run the same engine.
"""

from __future__ import annotations

from workbench.data.client.core import Fetched
from workbench.data.client.landing import Landing, Quarantined
from workbench.data.client.runner import AsyncClient, Client

__all__ = ["AsyncClient", "Client", "Fetched", "Landing", "Quarantined"]
