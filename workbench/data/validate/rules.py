"""What a rule about rows is, and how several are applied at once.

A rule that `removes` speaks of rows that contradict themselves: they are not stored. The others
compare quantities that different people publish, where either may be wrong: rows stay, and the
doubt is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

__all__ = ["Findings", "Rule", "apply_rules", "broken_masks", "example"]

_SHOWN = 3


@dataclass(frozen=True)
class Rule:
    """One statement that a sound row never breaks.

    Attributes
    ----------
    name : str
        Short and stable: ``range``, ``band``.
    reason : str
        What is wrong with a row that breaks it.
    broken : polars.Expr
        True where a row breaks it; missing where it cannot be told.
    removes : bool
        Whether such a row must not be stored.
    """

    name: str
    reason: str
    broken: pl.Expr
    removes: bool = True


@dataclass(frozen=True)
class Findings:
    """What validators found in a frame.

    Attributes
    ----------
    bad : DataFrame
        Rows that must not be stored, with `reason` (several joined by ``; ``).
    notes : tuple of str
        Doubts, one line a rule with count and examples.
    checked : mapping of str to int
        Rows that each rule could be applied to.
    """

    bad: pl.DataFrame
    notes: tuple[str, ...] = ()
    checked: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def broken_masks(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """One Boolean column a rule, by its name; missing where the rule cannot be applied."""
    return frame.select(rule.broken.alias(rule.name) for rule in rules)


def apply_rules(frame: pl.DataFrame, rules: Sequence[Rule]) -> Findings:
    """Apply rules to all rows in one pass.

    Parameters
    ----------
    frame : DataFrame
        Rows with `asset` and a day.
    rules : sequence of Rule
        Names are unique.

    Returns
    -------
    Findings
    """
    masks = broken_masks(frame, rules)
    checked = {name: len(masks) - missing for name, missing in masks.null_count().row(
        0, named=True).items()}  # fmt: skip
    masks = masks.with_columns(pl.all().fill_null(False))
    removing = [rule for rule in rules if rule.removes]
    reasons = [pl.when(pl.col(rule.name)).then(pl.lit(rule.reason)) for rule in removing]
    nothing = pl.lit(None, dtype=pl.String)
    reason = pl.concat_str([*reasons, nothing], separator="; ", ignore_nulls=True)
    told = masks.with_columns(reason.alias("reason"))["reason"]
    bad = frame.with_columns(told).filter(pl.col("reason") != "")
    notes = tuple(
        f"{rule.reason}: {example(frame.filter(masks[rule.name]))}"
        for rule in rules
        if not rule.removes and masks[rule.name].any()
    )
    return Findings(bad, notes, MappingProxyType(checked))


def example(rows: pl.DataFrame) -> str:
    """Count rows and show some: ``3 rows, such as 600519.SH 2024-01-02``."""
    day = "session" if "session" in rows.columns else "time"
    shown = rows.head(_SHOWN).select("asset", day).rows()
    named = ", ".join(f"{asset} {when}" for asset, when in shown)
    return f"{rows.height} {'row' if rows.height == 1 else 'rows'}, such as {named}"
