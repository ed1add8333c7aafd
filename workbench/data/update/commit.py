"""The door for rows that nobody fetched: imported files and frames that somebody holds.

1. `derived_units` says which units the rows are: their sessions, codes, months or years
2. each unit is judged like a vendor's answer: contract, validators, expectation
3. one commit replaces them, differences are noted in meta.revisions, the ledger follows
4. where these rows prove others complete, the sessions concerned are judged again
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.data.catalog import dataset as catalogued
from workbench.data.dataset import Dataset
from workbench.data.provider import Unit
from workbench.data.update.assess import Answer, Before, Bench, assess_frame, validator_of
from workbench.data.update.expectation import Roster
from workbench.data.update.extent import belongs, code_column
from workbench.data.update.heal import heal
from workbench.data.update.job import holding
from workbench.data.update.plan import known_units
from workbench.data.update.proof import judge_dependents, judge_since, seen_versions
from workbench.data.update.publication import open_days, published
from workbench.data.update.report import DatasetReport, Gap, UpdateReport
from workbench.data.update.settle import settle
from workbench.errors import BadValueError

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["commit_frame", "derived_units"]

_NAMED = 20


@dataclass(frozen=True)
class _Nobody:
    """Stands where a provider would be asked to decode; rows are decoded already."""

    name: str


def commit_frame(
    cellar: Cellar,
    dataset: Dataset | str,
    frame: pl.DataFrame,
    units: Sequence[Unit] | None = None,
    *,
    provider: str,
    by: str = "import",
    origin: Mapping[str, Any] | None = None,
) -> UpdateReport:
    """Check rows and store them: the rows of each unit replace those that were stored.

    Parameters
    ----------
    cellar : Cellar
    dataset : Dataset or str
    frame : DataFrame
        Rows in exactly the dataset's columns and types.
    units : sequence of Unit, optional
        Which units the rows are; derived from the rows by default. Units without a row empty
        what is stored of them.
    provider : str
        Whose rows these are, for the ledger: ``files``, ``tushare`` …
    by : str
        Goes into the commit: ``import`` or ``ingest``.
    origin : mapping, optional
        Goes into the commit as JSON text (files, hashes, notes).

    Returns
    -------
    UpdateReport
        Of this one dataset. Rows that validators refuse are left out and counted there; sessions
        that lack expected assets are gaps there.

    Raises
    ------
    BadValueError
        Rows that break the contract: types, keys, days; nothing is stored.
    StoreError
        The store cannot be written.
    """
    began = time.monotonic()
    contract = catalogued(dataset) if isinstance(dataset, str) else dataset
    wanted = tuple(units) if units is not None else derived_units(contract, frame)
    with holding(cellar, contract.name):
        heal(cellar, contract)
        seen = seen_versions(cellar, contract)
        known = known_units(cellar.ledger.units(contract.name))
        answers = _judged(cellar, contract, frame, wanted, provider)
        now = cellar.clock()
        words = {"wb.by": by, "wb.origin": json.dumps(dict(origin or {}), default=str)}
        done = settle(
            cellar,
            contract,
            answers,
            provider=provider,
            at={unit.key: now for unit in wanted},
            known=known,
            asked=False,
            metadata=words,
        )
        judge_since(cellar, contract, seen)
    judge_dependents(cellar, contract.name, seen.get(contract.name))
    states: dict[str, int] = {}
    for record in done.records:
        states[record.state] = states.get(record.state, 0) + 1
    part = DatasetReport(
        dataset=contract.name,
        provider=provider,
        first=min((unit.first for unit in wanted if unit.first), default=None),
        last=max((unit.last for unit in wanted if unit.last), default=None),
        version=done.version,
        units=states,
        rows=sum(record.rows for record in done.records),
        revisions=done.revisions,
        gaps=tuple(_gap(contract, answer) for answer in answers if answer.short),
        notes=tuple(sorted({answer.detail for answer in answers if answer.bad is not None})),
    )
    return UpdateReport((part,), time.monotonic() - began)


def _judged(
    cellar: Cellar,
    dataset: Dataset,
    frame: pl.DataFrame,
    units: Sequence[Unit],
    provider: str,
) -> list[Answer]:
    """Judge each unit; what would be quarantined or doubted from a vendor is refused or kept."""
    now = cellar.clock()
    days = [day for unit in units for day in (unit.first, unit.last) if day is not None]
    roster = None
    if dataset.expects == "traded" and days:
        roster = Roster.read(cellar, min(days), max(days))
    moments = published(dataset, open_days(cellar, dataset.market), now)
    bench = Bench(
        dataset,
        _Nobody(provider),  # type: ignore[arg-type]
        now,
        moments,
        roster,
        validator_of(cellar),
        force=True,
    )
    answers = []
    covered = 0
    for unit, rows in _split(dataset, frame, units):
        answer = assess_frame(bench, unit, rows, Before(), 0)
        if answer.trouble in ("empty", "not_yet"):
            answer = Answer(unit, rows, state="empty_confirmed", expected=0)
        if answer.trouble:
            raise BadValueError(f"{dataset.name} {unit.key}: {answer.detail}. Nothing was stored.")
        covered += rows.height
        answers.append(answer)
    if covered != frame.height:
        raise BadValueError(
            f"{dataset.name}: {frame.height - covered} of {frame.height} rows belong to none of "
            f"the {len(units)} units. Nothing was stored."
        )
    return answers


def _split(
    dataset: Dataset, frame: pl.DataFrame, units: Sequence[Unit]
) -> list[tuple[Unit, pl.DataFrame]]:
    """The rows of each unit."""
    if dataset.axis != "session":
        return [(unit, frame.filter(belongs(dataset, [unit]))) for unit in units]
    by_day = frame.partition_by(dataset.day, as_dict=True)
    none = frame.clear()
    return [(unit, by_day.get((unit.first,), none)) for unit in units]


def _gap(dataset: Dataset, answer: Answer) -> Gap:
    unit = answer.unit
    return Gap(
        dataset.name,
        unit.key,
        unit.first if unit.first == unit.last else None,
        "missing",
        answer.short,
        answer.missing[:_NAMED],
        answer.detail,
    )


def derived_units(dataset: Dataset, frame: pl.DataFrame) -> tuple[Unit, ...]:
    """The units that rows make up, ascending by key.

    Sessions and years are taken whole, codes from their first to their last row.

    Examples
    --------
    >>> from workbench.data.catalog import dataset
    >>> rows = pl.DataFrame({"session": [date(2024, 1, 2)], "asset": ["A"]})
    >>> [unit.key for unit in derived_units(dataset("cn.st_1d"), rows)]
    ['2024-01-02']
    """
    if dataset.axis == "whole":
        return (Unit(dataset.name, "all"),)
    day = pl.col(dataset.day).cast(pl.Date) if dataset.day else pl.lit(None, dtype=pl.Date)
    if dataset.axis == "session":
        days = frame.select(day.unique().sort()).to_series().to_list()
        return tuple(Unit(dataset.name, one.isoformat(), one, one) for one in days)
    if dataset.axis in ("day", "year"):
        years = frame.select(day.dt.year().unique().sort()).to_series().to_list()
        return tuple(
            Unit(dataset.name, str(year), date(year, 1, 1), date(year, 12, 31)) for year in years
        )
    code = code_column(dataset)
    monthly = dataset.axis in ("month", "code-month")
    marks = [pl.col(code)] if code else [pl.lit("").alias("code")]
    marks += [day.dt.truncate("1mo").alias("_month")] if monthly else []
    spans = frame.group_by(marks).agg(day.min().alias("_first"), day.max().alias("_last"))
    return tuple(
        sorted((_derived(dataset, row, monthly) for row in spans.iter_rows()), key=lambda u: u.key)
    )


def _derived(dataset: Dataset, row: tuple[Any, ...], monthly: bool) -> Unit:
    code = str(row[0])
    if monthly:
        month: date = row[1]
        last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        key = "/".join(filter(None, (code, f"{month:%Y-%m}")))
        return Unit(dataset.name, key, month, last, (code,) if code else ())
    dated = dataset.day in ("session", "time")
    return Unit(dataset.name, code, *(row[1:3] if dated else (None, None)), (code,))
