"""One vendor a package; vendors do not know each other.

1. `PROVIDERS` names the vendors that deliver datasets of the catalogue and where they live
2. `provider` answers one by name, imported at the first use
3. `provider_of` answers the vendor that delivers a dataset
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.errors import BadValueError, UnknownDatasetError, near_names

if TYPE_CHECKING:
    from workbench.data.provider import Provider

__all__ = ["PROVIDERS", "provider", "provider_of"]

PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "tushare": "workbench.data.providers.tushare",
        "massive": "workbench.data.providers.massive",
        "calendar": "workbench.data.providers.calendars",
        "demo": "workbench.data.providers.synthetic.provider",
    }
)
"""Module of each vendor by name; earlier ones are preferred."""


def provider(name: str) -> Provider:
    """The vendor of this name.

    Raises
    ------
    BadValueError
        If there is none; with near names.

    Examples
    --------
    >>> provider("tushare").credential.service
    'tushare'
    """
    if name not in PROVIDERS:
        raise BadValueError(
            f"There is no provider {name!r}.{near_names(name, PROVIDERS)} "
            f"Known: {', '.join(PROVIDERS)}."
        )
    found: Provider = import_module(PROVIDERS[name]).PROVIDER
    return found


def provider_of(dataset: str, preferred: str | None = None) -> Provider:
    """The vendor that delivers a dataset, the preferred one if named.

    Parameters
    ----------
    dataset : str
        Name in the catalogue.
    preferred : str, optional
        Only this vendor will do.

    Raises
    ------
    UnknownDatasetError
        If none (or not the preferred one) delivers it.
    BadValueError
        If there is no vendor of the preferred name.

    Examples
    --------
    >>> provider_of("cn.bars_1d").name
    'tushare'
    """
    for name in PROVIDERS if preferred is None else (preferred,):
        found = provider(name)
        if dataset in found.datasets():
            return found
    who = "No provider delivers" if preferred is None else f"{preferred} does not deliver"
    raise UnknownDatasetError(
        f"{who} {dataset!r}. Name a dataset of the catalogue, or import files instead."
    )
