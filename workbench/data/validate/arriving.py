"""Validate rows that arrive, before they are stored.

1. a frame whose units are wrong is refused as a whole
2. rows that contradict themselves are refused one by one
3. doubts are told: rules that do not remove, closes outside the price band
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.data.catalog import dataset as catalogued
from workbench.data.dataset import Dataset
from workbench.data.validate.bands import outside_band
from workbench.data.validate.prices import rules_of, unit_error
from workbench.data.validate.rules import Findings, apply_rules, example

if TYPE_CHECKING:
    from workbench.data.cellar import Cellar

__all__ = ["listing_days", "validate"]

_BAND = "close lies outside the price band"


def validate(cellar: Cellar | None, dataset: Dataset | str, frame: pl.DataFrame) -> Findings:
    """Check rows of a dataset in its own columns and units.

    Parameters
    ----------
    cellar : Cellar or None
        Where ``ref.securities`` may lie: without it young shares are judged like old ones.
    dataset : Dataset or str
        Whose rows these are; `Dataset.checks` says which rules apply.
    frame : DataFrame
        Rows in the dataset's columns.

    Returns
    -------
    Findings
        `bad` rows must not be stored. Empty for a dataset without checks.
    """
    contract = catalogued(dataset) if isinstance(dataset, str) else dataset
    nothing = frame.clear().with_columns(pl.lit(None, dtype=pl.String).alias("reason"))
    rules = rules_of(contract)
    if not rules or frame.is_empty():
        return Findings(nothing)
    wrong = unit_error(contract, frame)
    if wrong:
        every = frame.with_columns(pl.lit(wrong).alias("reason"))
        return Findings(every, (wrong,), {"units": frame.height})
    found = apply_rules(frame, rules)
    if contract.name != "cn.bars_1d":
        return found
    outside = outside_band(frame, listing_days(cellar))
    checked = {**found.checked, "band": int(frame["pre_close"].is_not_null().sum())}
    notes = found.notes
    if outside.any():
        notes = (*notes, f"{_BAND}: {example(frame.filter(pl.Series(outside, dtype=pl.Boolean)))}")
    return Findings(found.bad, notes, checked)


def listing_days(cellar: Cellar | None) -> pl.DataFrame | None:
    """Asset and list_date of every code in ``ref.securities``; None without such a table."""
    if cellar is None or not cellar.has("ref.securities"):
        return None
    return cellar.table("ref.securities").read(columns=["asset", "list_date"])
