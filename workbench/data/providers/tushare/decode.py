"""Accepted answers into the dataset's columns, types and units.

1. Each page becomes a typed frame under the vendor's names; what was asked must have come back
2. Pages are joined; rows that came twice in the same words are collapsed
3. Columns are renamed and scaled, sentinels become missing values
4. `refusals` looks at values, days and keys; `names` and `securities` finish their tables
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.data.dataset import Dataset
from workbench.data.provider import Pages, Request, Unit
from workbench.data.providers.tushare.answers import Answer, read_answer
from workbench.data.providers.tushare.codes import A_SHARE, stored_as
from workbench.data.providers.tushare.columns import column
from workbench.data.providers.tushare.content import content_hash
from workbench.data.providers.tushare.names import repaired
from workbench.data.providers.tushare.refusals import refuse_keys, refuse_outside, refuse_values
from workbench.data.providers.tushare.securities import identified
from workbench.data.providers.tushare.specs import MADE, Spec
from workbench.errors import BadAnswerError, SchemaError

__all__ = ["decode_frame", "decode_pages"]

_NO_LIMIT = 99999.0
_TICK = 0.01
_LARGE = 100
_SPANS = ("start_date", "end_date")  # as parameters a span, as fields something else


def decode_pages(dataset: Dataset, spec: Spec, unit: Unit, pages: Pages) -> pl.DataFrame:
    """Rows of a unit, exactly in the dataset's columns, sorted by its key.

    Raises
    ------
    BadAnswerError
        With the reason and examples; see `refusals`.
    """
    if spec.never_empty:
        _refuse_hollow(spec, pages)
    main = _joined(spec, unit, pages)
    then = None if spec.then is None else _joined(spec.then, unit, pages)
    frame = _finished(dataset, spec, main, then, unit.codes)
    refuse_outside(dataset, spec, unit, frame)
    return frame


def decode_frame(dataset: Dataset, spec: Spec, frame: pl.DataFrame) -> pl.DataFrame:
    """The same for a frame in the vendor's columns, without a unit to be checked against.

    Columns that are neither part of the key nor of the dates may be absent: they become null.
    Further columns are ignored.

    Raises
    ------
    SchemaError
        If a column of the key is absent.
    BadAnswerError
        As for answers.
    """
    needed = {field.vendor for field in spec.fields if field.column in _essential(dataset, spec)}
    absent = sorted(needed - set(frame.columns))
    if absent:
        raise SchemaError(
            f"{dataset.name} needs the tushare columns {', '.join(absent)}; "
            f"the frame has {', '.join(frame.columns[:20])}."
        )
    typed = [
        column(field.vendor, field.kind, frame[field.vendor].to_list())
        if field.vendor in frame.columns
        else pl.Series(field.vendor, [None] * frame.height, dtype=_empty(field.kind).dtype)
        for field in spec.fields
    ]
    then = None if spec.then is None else _blank(spec.then)
    main = pl.DataFrame(typed).unique(maintain_order=True)
    return _finished(dataset, spec, main, then, ())


def _essential(dataset: Dataset, spec: Spec) -> set[str]:
    return {"asset", *dataset.key} - spec.may_lack


def _joined(spec: Spec, unit: Unit, pages: Pages) -> pl.DataFrame:
    """All pages of one api as one typed frame under the vendor's names."""
    frames = [_blank(spec)]
    for request, response in pages.answers:
        if request.api == spec.api:
            answer = read_answer(response)
            _refuse_other_rows(spec, request, answer)
            frames.append(_page(spec, unit, answer))
    return pl.concat(frames).unique(maintain_order=True)


def _page(spec: Spec, unit: Unit, answer: Answer) -> pl.DataFrame:
    rows = len(answer.items)
    series = []
    for field in spec.fields:
        known = spec.since.get(field.vendor)
        not_yet = known is not None and unit.last is not None and unit.last < known
        if field.vendor not in answer.fields and not_yet:
            values: list[Any] = [None] * rows
        else:
            values = answer.column(field.vendor)
        series.append(column(field.vendor, field.kind, values))
    return pl.DataFrame(series)


