"""Files of tables: found, read column by column, refused with row numbers, brought into the store.

`location` and `table` read files, `mapping`, `columns` and `values` say what each column is,
`units` and `checks` judge, `grid` places rows; `importing` is the door into the store.
"""

from __future__ import annotations

__all__: list[str] = []
