"""Publish a notebook's results so that the run card can carry them.

:func:`publish` displays a small custom bundle (:data:`MIME`); front ends that do not know it show
one line of text. :func:`collect` reads the bundles of an executed notebook back.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

__all__ = ["MIME", "collect", "plain", "publish"]

MIME = "application/vnd.workbench.results.v1+json"


def publish(**values: Any) -> None:
    """Display `values` as results of the notebook.

    Parameters
    ----------
    **values
        Scalars, strings, mappings, lists, DataFrames. A later value replaces an earlier one of
        the same name.

    Examples
    --------
    >>> publish(n_sessions=3)  # doctest: +SKIP
    Results: n_sessions
    """
    from IPython.display import display

    bundle = {name: plain(value) for name, value in values.items()}
    display({MIME: bundle, "text/plain": "Results: " + ", ".join(bundle)}, raw=True)


def plain(value: Any) -> Any:
    """Return `value` as JSON; NaN and infinities become None, dates ISO text.

    Parameters
    ----------
    value : object
        Scalar, mapping, sequence, or a table with ``to_dict`` (a DataFrame or Series).

    Returns
    -------
    object
        None, bool, int, float, str, list or dict. A DataFrame becomes
        ``{"index_names", "columns", "index", "data"}``.

    Examples
    --------
    >>> plain({"ic": float("nan"), "horizons": (1, 5)})
    {'ic': None, 'horizons': [1, 5]}
    """
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        names = [str(name) for name in value.index.names if name is not None]
        return {"index_names": names, **plain(value.to_dict(orient="split"))}
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if hasattr(value, "isoformat"):
        if value != value:  # NaT
            return None
        day = isinstance(value, dt.datetime) and value.time() == dt.time()
        return value.date().isoformat() if day else value.isoformat()
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    return str(value)


def collect(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results that an executed notebook has published.

    Parameters
    ----------
    notebook : Mapping
        The notebook as JSON.

    Returns
    -------
    dict

    Examples
    --------
    >>> output = {"output_type": "display_data", "data": {MIME: {"n": 3}}}
    >>> collect({"cells": [{"outputs": [output]}]})
    {'n': 3}
    """
    found: dict[str, Any] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            found.update(output.get("data", {}).get(MIME, {}))
    return found
