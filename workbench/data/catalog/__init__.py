"""The catalogue: every dataset the cellar knows, read from the YAML files beside this module.

`dataset` answers one by name, with near names when there is none; `user.<name>` tables are
declared by their import and live in the store, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from workbench.data.dataset import KINDS, Dataset, DatasetColumn
from workbench.errors import SchemaError, UnknownDatasetError, near_names

__all__ = ["BUNDLES", "bundle", "catalog", "dataset"]

_FILES = ("reference.yaml", "cn.yaml", "statements.yaml", "us.yaml")

BUNDLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cn": (
            "cal.sessions",
            "ref.securities",
            "cn.suspend",
            "cn.bars_1d",
            "cn.adj_factor",
            "cn.basic_1d",
            "cn.limits_1d",
            "cn.st_1d",
        ),
        "us": ("us.sessions", "us.tickers", "us.bars_1d", "us.splits", "us.dividends"),
    }
)
"""What `ws.market("cn")` and `ws.market("us")` are built from: an update may name the bundle."""


@cache
def catalog() -> Mapping[str, Dataset]:
    """Every dataset by name, in the order of the files."""
    import yaml

    found: dict[str, Dataset] = {}
    for name in _FILES:
        text = (files(__package__) / name).read_text(encoding="utf-8")
        for title, row in yaml.safe_load(text).items():
            found[title] = _dataset(title, row)
    return MappingProxyType(found)


def dataset(name: str) -> Dataset:
    """The contract of one dataset.

    Raises
    ------
    UnknownDatasetError
        With near names.

    Examples
    --------
    >>> dataset("cn.bars_1d").key
    ('session', 'asset')
    """
    known = catalog()
    if name not in known:
        raise UnknownDatasetError(
            f"There is no dataset {name!r}.{near_names(name, known)} Known: {', '.join(known)}."
        )
    return known[name]


def bundle(name: str) -> tuple[str, ...]:
    """Names of the datasets that a word of the user means: a bundle or one dataset."""
    return BUNDLES.get(name) or (dataset(name).name,)


def _dataset(name: str, row: Mapping[str, Any]) -> Dataset:
    columns = tuple(_column(name, *item) for item in row["columns"].items())
    given = {
        word: tuple(value) if isinstance(value, list) else value
        for word, value in row.items()
        if word not in ("columns", "title")
    }
    made = Dataset(name=name, title=row["title"], columns=columns, **given)
    missing = set(made.key) - set(made.names)
    if missing:
        raise SchemaError(f"Dataset {name}: the key names {sorted(missing)}, which are no columns.")
    return made


def _column(dataset_name: str, name: str, text: str) -> DatasetColumn:
    kind, _, unit = text.partition(" ")
    if kind not in KINDS:
        raise SchemaError(f"Dataset {dataset_name}: {name} is {kind!r}; expected one of {KINDS}.")
    return DatasetColumn(name, kind, unit)
