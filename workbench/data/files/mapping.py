"""From a file's columns to our fields: recognise, follow the user's mapping, refuse ambiguity.

1. the user's mapping goes first; ``None`` leaves a column out
2. known names are recognised by `workbench.data.files.schema`
3. two columns for one field are ambiguous, except several names of the asset or of the day: the
   best is taken and the others are checked to say the same (`Plan.twins`)
4. everything else is an extra field
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.data.files.schema import COLUMNS, REQUIRED, by_preference, field_of
from workbench.errors import SchemaError, near_names

__all__ = ["ColumnPlan", "column_plan"]

_TWINS = ("session", "asset")


@dataclass(frozen=True)
class ColumnPlan:
    """Which column becomes which field.

    Attributes
    ----------
    fields : dict
        Our field → the file's column.
    twins : dict
        ``session`` or ``asset`` → further columns that have to say the same.
    left_out : tuple of str
        Columns the user left out.
    """

    fields: dict[str, str]
    twins: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]


def column_plan(columns: Sequence[str], mapping: Mapping[str, str | None] | None) -> ColumnPlan:
    """Decide what each column of a file is.

    Parameters
    ----------
    columns : sequence of str
        The file's columns.
    mapping : mapping of str to str or None, optional
        ``{"their column": "our field"}``; None leaves the column out.

    Raises
    ------
    SchemaError
        Unknown mapping keys, two columns for one field, or a required field is missing.

    Examples
    --------
    >>> names = ["day", "sym", "open", "high", "low", "close", "vol"]
    >>> column_plan(names, {"sym": "asset"}).fields["volume"]
    'vol'
    """
    chosen = dict(mapping or {})
    for key in chosen:
        if key not in columns:
            raise SchemaError(
                f"mapping names the column {key!r}, which the file does not have."
                f"{near_names(str(key), columns)} Its columns: {list(columns)}."
            )
    candidates: dict[str, list[str]] = {}
    for column in columns:
        target = chosen[column] if column in chosen else (field_of(column) or column)
        if target is not None:
            candidates.setdefault(target, []).append(column)
    fields, twins = {}, {}
    for target, found in candidates.items():
        if len(found) > 1 and target in _TWINS and not any(name in chosen for name in found):
            found = by_preference(target, found)
            twins[target] = tuple(found[1:])
        elif len(found) > 1:
            _refuse_ambiguous(target, found, chosen)
        fields[target] = found[0]
    _require(fields, columns)
    left_out = tuple(name for name in columns if name in chosen and chosen[name] is None)
    return ColumnPlan(fields, twins, left_out)


def _refuse_ambiguous(target: str, found: Sequence[str], chosen: Mapping[str, str | None]) -> None:
    spare = next((name for name in found if name not in chosen), found[-1])
    raise SchemaError(
        f"the columns {list(found)} all mean {target!r}. Leave out all but one with "
        f"mapping={{{spare!r}: None}}, or give the others names of their own."
    )


def _require(fields: Mapping[str, str], columns: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in fields]
    if not missing:
        return
    hints = "".join(near_names(name, columns) for name in missing)
    known = {name: list(COLUMNS[name].aliases) for name in missing}
    example = f'mapping={{"your column": "{missing[0]}"}}'
    raise SchemaError(
        f"missing required columns {missing}; the file has {list(columns)}.{hints} "
        f"Recognised names: {known}. Others are named with {example}."
    )
