"""Tables about the cellar: datasets, vendors, snapshots, quarantine, findings, what pruning frees.

Each function answers a pandas frame for people; nothing here fetches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.data.catalog import catalog
from workbench.errors import CalendarUnknownError, StoreCorruptionError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.data.cellar import Cellar
    from workbench.data.dataset import Dataset

_NOWHERE = ".invalid"

__all__ = ["compact", "datasets", "providers", "prune", "quarantine", "snapshots", "verify"]


def datasets() -> pd.DataFrame:
    """One row a dataset of the catalogue.

    Examples
    --------
    >>> datasets().loc["cn.bars_1d", "key"]
    'session, asset'
    """
    import pandas as pd

    from workbench.data.providers import PROVIDERS, provider

    held = {name: set(provider(name).datasets()) for name in PROVIDERS}
    rows = [
        {
            "dataset": row.name,
            "title": row.title,
            "key": ", ".join(row.key),
            "columns": len(row.columns),
            "by": row.axis,
            "providers": ", ".join(name for name, names in held.items() if row.name in names),
            "needs": ", ".join(row.needs),
        }
        for row in catalog().values()
    ]
    return pd.DataFrame(rows).set_index("dataset")


def providers(cellar: Cellar) -> pd.DataFrame:
    """One row a vendor: origin, where its token comes from, datasets; never the token."""
    import pandas as pd

    from workbench.data.providers import PROVIDERS, provider

    rows = []
    for name in PROVIDERS:
        vendor = provider(name)
        origin = cellar.settings.provider(name).origin or vendor.origin
        offline = origin.endswith(_NOWHERE)
        rows.append(
            {
                "provider": name,
                "origin": "offline" if offline else origin,
                "token": "not needed" if offline else _token(vendor.credential.service),
                "datasets": len(vendor.datasets()),
            }
        )
    return pd.DataFrame(rows).set_index("provider")


def _token(service: str) -> str:
    """Where a token comes from, never the token."""
    from workbench.data.secrets import show_token

    found = show_token(service)
    return found.source if found else f"missing: workbench token set {service}"


def snapshots(cellar: Cellar) -> pd.DataFrame:
    """One row a snapshot and dataset."""
    import pandas as pd

    from workbench.data.store import list_snapshots, load_snapshot

    rows = [
        {"snapshot": name, "dataset": dataset, "version": version}
        for name in list_snapshots(cellar.root)
        for dataset, version in sorted(load_snapshot(cellar.root, name).items())
    ]
    return pd.DataFrame(rows, columns=["snapshot", "dataset", "version"])


def quarantine(cellar: Cellar) -> pd.DataFrame:
    """One row a refused answer or file: when, whose, why, and where it is kept."""
    import pandas as pd

    from workbench.data.client import Landing
    from workbench.data.client.landing import Quarantined

    names = [field.name for field in fields(Quarantined)]
    return pd.DataFrame(map(asdict, Landing(cellar.root).quarantined()), columns=names)


def verify(cellar: Cellar, name: str | None, *, deep: bool, prices: bool) -> pd.DataFrame:
    """One row a finding about files, log, ledger and, where asked, values."""
    import pandas as pd

    found: list[dict[str, Any]] = [
        {
            "dataset": finding.dataset,
            "check": "store",
            "where": finding.file or f"version {finding.version}",
            "detail": finding.problem,
            "repair": finding.repair,
        }
        for finding in cellar.store.verify(name, deep=deep)
    ]
    found += _calendars(cellar, name)
    if deep:
        found += _ledger(cellar, name)
    if prices:
        from workbench.data.validate import audit_prices

        found += [
            {
                "dataset": row["dataset"],
                "check": row["check"],
                "where": f"{row['session']} {row['asset']}",
                "detail": row["detail"],
                "repair": "fetch the session again, or ask the vendor",
            }
            for row in audit_prices(cellar).to_dicts()
            if name is None or row["dataset"] == name
        ]
    return pd.DataFrame(found, columns=["dataset", "check", "where", "detail", "repair"])


def _ledger(cellar: Cellar, name: str | None) -> Iterator[dict[str, Any]]:
    """Units that the ledger and the commits tell differently."""
    import tempfile

    from workbench.data.store import Ledger

    columns = ["dataset", "provider", "key", "state", "rows", "missing"]
    with tempfile.TemporaryDirectory() as folder:
        rebuilt = Ledger(Path(folder) / "ledger.sqlite")
        rebuilt.rebuild(cellar.store)
        commits = rebuilt.units(name).select(columns)
    held = cellar.ledger.units(name).select(columns)
    sides = ((commits, held, "the ledger lacks what a commit tells"),
             (held, commits, "the ledger tells what no commit does"))  # fmt: skip
    for one, other, detail in sides:
        for row in one.join(other, on=columns, how="anti").iter_rows(named=True):
            yield {
                "dataset": row["dataset"],
                "check": "ledger",
                "where": f"{row['provider']} {row['key']}",
                "detail": f"{detail}: {row['state']}, {row['rows']} rows",
                "repair": f"workbench data update {row['dataset']}: it reads the commits again",
            }


def _calendars(cellar: Cellar, name: str | None) -> Iterator[dict[str, Any]]:
    """A finding for each stored calendar that nobody can use, such as one with holes."""
    from workbench.data.point_in_time import calendar
    from workbench.data.reading.window import REGIONS

    for market, region in REGIONS.items():
        dataset = region.sessions
        if name not in (None, dataset) or not cellar.has(dataset):
            continue
        try:
            calendar(cellar, market)
        except (CalendarUnknownError, StoreCorruptionError) as error:
            yield {
                "dataset": dataset,
                "check": "calendar",
                "where": f"version {cellar.version(dataset)}",
                "detail": str(error),
                "repair": f"workbench data update {dataset} --force",
            }


def compact(cellar: Cellar, name: str | None) -> pd.DataFrame:
    """Merge small files; one row a table with files before and after."""
    import pandas as pd

    rows = []
    for table in _names(cellar, name):
        before = len(cellar.store.snapshot(table).files())
        cellar.store.compact(_contract(cellar, table))
        after = len(cellar.store.snapshot(table).files())
        rows.append({"dataset": table, "files_before": before, "files_after": after})
    return pd.DataFrame(rows, columns=["dataset", "files_before", "files_after"])


def _contract(cellar: Cellar, table: str) -> Dataset:
    """The contract of a stored table; that of the revisions is no dataset one can ask for."""
    from workbench.data.files.user_tables import find_dataset
    from workbench.data.update.revisions import REVISIONS

    return REVISIONS if table == REVISIONS.name else find_dataset(cellar.root, table)


def prune(cellar: Cellar, name: str | None, *, keep: int, dry_run: bool) -> pd.DataFrame:
    """Delete files that no kept version needs; one row a table with what goes."""
    import pandas as pd

    rows = []
    for table in _names(cellar, name):
        latest = cellar.store.version(table) or 0
        kept = range(max(0, latest - keep + 1), latest + 1)
        report = cellar.store.prune(table, keep_versions=kept, dry_run=dry_run)
        rows.append(
            {
                "dataset": table,
                "files": len(report.files),
                "bytes": report.bytes,
                "done": not dry_run,
            }
        )
    return pd.DataFrame(rows, columns=["dataset", "files", "bytes", "done"])


def _names(cellar: Cellar, name: str | None) -> Iterable[str]:
    return sorted(cellar.store.versions()) if name is None else [cellar.table(name).name]
