"""From tables to a `Market`: who is listed, which fields there are, who belongs to the universe.

`grid` lays sessions and assets, `fields` and `source` deliver panels when they are asked for,
`universes` says who belongs, `market` puts it together.
"""

from __future__ import annotations

__all__: list[str] = []
