"""A workspace that asks a stand-in: short timeouts, no waiting, the canary token."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from tests.data.standins.tushare import TushareStandin
from workbench.data.catalog import dataset
from workbench.data.cellar import Cellar
from workbench.data.client import Client
from workbench.data.provider import Provider
from workbench.data.secrets import Secret
from workbench.data.settings import ProviderSettings, Settings, Timeouts
from workbench.data.update import UpdateReport, update

__all__ = ["fetch", "fingerprint", "held", "same", "workplace"]


def workplace(root: Path, vendor: TushareStandin, **provider: Any) -> Cellar:
    """A cellar at `root` whose tushare is the stand-in; further words are provider settings."""
    given = {
        "origin": vendor.origin,
        "allow_insecure": True,
        "rates": ((100_000, 60.0),),
        "timeout_s": Timeouts(connect=2.0, read=0.4, write=2.0, total=1.0),
        "retries": 1,
        "retry_wait_s": 0.0,
        "max_wait_s": 0.0,
        **provider,
    }
    settings = Settings(providers={"tushare": ProviderSettings(**given)}, audit_units=0)
    return Cellar.open(root, settings=settings, clock=vendor.utc_now)


def fetch(cellar: Cellar, vendor: TushareStandin, names: Any, **window: Any) -> UpdateReport:
    """Update through the real client."""
    return update(cellar, names, client_factory=_clients(vendor.token), **window)


def _clients(token: str) -> Callable[[Provider, Cellar], Client]:
    return lambda provider, cellar: Client(provider, cellar, token=Secret(token))


def fingerprint(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def held(cellar: Cellar, name: str, **span: Any) -> pl.DataFrame:
    """Stored rows, sorted by the key."""
    return cellar.table(name).read(**span).sort(dataset(name).key)


def same(got: pl.DataFrame, wanted: pl.DataFrame) -> str:
    """How two frames of one dataset differ, empty where they do not; numbers to 1 part in 10¹²."""
    if got.schema != wanted.schema or got.height != wanted.height:
        key = [name for name in ("session", "asset", "index", "exchange") if name in wanted.columns]
        odd = got.join(wanted, on=key, how="anti", nulls_equal=True).select(key).head(3).rows()
        lost = wanted.join(got, on=key, how="anti", nulls_equal=True).select(key).head(3).rows()
        return f"{got.height} rows, expected {wanted.height}; besides {odd}, without {lost}"
    for name in wanted.columns:
        ours, theirs = got[name], wanted[name]
        if wanted.schema[name] == pl.Float64:
            near = (ours - theirs).abs() <= 1e-12 * theirs.abs()
            fits = near.fill_null(True).all() and ours.is_null().equals(theirs.is_null())
        else:
            fits = ours.equals(theirs)
        if not fits:
            return f"{name} differs: {ours.head(5).to_list()}, expected {theirs.head(5).to_list()}"
    return ""