def _refuse_other_rows(spec: Spec, request: Request, answer: Answer) -> None:
    """Raise `BadAnswerError` where rows do not repeat what was asked for."""
    vendor = {field.vendor for field in spec.fields}
    for parameter, asked in _params(request).items():
        name = spec.echo.get(parameter, parameter)
        if name not in vendor or parameter in _SPANS:
            continue
        wanted = set(asked.split(",")) if parameter == "ts_code" else {asked}
        got = set(column(name, "text", answer.column(name)))
        if parameter == "index_code":
            wanted, got = set(map(stored_as, wanted)), {code and stored_as(code) for code in got}
        other = sorted(str(value) for value in got - wanted)
        if other:
            raise BadAnswerError(
                f"{spec.api}: asked for {name} {asked[:60]}, "
                f"got {len(other)} others such as {', '.join(other[:5])[:120]}"
            )


def _refuse_hollow(spec: Spec, pages: Pages) -> None:
    """Raise `BadAnswerError` for a table without rows, or a large one with one part missing."""
    found: list[tuple[Mapping[str, str], int]] = []
    for ask in spec.asks:
        rows = [
            len(read_answer(response).items)
            for request, response in pages.answers
            if request.api == spec.api and ask.items() <= _params(request).items()
        ]
        found.append((ask, sum(rows)))
    most = max(rows for _, rows in found)
    for ask, rows in found:
        if not most or (not rows and most >= _LARGE and ask not in spec.may_be_empty):
            said = ", ".join(f"{name}={value}" for name, value in ask.items())
            raise BadAnswerError(f"{spec.api}({said}) → {spec.dataset}: expected rows, got none")


def _params(request: Request) -> Mapping[str, str]:
    return (request.body or {}).get("params") or {}


def _finished(
    dataset: Dataset,
    spec: Spec,
    main: pl.DataFrame,
    then: pl.DataFrame | None,
    codes: tuple[str, ...],
) -> pl.DataFrame:
    """Our columns and units from the vendor's typed values."""
    made: dict[str, Any] = {name: pl.lit(value) for name, value in spec.constant.items()}
    if dataset.versions:
        made["content_hash"] = content_hash(main)
    frame = main.select(
        (pl.col(field.vendor) * field.times / field.over).alias(field.column)
        if field.kind == "number"
        else pl.col(field.vendor).alias(field.column)
        for field in spec.fields
    ).with_columns(**made)
    frame = _without_sentinels(spec, _kept(spec, frame, codes))
    if "index" in dataset:
        frame = frame.with_columns(
            pl.col("index").map_elements(stored_as, return_dtype=pl.String)
        ).unique(maintain_order=True)
    refuse_values(spec, frame)
    if spec.joins:
        frame = _with_joined_text(dataset, spec.joins, frame)
    if dataset.name == "ref.names":
        frame = repaired(frame)
    if then is not None:
        frame = identified(frame, then)
    lacking = [name for name in (*spec.absent, *MADE) if name in dataset and name not in frame]
    types = dataset.schema()
    frame = frame.with_columns(pl.lit(None, dtype=types[name]).alias(name) for name in lacking)
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in types.items())
    refuse_keys(spec, dataset, frame)
    return frame.sort(dataset.key)


def _kept(spec: Spec, frame: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """Without the funds and B shares that one api mixes in; codes of the unit always stay."""
    if spec.keep != "a_share":
        return frame
    return frame.filter(pl.col("asset").str.contains(A_SHARE) | pl.col("asset").is_in(list(codes)))


def _without_sentinels(spec: Spec, frame: pl.DataFrame) -> pl.DataFrame:
    """Zero and 99999.99 as the vendor writes "none"; negative numbers stay, to be refused."""
    if spec.no_limit:
        up, down = pl.col("up_limit"), pl.col("down_limit")
        unlimited = (up >= _NO_LIMIT) | (up == 0)
        frame = frame.with_columns(
            pl.when(~unlimited).then(up).alias("up_limit"),
            pl.when(~((down == 0) | (unlimited & (down == _TICK)))).then(down).alias("down_limit"),
        )
    return frame.with_columns(
        pl.when(pl.col(name) != 0).then(pl.col(name)).alias(name) for name in spec.zero_is_missing
    )


def _with_joined_text(dataset: Dataset, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """One row a key: its texts in order, with commas; a missing text beside others contradicts."""
    told = pl.col(name).is_not_null().all().over(dataset.key)
    joined = pl.col(name).sort().str.join(",").over(dataset.key)
    return frame.with_columns(
        pl.when(told).then(joined).otherwise(pl.col(name)).alias(name)
    ).unique(maintain_order=True)


def _blank(spec: Spec) -> pl.DataFrame:
    return pl.DataFrame([column(field.vendor, field.kind, []) for field in spec.fields])


def _empty(kind: str) -> pl.Series:
    return column("", kind, [])
