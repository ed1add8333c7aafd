"""Array aliases of the house and the one habit about them: values handed out are read-only.

Letters used in shapes everywhere: ``T`` sessions (rows), ``N`` assets (columns).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["AnyPanel", "BoolPanel", "FloatPanel", "IntPanel", "read_only"]

FloatPanel: TypeAlias = NDArray[np.floating[Any]]
"""Numbers, shape (T, N); NaN where there is no value."""
BoolPanel: TypeAlias = NDArray[np.bool_]
"""A mask, shape (T, N)."""
IntPanel: TypeAlias = NDArray[np.integer[Any]]
"""Group codes, shape (T, N); -1 where an asset belongs to no group."""
AnyPanel: TypeAlias = NDArray[Any]


def read_only(array: AnyPanel) -> AnyPanel:
    """Return a view of `array` that cannot be written through.

    Examples
    --------
    >>> import numpy as np
    >>> read_only(np.zeros(2)).flags.writeable
    False
    """
    view = array.view()
    view.flags.writeable = False
    return view
