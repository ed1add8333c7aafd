"""The declared operators, by the axis along which they look.

Importing this package fills the operator table: `elementwise`, `comparison`, `time_series` and
`cross_section` hold one declaration an operator.
"""

from __future__ import annotations

from workbench.factor.operators import comparison, cross_section, elementwise, time_series

__all__ = ["comparison", "cross_section", "elementwise", "time_series"]
