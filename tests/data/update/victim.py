"""What a process does that is killed, or that updates beside others: one update, told by lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.data.standins.tushare import CANARY
from tests.data.update.vendor_days import START
from workbench.data.cellar import Cellar
from workbench.data.client import Client
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings
from workbench.data.update import UpdateReport, update


def run(root: Path, origin: str, clock: datetime, names: Sequence[str]) -> UpdateReport:
    """Update `names` at a workspace; small chunks, so that there are many commits."""
    vendor = ProviderSettings(
        origin=origin, allow_insecure=True, rates=((100_000, 60.0),), retries=1, retry_wait_s=0.0
    )
    settings = Settings(providers={"tushare": vendor}, audit_units=0, chunk_sessions=3)
    moment = (clock - timedelta(hours=8)).replace(tzinfo=UTC)
    cellar = Cellar.open(root, settings=settings, clock=lambda: moment)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    return update(
        cellar,
        list(names),
        start=START,
        client_factory=lambda provider, held: Client(provider, held, token=Secret(CANARY)),
    )
