"""Reading the store: one table as a `Frame`, SQL over several, dense panels from a cache.

`load` answers a table with its provenance, `query` runs one SELECT, `dense` maps panels; `window`
and `holes` refuse days that cannot be and rows that are missing.
"""

from __future__ import annotations

__all__: list[str] = []
