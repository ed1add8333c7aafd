"""A factor study on tabs: the same tear sheet as on paper, one group of sections a tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import param

from workbench.tearsheet import TearSheet, markup, tear_sheet
from workbench.widgets import safe

if TYPE_CHECKING:
    from workbench.evaluation.study import FactorStudy

__all__ = ["StudyView"]


class StudyView(pn.viewable.Viewer):
    """Show one study; the horizon can be chosen.

    Parameters
    ----------
    study : FactorStudy
        What `workbench.evaluate` returned.
    look : {"light", "dark"}
        Look of figures and tables.
    convention : {"cn", "us"}
        Whether up is red or green.
    """

    horizon = param.Selector(objects=[1], doc="Sessions ahead that figures and headline show.")
    look = param.Selector(default="light", objects=["light", "dark"])
    convention = param.Selector(default="cn", objects=["cn", "us"])

    def __init__(self, study: FactorStudy, **options: Any) -> None:
        super().__init__(**options)
        self.study = study
        self.param.horizon.objects = list(study.horizons)
        self.horizon = study.horizons[0]
        self._head = safe.sheet_part(margin=(0, 0, 10, 0))
        self._tabs = pn.Tabs(dynamic=True, sizing_mode="stretch_width")
        self._horizons = pn.widgets.RadioButtonGroup.from_param(
            self.param.horizon, label="Horizon", margin=(0, 0, 10, 8)
        )
        self._draw()
        self.param.watch(self._draw, ["horizon", "look", "convention"])

    @property
    def sheet(self) -> TearSheet:
        """The tear sheet of the horizon, look and convention that are chosen now."""
        return tear_sheet(self.study, self.horizon, theme=self.look, convention=self.convention)

    def _draw(self, *_: Any) -> None:
        """Fill head and tabs, and stay on the tab that is open."""
        sheet, active = self.sheet, self._tabs.active
        self._head.object = sheet.head()
        tabs: list[tuple[str, Any]] = []
        for group in sheet.groups:
            members = [section for section in sheet.sections if section.group == group]
            tabs.append((group, sheet.view(members)))
        recipe = safe.sheet_part(markup.notes(sheet.notes, sheet.look), margin=(10, 0))
        self._tabs[:] = [*tabs, ("Recipe", recipe)]
        self._tabs.active = active if active < len(self._tabs) else 0

    def __panel__(self) -> pn.Column:
        """Head, horizon, tabs."""
        label = safe.sheet_part(
            safe.line("Horizon, sessions", quiet=True), sizing_mode=None, margin=(7, 0)
        )
        return pn.Column(
            self._head,
            pn.Row(label, self._horizons),
            self._tabs,
            sizing_mode="stretch_width",
        )
