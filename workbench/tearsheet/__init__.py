"""Floor 6: results become figures and tables.

1. `theme` holds colours and sizes, `tables` the writing of numbers, `markup` static HTML.
2. `figures` draws, one figure a file.
3. `factor_sheet.tear_sheet` puts figures, tables, warnings and recipe of a study in order.
4. `sheet.TearSheet` shows the result in a notebook, an app and a report.

Importing this room loads HoloViews, bokeh and Panel; nothing below it does.
"""

from __future__ import annotations

from workbench.tearsheet.factor_sheet import tear_sheet
from workbench.tearsheet.section import Section
from workbench.tearsheet.sheet import MIME_TYPE, TearSheet
from workbench.tearsheet.theme import Theme, theme

__all__ = ["MIME_TYPE", "Section", "TearSheet", "Theme", "tear_sheet", "theme"]
