"""The declared operators, by the axis along which they look.

Importing this package fills the operator table: each module holds one declaration an operator, all
of one axis.
"""

from __future__ import annotations

from workbench.factor.operators import (
    comparison,
    cross_section,
    distribution,
    elementwise,
    group,
    missing,
    neutralize,
    point_in_time,
    rounding,
    time_moments,
    time_order,
    time_path,
    time_regression,
    time_series,
    time_weighted,
    transcendental,
)

__all__ = [
    "comparison",
    "cross_section",
    "distribution",
    "elementwise",
    "group",
    "missing",
    "neutralize",
    "point_in_time",
    "rounding",
    "time_moments",
    "time_order",
    "time_path",
    "time_regression",
    "time_series",
    "time_weighted",
    "transcendental",
]
