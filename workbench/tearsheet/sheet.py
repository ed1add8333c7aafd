"""A tear sheet: headline first, then its sections, in a notebook, an app or on paper.

1. `TearSheet` holds plain data: title, headline numbers, warnings, sections, recipe.
2. `TearSheet.__panel__` lays them out for Panel (JupyterLab with the extension, a served app).
3. `TearSheet.payload` is the same sheet as JSON: bokeh documents and tables of text. The report
   renderer draws it offline with bokeh's own script and nothing else.
4. `TearSheet.to_html` is the static fallback: headline, warnings and tables, no script.
5. `TearSheet._repr_mimebundle_` offers all of them; the reader's program takes what it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bokeh
import holoviews as hv
import panel as pn
from bokeh.embed import json_item

from workbench.tearsheet import markup
from workbench.tearsheet.section import Section
from workbench.tearsheet.tables import write_table
from workbench.tearsheet.theme import LIGHT, Theme

__all__ = ["MIME_TYPE", "TearSheet"]

MIME_TYPE = "application/vnd.workbench.sheet.v1+json"

# A notebook that has not loaded Panel's scripts shows the tables alone, and says how to get more.
_HINT = (
    '<p style="font-size:12px">Figures are interactive after '
    "<code>import panel as pn; pn.extension(inline=True)</code>.</p>"
)


class TearSheet(pn.viewable.Viewer):
    """A fixed set of figures and tables about one result.

    Parameters
    ----------
    title : str
        Plain text, usually the expression.
    subtitle : str
        Plain text: market, sessions, assets, entry.
    headline : sequence of (label, value, explanation)
        Numbers that a reader needs first, already written as text.
    sections : sequence of Section
        In reading order.
    cautions : sequence of str
        Reasons not to believe the sheet, shown before anything else.
    notes : sequence of str
        The recipe: how the numbers were made.
    look : Theme
        Colours of the frame; the figures were drawn with the same.
    """

    def __init__(
        self,
        title: str,
        sections: Sequence[Section],
        *,
        subtitle: str = "",
        headline: Sequence[tuple[str, str, str]] = (),
        cautions: Sequence[str] = (),
        notes: Sequence[str] = (),
        look: Theme = LIGHT,
    ) -> None:
        super().__init__()
        self.title = title
        self.subtitle = subtitle
        self.headline = tuple(headline)
        self.sections = tuple(sections)
        self.cautions = tuple(cautions)
        self.notes = tuple(notes)
        self.look = look

    def __repr__(self) -> str:
        return f"TearSheet({self.title!r}, {len(self.sections)} sections)"

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the tabs, in order of first use."""
        return tuple(dict.fromkeys(section.group for section in self.sections))

    def head(self) -> str:
        """Title, warnings and headline numbers as static HTML.

        Returns
        -------
        str
            Escaped HTML without script.
        """
        parts = [
            markup.heading(self.title, self.subtitle, self.look),
            markup.cautions(self.cautions, self.look),
            markup.tiles(self.headline, self.look) if self.headline else "",
        ]
        return '<div style="display:grid;gap:10px">' + "".join(parts) + "</div>"

    def view(self, sections: Sequence[Section]) -> pn.Column:
        """Lay some sections out in a grid that folds on a narrow screen.

        Parameters
        ----------
        sections : sequence of Section
            Which ones.

        Returns
        -------
        panel.Column
            One card a section, two beside each other where there is room.
        """
        grid = pn.FlexBox(
            *[self._card(section) for section in sections],
            sizing_mode="stretch_width",
            gap="12px",
            align_items="stretch",
        )
        return pn.Column(grid, sizing_mode="stretch_width")

    def __panel__(self) -> pn.Column:
        """Headline, sections and recipe below one another."""
        return pn.Column(
            pn.pane.HTML(self.head(), sizing_mode="stretch_width", margin=(0, 0, 12, 0)),
            *[part for group in self.groups for part in self._group(group)],
            pn.pane.HTML(markup.notes(self.notes, self.look), sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
        )

    def to_html(self) -> str:
        """Headline, warnings, tables and recipe as static HTML; figures are named, not drawn.

        Returns
        -------
        str
            Escaped HTML without script.
        """
        parts = [self.head()]
        for section in self.sections:
            if section.table is not None:
                parts.append(markup.caption(section.title, section.caption, self.look))
                parts.append(markup.table(write_table(section.table), self.look))
        parts.append(markup.notes(self.notes, self.look))
        return '<div style="display:grid;gap:10px">' + "".join(parts) + "</div>"

    def payload(self) -> dict[str, Any]:
        """The sheet as JSON, complete and free of scripts.

        Returns
        -------
        dict
            ``title``, ``subtitle``, ``bokeh`` (version), ``headline`` and ``cautions`` and
            ``notes`` as lists of text, ``sections``: each with ``title``, ``caption``, ``group``,
            ``kind`` and either ``item`` (bokeh ``json_item``) or ``columns`` and ``rows`` of text.
            Equal studies give equal payloads apart from the ids that bokeh counts up.
        """
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "bokeh": bokeh.__version__,
            "headline": [
                {"label": label, "value": value, "explanation": explanation}
                for label, value, explanation in self.headline
            ],
            "cautions": list(self.cautions),
            "notes": list(self.notes),
            "sections": [_section_payload(section) for section in self.sections],
        }

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {"text/plain": repr(self), "text/html": self.to_html() + _HINT}
        metadata: dict[str, Any] = {}
        if _can_be_live():
            live = super()._repr_mimebundle_(include, exclude)
            if live is not None:
                bundle, details = live if isinstance(live, tuple) else (live, {})
                data |= bundle
                metadata |= details
        data[MIME_TYPE] = self.payload()
        return data, metadata

    def _group(self, group: str) -> list[Any]:
        sections = [section for section in self.sections if section.group == group]
        title = pn.pane.HTML(markup.group(group, self.look), sizing_mode="stretch_width")
        return [title, self.view(sections)] if group else [self.view(sections)]

    def _card(self, section: Section) -> pn.Column:
        look = self.look
        header = markup.caption(section.title, section.caption, look)
        body: Any
        if section.table is not None:
            body = pn.pane.HTML(
                markup.table(write_table(section.table), look), sizing_mode="stretch_width"
            )
        else:
            body = pn.pane.HoloViews(
                section.figure, backend="bokeh", linked_axes=False, sizing_mode="stretch_width"
            )
        return pn.Column(
            pn.pane.HTML(header, sizing_mode="stretch_width", margin=(0, 0, 2, 0)),
            body,
            sizing_mode="stretch_width",
            margin=0,
            styles={
                # A table takes a row of its own; figures share one where there is room.
                "flex": "1 1 460px" if section.table is None else "1 1 100%",
                "min-width": "min(460px, 100%)",
                "overflow": "hidden",
                "background": look.card,
                "border": f"1px solid {look.grid}",
                "border-radius": "6px",
                "padding": "10px 12px",
            },
        )


def _can_be_live() -> bool:
    """Whether a kernel listens and Panel's scripts were loaded into the page.

    Without them Panel would warn and return nothing; the static sheet serves instead.
    """
    if not pn.extension._loaded:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


def _section_payload(section: Section) -> dict[str, Any]:
    shared = {
        "title": section.title,
        "caption": section.caption,
        "group": section.group,
        "kind": section.kind,
    }
    if section.table is None:
        return shared | {"item": json_item(hv.render(section.figure, backend="bokeh"))}
    written = write_table(section.table)
    return shared | {
        "columns": [str(name) for name in written.columns],
        "rows": [list(row) for row in written.itertuples(index=False, name=None)],
    }
